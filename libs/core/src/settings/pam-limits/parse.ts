/**
 * Reads `limits.conf` as limits.conf(5) and pam_limits(8) do: four columns with blanks or tabs between them, of which the
 * value takes the rest of the line; everything behind a `#` is a comment, wherever it stands.
 */
import { cutBlanks } from '../characters.ts';
import { splitLines, type Line } from '../lines.ts';

/** A line of the file. Whatever is not a limit is kept as it is, also what no reader understands. */
export interface LimitLine extends Line {
  readonly limit?: Limit;
}

/** A line that limits something; `head`, the value and `tail` put together are its text. */
export interface Limit extends LimitParts {
  readonly domain: string;
  /** Everything before the value: the other columns and the blanks around them. */
  readonly head: string;
  /** Blanks and a comment behind the value. */
  readonly tail: string;
}

/** The columns behind the domain, in small letters: pam_limits does not tell the cases apart. */
export interface LimitParts {
  readonly type: string;
  readonly item: string;
  readonly value: string;
}

/** A file that can be edited, or the line that keeps it from that. */
export type LimitsFile =
  | { readonly kind: 'parsed'; readonly lines: readonly LimitLine[] }
  | { readonly kind: 'unreadable'; readonly line: number; readonly message: string };

const columns = /^(?:[^ \t]+[ \t]+){3}/;

/** Parses the text of a file. */
export function parseLimits(text: string): LimitsFile {
  const lines = splitLines(text);
  // For a program in C the line ends there, so that a change behind it would never be read.
  const broken = lines.findIndex((line) => line.text.includes('\0'));
  if (broken === -1) return { kind: 'parsed', lines: lines.map(parseLine) };
  const message = 'Expected lines of text, without a NUL character';
  return { kind: 'unreadable', line: broken + 1, message };
}

function parseLine(line: Line): LimitLine {
  const hash = line.text.indexOf('#');
  const { before, text } = cutBlanks(hash === -1 ? line.text : line.text.slice(0, hash));
  const left = columns.exec(text)?.[0] ?? '';
  const [domain, type, item] = left.split(/[ \t]+/);
  if (!domain || !type || !item) return line;
  const head = before + left;
  const value = text.slice(left.length);
  const tail = line.text.slice(head.length + value.length);
  const parts = { type: smallLetters(type), item: smallLetters(item), value: smallLetters(value) };
  return { ...line, limit: { domain, ...parts, head, tail } };
}

/** As tolower(3) of the C locale: letters outside ASCII stay, of which some would turn into letters of it. */
export function smallLetters(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
