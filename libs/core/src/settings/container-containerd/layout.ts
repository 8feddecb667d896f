/** Where things stand in a text, and how to change it in places. All places are offsets in UTF-16 units. */
import type { TomlDocument, WrittenTable } from './parse.ts';

/** What stands between two places gives way to a text; both are the same where nothing does. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Applies splices that do not overlap. */
export function applySplices(source: string, splices: readonly Splice[]): string {
  let text = '';
  let done = 0;
  for (const splice of [...splices].sort((a, b) => a.start - b.start)) {
    text += source.slice(done, splice.start) + splice.text;
    done = splice.end;
  }
  return text + source.slice(done);
}

/** Where the line of this place begins. */
export function lineStart(source: string, at: number): number {
  return at === 0 ? 0 : source.lastIndexOf('\n', at - 1) + 1;
}

/** Where the next line begins, or the end of the text. */
export function lineEnd(source: string, at: number): number {
  const newline = source.indexOf('\n', at);
  return newline === -1 ? source.length : newline + 1;
}

/** The blanks before the first thing on the line of this place, which is not a blank line. */
export function indentAt(source: string, at: number): string {
  const line = lineAt(source, at);
  return line.slice(0, line.search(/[^ \t]/));
}

/** True for a line of blanks, and at the end of the text. */
export function isBlankLine(source: string, at: number): boolean {
  return at === source.length || lineAt(source, at).trim() === '';
}

/** True when nothing or a line of blanks is above this place, which begins a line or ends the text. */
export function isBelowBlank(source: string, at: number): boolean {
  return at === 0 || isBlankLine(source, at - 1);
}

/** True for a line that holds nothing but a comment; asked of lines between values only. */
export function isCommentLine(source: string, at: number): boolean {
  return lineAt(source, at).trimStart().startsWith('#');
}

/** The line end of the file. */
function lineBreak({ source }: TomlDocument): string {
  return /\r?\n/.exec(source)?.[0] ?? '\n';
}

/**
 * Puts lines where a line begins, or at the end of the text: a file without a line end at its end keeps that, as its
 * new last line then has none.
 */
export function insertLines(document: TomlDocument, at: number, lines: readonly string[]): Splice {
  const newline = lineBreak(document);
  const isOpenEnd = at > 0 && document.source[at - 1] !== '\n';
  const text = lines.join(newline);
  return { start: at, end: at, text: isOpenEnd ? newline + text : text + newline };
}

/**
 * Where the lines of a table end: behind its last entry and the comments right below, but before those that touch the
 * next header, which are about the next table.
 */
export function tableEnd({ source }: TomlDocument, { node }: WrittenTable): number {
  const end = lineEnd(source, node.range[1]);
  let at = end;
  while (at < source.length && isCommentLine(source, at)) at = lineEnd(source, at);
  return isBlankLine(source, at) ? at : end;
}

function lineAt(source: string, at: number): string {
  return source.slice(lineStart(source, at), lineEnd(source, at));
}
