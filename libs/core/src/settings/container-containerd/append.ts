/** Adds to a list in its own style. */
import type { AST } from 'toml-eslint-parser';
import { indentAt, insertLines, lineEnd, type Splice } from './layout.ts';
import type { TomlDocument } from './parse.ts';
import { tomlText } from './toml-text.ts';
import type { TomlValue } from './value.ts';

/** Puts items behind those of a list: on lines of their own where the closing bracket has one, else beside the last. */
export function appendItems(
  document: TomlDocument,
  { elements, range: [start, end] }: AST.TOMLArray,
  items: readonly TomlValue[],
): readonly Splice[] {
  const { source } = document;
  const texts = items.map(tomlText);
  const last = elements.at(-1);
  if (last === undefined) return [{ start: start + 1, end: start + 1, text: texts.join(', ') }];
  const lastEnd = last.range[1];
  const beside: Splice = { start: lastEnd, end: lastEnd, text: `, ${texts.join(', ')}` };

  const comma = document.commas.get(lastEnd);
  const nextLine = lineEnd(source, comma?.[1] ?? lastEnd);
  if (nextLine >= end) return [beside];
  const indent = indentAt(source, last.range[0]);
  const lines = texts.map((text, index) => {
    const isOpen = comma === undefined && index === texts.length - 1;
    return `${indent}${text}${isOpen ? '' : ','}`;
  });
  const below = insertLines(document, nextLine, lines);
  return comma === undefined ? [{ ...beside, text: ',' }, below] : [below];
}
