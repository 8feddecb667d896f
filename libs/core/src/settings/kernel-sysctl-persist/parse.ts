/**
 * Reads `sysctl.conf` as sysctl.conf(5) and sysctl.d(5) describe it: `key = value`, comments behind `#` or `;`, a `-`
 * before keys that may fail. There are no comments behind a value: a `#` there is part of it.
 */
import { cutBlanks } from '../characters.ts';
import { separateBySlash } from '../kernel-sysctl/parse.ts';
import { splitLines, type Line } from '../lines.ts';

/** A line of the file. Whatever is not an assignment is kept as it is, also what no reader understands. */
export interface SysctlLine extends Line {
  readonly assignment?: Assignment;
}

/** A line that gives a parameter a value; `head`, `value` and `tail` put together are its text. */
export interface Assignment {
  /** Below `/proc/sys`, the same for all spellings of a key. */
  readonly path: string;
  /** Everything before the value: prefix, key, `=` and the blanks around them. */
  readonly head: string;
  readonly value: string;
  /** The blanks behind the value. */
  readonly tail: string;
}

/** A file that can be edited, or the line that keeps it from that. */
export type SysctlFile =
  | { readonly kind: 'parsed'; readonly lines: readonly SysctlLine[] }
  | { readonly kind: 'unreadable'; readonly line: number; readonly message: string };

/** Parses the text of a file. */
export function parseSysctlFile(text: string): SysctlFile {
  const lines = splitLines(text);
  const broken = lines.findIndex((line) => hasDoubtfulEnd(line.text));
  if (broken === -1) return { kind: 'parsed', lines: lines.map(parseLine) };
  const message = 'Expected lines of text, without a NUL character or a lone carriage return';
  return { kind: 'unreadable', line: broken + 1, message };
}

/**
 * systemd-sysctl ends a line at either of these, sysctl(8) only at a newline: what belongs to which line is not the same
 * for both, so that a change could give one of them another setting than the wished one.
 */
function hasDoubtfulEnd(text: string): boolean {
  return text.includes('\0') || cutBlanks(text).text.includes('\r');
}

function parseLine(line: Line): SysctlLine {
  const equals = line.text.indexOf('=');
  if (equals === -1 || /^[#;]/.test(cutBlanks(line.text).text)) return line;
  const path = pathOf(line.text.slice(0, equals));
  if (path === '') return line;
  const { before, text: value, after: tail } = cutBlanks(line.text.slice(equals + 1));
  const head = line.text.slice(0, equals + 1) + before;
  return { ...line, assignment: { path, head, value, tail } };
}

/** More is let through than in a request: readers drop empty parts and `.`, so that those name the same parameter. */
function pathOf(left: string): string {
  const { text } = cutBlanks(left);
  const key = text.startsWith('-') ? cutBlanks(text.slice(1)).text : text;
  const parts = separateBySlash(key).split('/');
  return parts.filter((part) => part !== '' && part !== '.').join('/');
}
