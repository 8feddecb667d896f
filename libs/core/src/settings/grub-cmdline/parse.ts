/** Reads a `grub.cfg` into a document that keeps every byte of it and knows the kernel lines of the slots. */
import { slotNames, type SlotName } from '../../api/operation.ts';
import type { KernelWord } from './argument.ts';
import { readCommands } from './commands.ts';
import { findKernelLines, type KernelCommand } from './kernel-lines.ts';
import { readTokens, type Fault, type WordToken } from './lexer.ts';

/** The command that loads the kernel of a slot. */
export interface KernelLine {
  readonly slot: SlotName;
  readonly command: KernelWord;
  /** Where the kernel is. */
  readonly path: KernelWord;
  readonly args: readonly KernelWord[];
}

/** A `grub.cfg`: two kernel lines in the order of the file, and the texts before, between and behind them. */
export interface GrubConfig {
  readonly texts: readonly [string, string, string];
  readonly lines: readonly [KernelLine, KernelLine];
}

/** A file that can be edited, or what keeps it from that. */
export type ParsedGrubConfig =
  | { readonly kind: 'parsed'; readonly config: GrubConfig }
  | { readonly kind: 'unreadable'; readonly line?: number; readonly message: string };

interface PlacedLine {
  readonly line: KernelLine;
  readonly start: number;
  readonly end: number;
}

/** Parses the text of a file. */
export function parseGrubConfig(text: string): ParsedGrubConfig {
  const config = readConfig(text);
  if (!('message' in config)) return { kind: 'parsed', config };
  const { at, message } = config;
  return {
    kind: 'unreadable',
    message,
    ...(at !== undefined && { line: text.slice(0, at).split('\n').length }),
  };
}

/** The kernel line of a slot. */
export function lineOf({ lines: [first, second] }: GrubConfig, slot: SlotName): KernelLine {
  return first.slot === slot ? first : second;
}

function readConfig(text: string): GrubConfig | Fault {
  const tokens = readTokens(text);
  if ('message' in tokens) return tokens;
  const commands = readCommands(tokens);
  if ('message' in commands) return commands;
  const found = findKernelLines(commands);
  if ('message' in found) return found;
  const fault = slotNames.map((slot) => faultOf(found[slot])).find((each) => each !== undefined);
  if (fault !== undefined) return fault;
  const a = place(text, 'A', found.A);
  const b = place(text, 'B', found.B);
  return a.start < b.start ? assemble(text, a, b) : assemble(text, b, a);
}

function assemble(text: string, first: PlacedLine, second: PlacedLine): GrubConfig {
  const between = text.slice(first.end, second.start);
  return {
    texts: [text.slice(0, first.start), between, text.slice(second.end)],
    lines: [first.line, second.line],
  };
}

function place(text: string, slot: SlotName, { words }: KernelCommand): PlacedLine {
  const [command, path, ...args] = words;
  const { start } = command;
  let end = start;
  const next = (word: WordToken): KernelWord => {
    const gap = text.slice(end, word.start);
    ({ end } = word);
    return { gap, raw: word.raw, text: word.text, hasVariable: word.hasVariable };
  };
  const line = { slot, command: next(command), path: next(path), args: args.map(next) };
  return { line, start, end };
}

/** Why the arguments of a kernel line are not what they seem. */
function faultOf({ words, isPlain }: KernelCommand): Fault | undefined {
  const at = words[0].start;
  if (!isPlain) {
    return { at, message: 'The kernel line holds a character that GRUB takes only in quotes' };
  }
  // GRUB passes a quote on with a backslash before it, which is nothing special to the kernel: it takes everything up to
  // the next one for the same argument.
  const isTorn = words.some(({ text }) => (text.split('"').length - 1) % 2 === 1);
  return isTorn
    ? { at, message: 'The kernel line passes on a double quote that spans several arguments' }
    : undefined;
}
