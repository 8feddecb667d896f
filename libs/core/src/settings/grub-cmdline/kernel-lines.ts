/** Finds the kernel lines of the two slots among the commands of a `grub.cfg`. */
import { slotNames, type SlotName } from '../../api/operation.ts';
import { keyOf, valueOf } from './argument.ts';
import type { Command } from './commands.ts';
import type { Fault, WordToken } from './lexer.ts';

/** The commands that load a Linux kernel. */
export const kernelCommands: ReadonlySet<string> = new Set(['linux', 'linux16', 'linuxefi']);

/** A command that loads a kernel; there is a path, for an argument comes behind it. */
export interface KernelCommand extends Command {
  readonly words: readonly [WordToken, WordToken, ...WordToken[]];
}

/** Options of `menuentry` whose argument is the next word (manual, "menuentry"). */
const optionsWithArgument: ReadonlySet<string> = new Set(
  '--class --users --hotkey --source --id'.split(' '),
);

/** A kernel line with the slots that something says it boots: its menu entry, or an argument of its own. */
interface Candidate {
  readonly command: KernelCommand;
  readonly slots: ReadonlySet<SlotName>;
}

/**
 * The kernel line of each slot, or why it is not certain. Only where nothing names a slot, exactly two lines are taken in
 * their order. Upstream counts whatever comes behind the first one as B, also a rescue system.
 */
export function findKernelLines(
  commands: readonly Command[],
): Readonly<Record<SlotName, KernelCommand>> | Fault {
  const candidates = commands.filter(isKernelLine).map((command): Candidate => {
    return { command, slots: new Set(slotsOf(command)) };
  });
  const torn = candidates.find(({ slots }) => slots.size > 1);
  if (torn !== undefined) {
    return faultAt(torn.command, 'A menu entry and its kernel line name different slots');
  }
  const named = candidates.filter(({ slots }) => slots.size > 0);
  const [first, second, ...more] = candidates;
  if (named.length === 0 && first !== undefined && second !== undefined && more.length === 0) {
    return { A: first.command, B: second.command };
  }
  if (named.length === 0 && candidates.length > 0) {
    return {
      message: 'No menu entry names its slot, and by their order only two can be told apart',
    };
  }
  const a = theOne(named, 'A');
  if ('message' in a) return a;
  const b = theOne(named, 'B');
  return 'message' in b ? b : { A: a, B: b };
}

function theOne(candidates: readonly Candidate[], slot: SlotName): KernelCommand | Fault {
  const [found, another] = candidates.filter(({ slots }) => slots.has(slot));
  if (found === undefined) {
    return { message: `There is no menu entry with a kernel line, with root=, for slot ${slot}` };
  }
  if (another === undefined) return found.command;
  return faultAt(another.command, `There is more than one kernel line for slot ${slot}`);
}

function faultAt({ words }: KernelCommand, message: string): Fault {
  return { at: words[0].start, message };
}

/** As upstream: a line without `root=` starts no system, but a memory test. */
function isKernelLine(command: Command): command is KernelCommand {
  const [name, , ...args] = command.words;
  if (name === undefined || name.hasVariable || !kernelCommands.has(name.text)) return false;
  return args.some((word) => keyOf(word) === 'root');
}

function slotsOf({ words, entry }: Command): readonly SlotName[] {
  const passed = words.findLast((word) => keyOf(word) === 'kubeos.slot');
  return slotNames.filter((slot) => {
    const isPassed = passed !== undefined && !passed.hasVariable && valueOf(passed) === slot;
    return isPassed || (entry !== undefined && isEntryOf(entry, slot));
  });
}

function isEntryOf({ words: [, ...words] }: Command, slot: SlotName): boolean {
  const id = `KubeOS-${slot}`;
  const texts = words.map(headText);
  const before = (place: number): string => texts[place - 1] ?? '';
  const title = texts.find((text, place) => {
    return !text.startsWith('--') && !optionsWithArgument.has(before(place));
  });
  const hasId = texts.some((text, place) => {
    return text === `--id=${id}` || (text === id && before(place) === '--id');
  });
  return title === slot || hasId;
}

/** Nothing for a word that holds a variable, but for the one that upstream and `grub-mkconfig` write instead of `--id`. */
function headText({ raw, text, hasVariable }: WordToken): string {
  if (!hasVariable) return text;
  return /^\$\{?menuentry_id_option\}?$/.test(raw) ? '--id' : '';
}
