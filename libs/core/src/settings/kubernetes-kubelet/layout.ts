/** Where lines are in a text, and how to change it in places. All places are offsets in UTF-16 units. */
import type { WrittenList, WrittenMap, WrittenNode } from './node.ts';
import type { YamlDocument } from './parse.ts';

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

/** Puts a text at a place. */
export function textAt(at: number, text: string): Splice {
  return { start: at, end: at, text };
}

/** Where the line of this place begins. */
export function lineStart(source: string, at: number): number {
  return at === 0 ? 0 : source.lastIndexOf('\n', at - 1) + 1;
}

/** Where the next line begins, or the end of the text. */
export function nextLine(source: string, at: number): number {
  const newline = source.indexOf('\n', at);
  return newline === -1 ? source.length : newline + 1;
}

/** Where the line begins that follows a thing with this end: the text of a block scalar ends with its line. */
export function lineBelow(source: string, end: number): number {
  return source[end - 1] === '\n' ? end : nextLine(source, end);
}

/** How many characters of its line are before a place. */
export function columnOf(source: string, at: number): number {
  return at - lineStart(source, at);
}

/** Where the blanks end that begin at a place. */
export function blanksEnd(source: string, at: number): number {
  let end = at;
  while (isBlank(source[end])) end += 1;
  return end;
}

/** Where the blanks begin that end at a place. */
export function blanksStart(source: string, at: number): number {
  let start = at;
  while (isBlank(source[start - 1])) start -= 1;
  return start;
}

function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\t';
}

/** The blanks before the first thing on the line of this place. */
export function indentAt(source: string, at: number): string {
  const start = lineStart(source, at);
  return source.slice(start, blanksEnd(source, start));
}

/** True when nothing but blanks is before a place on its line. */
export function isFirstOnLine(source: string, at: number): boolean {
  return blanksStart(source, at) === lineStart(source, at);
}

/** The lines behind that many blanks. */
export function indentLines(lines: readonly string[], column: number): readonly string[] {
  return lines.map((line) => ' '.repeat(column) + line);
}

/** The line end of the file. */
export function lineBreak({ source }: YamlDocument): string {
  return /\r?\n/.exec(source)?.[0] ?? '\n';
}

/**
 * Puts lines where a line begins, or at the end of the text: a file without a line end at its end keeps that, as its
 * new last line then has none.
 */
export function insertLines(document: YamlDocument, at: number, lines: readonly string[]): Splice {
  const { source } = document;
  const newline = lineBreak(document);
  const text = lines.join(newline);
  const isOpenEnd = at > 0 && source[at - 1] !== '\n';
  return textAt(at, isOpenEnd ? newline + text : text + newline);
}

/** How blocks are indented, in blanks. */
export interface BlockStyle {
  /** A map within a map. */
  readonly map: number;
  /** A list within a map: none where its dashes stand below the first letter of the key. */
  readonly list: number;
}

/** As the first blocks of the file are indented; for lists else as kubeadm writes them. */
export function blockStyle({ source, top }: YamlDocument): BlockStyle {
  const style = { map: 2, list: 0 };
  const seen = new Set<string>();
  const visit = (map: WrittenMap): void => {
    for (const { start, node } of map.entries) {
      if (!isBlock(node)) continue;
      if (!seen.has(node.kind))
        style[node.kind] = columnOf(source, node.start) - columnOf(source, start);
      seen.add(node.kind);
      if (node.kind === 'map') visit(node);
    }
  };
  if (top?.isFlow === false) visit(top);
  return style;
}

/** True for a map or list that is a block of lines. */
export function isBlock(node: WrittenNode): node is WrittenMap | WrittenList {
  return (node.kind === 'map' || node.kind === 'list') && !node.isFlow;
}
