/** Writes what is not there yet, in the style of the map or list that it goes to. */
import { findEntry } from './find.ts';
import {
  blockStyle,
  columnOf,
  indentAt,
  indentLines,
  insertLines,
  lineBelow,
  nextLine,
  textAt,
  type Splice,
} from './layout.ts';
import type { Span, WrittenList, WrittenMap } from './node.ts';
import type { YamlDocument } from './parse.ts';
import { flowStyle, replaceValue, textStyleOf } from './replace.ts';
import { nest, type YamlValue } from './value.ts';
import { entryLines, flowText, itemLines, stringText } from './yaml-text.ts';

/** What puts a value at a path; maps that are missing on the way are made. */
export function setValue(
  document: YamlDocument,
  path: readonly string[],
  value: YamlValue,
): readonly Splice[] {
  const found = findEntry(document, path);
  switch (found.kind) {
    case 'found':
      return replaceValue(document, found.map, found.entry, value);
    case 'empty':
      return replaceValue(document, found.map, found.entry, nest(found.names, value));
    case 'missing':
      return insertEntry(document, found.map, found.names, value);
    case 'blocked':
      return [];
  }
}

function insertEntry(
  document: YamlDocument,
  map: WrittenMap | undefined,
  names: readonly string[],
  value: YamlValue,
): readonly Splice[] {
  const { source } = document;
  const inner = nest(names.slice(1), value);
  const outer = names.slice(0, 1);
  const last = map?.entries.at(-1);
  if (map?.isFlow === true) {
    const style = flowStyle(map, undefined);
    const texts = outer.map((name) => `${stringText(name, style)}: ${flowText(inner, style)}`);
    return addToFlow(document, map, last, texts);
  }
  const lines = outer.flatMap((name) => entryLines(name, inner, blockStyle(document)));
  const at = last === undefined ? source.length : lineBelow(source, last.end);
  const column = map === undefined ? 0 : columnOf(source, map.start);
  return [insertLines(document, at, indentLines(lines, column))];
}

/** What puts items behind those of a list. */
export function appendItems(
  document: YamlDocument,
  list: WrittenList,
  items: readonly YamlValue[],
): readonly Splice[] {
  const { source } = document;
  const last = list.items.at(-1);
  if (list.isFlow || last === undefined) {
    const style = flowStyle(list, last);
    return addToFlow(
      document,
      list,
      last,
      items.map((item) => flowText(item, style)),
    );
  }
  const style = textStyleOf(last);
  const lines = items.flatMap((item) => itemLines(item, blockStyle(document), style));
  return [
    insertLines(
      document,
      lineBelow(source, last.end),
      indentLines(lines, columnOf(source, list.start)),
    ),
  ];
}

/** On lines of their own where the closing bracket has one, else beside the last. */
function addToFlow(
  document: YamlDocument,
  { start, end, commas }: WrittenMap | WrittenList,
  last: Span | undefined,
  texts: readonly string[],
): readonly Splice[] {
  const { source } = document;
  if (last === undefined) return [textAt(start + 1, texts.join(', '))];
  const comma = commas.find((at) => at >= last.end);
  const below = nextLine(source, comma ?? last.end);
  if (below >= end) return [textAt(last.end, `, ${texts.join(', ')}`)];
  const indentation = indentAt(source, last.start);
  const lines = texts.map((text, index) => {
    const isOpen = comma === undefined && index === texts.length - 1;
    return `${indentation}${text}${isOpen ? '' : ','}`;
  });
  const added = insertLines(document, below, lines);
  return comma === undefined ? [textAt(last.end, ','), added] : [added];
}
