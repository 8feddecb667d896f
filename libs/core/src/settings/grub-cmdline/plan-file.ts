/** What becomes of a `grub.cfg` when arguments of one slot's kernel line change. */
import { otherSlot, slotNames, type SlotName } from '../../api/operation.ts';
import type { FilePlan, Setting } from '../setting.ts';
import { commandLineLength, isOf, type KernelWord } from './argument.ts';
import { lineOf, parseGrubConfig, type GrubConfig, type KernelLine } from './parse.ts';
import { planArguments } from './plan.ts';
import { renderGrubConfig } from './render.ts';
import { readArgumentRequest } from './request.ts';

/**
 * The longest command line, in characters: `COMMAND_LINE_SIZE` of x86 and arm64 less the NUL at its end. GRUB leaves out
 * what goes beyond, without a word.
 */
const longestCommandLine = 2047;

/**
 * Plans the settings of a request against the kernel line of a slot. The models `grub.cmdline.current` and
 * `grub.cmdline.next` differ in the slot only: that of the running system, and the other one.
 */
export function planKernelLine(
  text: string | undefined,
  slot: SlotName,
  settings: readonly Setting[],
): FilePlan {
  return planLine(text, slot, settings, (config, line) => withLine(config, line));
}

/**
 * Plans the settings of a request against the kernel line of a slot, for a copy of it in the other slot: there the whole
 * new line goes, and the line of the slot itself stays as it is.
 */
export function planCopiedLine(
  text: string | undefined,
  slot: SlotName,
  settings: readonly Setting[],
): FilePlan {
  return planLine(text, slot, settings, (config, line) => {
    const other = lineOf(config, otherSlot(slot));
    const own = other.args.filter(isOwn);
    const args = [...own, ...line.args.filter((word) => !isOwn(word))];
    return sameLine(line, lineOf(config, slot)) ? config : withLine(config, { ...other, args });
  });
}

/** Words that tell one slot from the other. */
function isOwn(word: KernelWord): boolean {
  return isOf(word, 'root') || isOf(word, 'kubeos.slot');
}

function planLine(
  text: string | undefined,
  slot: SlotName,
  settings: readonly Setting[],
  put: (config: GrubConfig, line: KernelLine) => GrubConfig,
): FilePlan {
  if (text === undefined) return { kind: 'unreadable', message: 'There is no grub.cfg' };
  const parsed = parseGrubConfig(text);
  if (parsed.kind === 'unreadable') return parsed;
  const { config } = parsed;
  const line = lineOf(config, slot);
  const plan = planArguments(line, settings.map(readArgumentRequest));
  const planned = put(config, plan.line);
  const newText = renderGrubConfig(planned);
  const message = lengthProblem(line, plan.line) ?? problemOnReading(newText, planned);
  if (message !== undefined) return { kind: 'unreadable', message };
  return { kind: 'planned', settings: plan.settings, text: newText };
}

/**
 * Why a text is not what was meant: read again, it has to give both kernel lines word by word. No request is known to fail
 * here, but a mistake of this model could leave a node without a slot that boots.
 */
export function problemOnReading(text: string, meant: GrubConfig): string | undefined {
  const again = parseGrubConfig(text);
  const isSame =
    again.kind === 'parsed' &&
    slotNames.every((slot) => sameLine(lineOf(again.config, slot), lineOf(meant, slot)));
  return isSame ? undefined : 'The changed file would not give both kernel lines again';
}

function sameLine(line: KernelLine, other: KernelLine): boolean {
  return JSON.stringify(line) === JSON.stringify(other);
}

function withLine({ texts, lines: [first, second] }: GrubConfig, line: KernelLine): GrubConfig {
  return { texts, lines: first.slot === line.slot ? [line, second] : [first, line] };
}

function lengthProblem(before: KernelLine, after: KernelLine): string | undefined {
  const length = lengthOf(after);
  if (length <= longestCommandLine || length <= lengthOf(before)) return undefined;
  return `The kernel line would be longer than the ${longestCommandLine} characters that kernels take`;
}

function lengthOf({ path, args }: KernelLine): number {
  return commandLineLength([path, ...args]);
}
