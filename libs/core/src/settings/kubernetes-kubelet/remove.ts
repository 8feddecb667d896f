/** Takes an entry out of the text. */
import { findEntry } from './find.ts';
import {
  blanksEnd,
  blanksStart,
  columnOf,
  isFirstOnLine,
  lineBelow,
  lineStart,
  nextLine,
  type Splice,
} from './layout.ts';
import type { WrittenEntry, WrittenMap } from './node.ts';
import type { YamlDocument } from './parse.ts';
import { replaceValue } from './replace.ts';
import { emptyMap } from './value.ts';

/**
 * What takes the entry at a path out. Comments above it stay: nothing says what they are about. A map that has no other
 * entry becomes `{}`, as nothing at all would be no map.
 */
export function removeEntry(document: YamlDocument, path: readonly string[]): readonly Splice[] {
  const found = findEntry(document, path);
  if (found.kind !== 'found') return [];
  const { map, entry, holder } = found;
  if (map.isFlow) return removeMember(document.source, map, entry);
  if (map.entries.length > 1 || holder === undefined) return [wholeLines(document.source, entry)];
  return replaceValue(document, holder.map, holder.entry, emptyMap);
}

/** With the comments below that are indented further than the key, since they are about what is within. */
function wholeLines(source: string, { start, end }: WrittenEntry): Splice {
  const column = columnOf(source, start);
  const splice = { start: lineStart(source, start), text: '' };
  let last = lineBelow(source, end);
  for (let at = last; at < source.length; at = nextLine(source, at)) {
    const line = source.slice(at, nextLine(source, at));
    const indent = line.search(/\S/);
    if (indent === -1) continue;
    if (indent <= column || line[indent] !== '#') break;
    last = nextLine(source, at);
  }
  return { ...splice, end: last };
}

/** JSON has no comma behind the last member, so the one before it goes when the last one goes. */
function removeMember(
  source: string,
  { entries, commas }: WrittenMap,
  entry: WrittenEntry,
): readonly Splice[] {
  const isLast = entries.at(-1) === entry;
  const ownComma = commas.find((at) => at >= entry.end);
  const comma = ownComma ?? commas.findLast((at) => at < entry.start);
  const member = { start: entry.start, end: entry.end, text: '' };
  if (comma === undefined) return [withBlanks(source, member, isLast)];
  const isBeside = ownComma !== undefined && source.slice(entry.end, ownComma).trim() === '';
  return isBeside
    ? [withBlanks(source, { ...member, end: comma + 1 }, isLast)]
    : [withBlanks(source, member, isLast), { start: comma, end: comma + 1, text: '' }];
}

/** The whole line when nothing else is on it, else with the blanks on one side. */
function withBlanks(source: string, { start, end, text }: Splice, isLast: boolean): Splice {
  const after = blanksEnd(source, end);
  const isFirst = isFirstOnLine(source, start);
  if (isFirst && source.slice(after, nextLine(source, after)).trim() === '') {
    return { start: lineStart(source, start), end: nextLine(source, after), text };
  }
  if (!isLast) return { start, end: after, text };
  // A closing brace has to stay behind the column of the key that it belongs to.
  return { start: isFirst ? start : blanksStart(source, start), end, text };
}
