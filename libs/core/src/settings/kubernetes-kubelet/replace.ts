/** Gives an entry another value. */
import {
  blockStyle,
  columnOf,
  indentLines,
  insertLines,
  isBlock,
  lineBelow,
  lineBreak,
  lineStart,
  nextLine,
  textAt,
  type Splice,
} from './layout.ts';
import type { ScalarStyle, WrittenEntry, WrittenList, WrittenMap, WrittenNode } from './node.ts';
import type { YamlDocument } from './parse.ts';
import type { YamlList, YamlMap, YamlValue } from './value.ts';
import { blockLines, flowText, hasLines, inlineText } from './yaml-text.ts';

/**
 * What puts a value in the place of that of an entry of the map. It takes the form of the old one: its quotes, its
 * braces, or lines with its indentation.
 */
export function replaceValue(
  document: YamlDocument,
  map: WrittenMap,
  entry: WrittenEntry,
  value: YamlValue,
): readonly Splice[] {
  const { node, colonEnd } = entry;
  if (isBlock(node)) return replaceBlock(document, entry, node, value);
  const isEmpty = node.start === node.end;
  if (isEmpty && !map.isFlow && hasLines(value)) {
    const lines = linesBelow(document, entry, value);
    return [insertLines(document, nextLine(document.source, colonEnd), lines)];
  }
  const text = map.isFlow
    ? flowText(value, flowStyle(map, node))
    : inlineText(value, textStyleOf(node));
  if (isEmpty) return [textAt(colonEnd, ` ${text}`)];
  // The text of a block scalar ends with its line.
  const isWholeLine = document.source[node.end - 1] === '\n';
  const end = isWholeLine ? lineBreak(document) : '';
  return [{ start: node.start, end: node.end, text: text + end }];
}

function replaceBlock(
  document: YamlDocument,
  entry: WrittenEntry,
  node: WrittenMap | WrittenList,
  value: YamlValue,
): readonly Splice[] {
  const { source } = document;
  const start = lineStart(source, node.start);
  const old: Splice = { start, end: lineBelow(source, node.end), text: '' };
  if (!hasLines(value)) return [textAt(entry.colonEnd, ` ${inlineText(value, 'plain')}`), old];
  const lines =
    node.kind === value.kind
      ? indentLines(blockLines(value, blockStyle(document)), columnOf(source, node.start))
      : linesBelow(document, entry, value);
  const newline = lineBreak(document);
  const isOpenEnd = source[old.end - 1] !== '\n';
  return [{ ...old, text: lines.join(newline) + (isOpenEnd ? '' : newline) }];
}

function linesBelow(
  document: YamlDocument,
  { start }: WrittenEntry,
  value: YamlMap | YamlList,
): readonly string[] {
  const column = columnOf(document.source, start) + blockStyle(document)[value.kind];
  return indentLines(blockLines(value, blockStyle(document)), column);
}

/** How texts are written in a place: quoted like the one that is there now. */
export function textStyleOf(node: WrittenNode | undefined): ScalarStyle {
  switch (node?.kind) {
    case 'scalar':
      return node.style === 'block' ? 'plain' : node.style;
    case 'map':
      return node.entries[0]?.keyStyle ?? 'plain';
    case 'list':
      return textStyleOf(node.items[0]);
    default:
      return 'plain';
  }
}

/** Within braces, `"..."` around keys says that the file is JSON, which it has to stay. */
export function flowStyle(
  flow: WrittenMap | WrittenList,
  node: WrittenNode | undefined,
): ScalarStyle {
  return textStyleOf(flow) === 'double' ? 'double' : textStyleOf(node);
}
