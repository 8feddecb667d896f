/** Writes a key that is not there yet, in the style of the table that it goes to. */
import type { AST } from 'toml-eslint-parser';
import { dottedEntryIn, entryAt, isHeaded, isWithin, tableAt, tableDepth } from './find.ts';
import {
  indentAt,
  insertLines,
  isBelowBlank,
  isBlankLine,
  isCommentLine,
  lineEnd,
  lineStart,
  tableEnd,
  type Splice,
} from './layout.ts';
import type { TomlDocument, WrittenEntry, WrittenTable } from './parse.ts';
import { keyText, pathText, tomlText } from './toml-text.ts';
import { splitNames, type TomlValue } from './value.ts';

/** What is written and where. */
interface Insertion {
  /** The innermost table that is there. */
  readonly table: readonly string[];
  /** The names of the tables below it that are not there. */
  readonly missing: readonly string[];
  readonly name: string;
  readonly value: TomlValue;
}

/** The change that puts a value where there is none; what lies on the way is a table or not there either. */
export function insertValue(
  document: TomlDocument,
  path: readonly string[],
  value: TomlValue,
): Splice {
  const depth = tableDepth(document.root, path);
  const table = path.slice(0, depth);
  const { outer: missing, name } = splitNames(path.slice(depth));
  const insertion: Insertion = { table, missing, name, value };

  const inline = entryAt(document, table)?.node.value;
  if (inline?.type === 'TOMLInlineTable') return intoBraces(document, inline, insertion);
  const dotted = dottedEntryIn(document, table);
  if (dotted !== undefined) return besideDotted(document, dotted, insertion);
  const written = tableAt(document, table);
  if (missing.length > 0 || written === undefined) return intoNewTable(document, insertion);
  return intoTable(document, written, `${keyText(name)} = ${tomlText(value)}`);
}

/** Inline tables get inline tables, which is their own style. */
function intoBraces(
  { source }: TomlDocument,
  { body, range }: AST.TOMLInlineTable,
  { missing, name, value }: Insertion,
): Splice {
  const [outer, ...inner] = [...missing, name];
  const nested = inner.reduceRight<TomlValue>(
    (item, key) => ({ kind: 'table', entries: new Map([[key, item]]) }),
    value,
  );
  const text = `${keyText(outer)} = ${tomlText(nested)}`;
  const last = body.at(-1);
  if (last !== undefined) return textAt(last.range[1], `, ${text}`);
  const start = range[0] + 1;
  return textAt(start, source[start] === '}' ? ` ${text} ` : ` ${text}`);
}

/** A table that dotted keys make has no other place: a header for it would define it twice. */
function besideDotted(
  document: TomlDocument,
  { table: host, node }: WrittenEntry,
  { table, missing, name, value }: Insertion,
): Splice {
  const [start, end] = node.range;
  const lastOfTable = node.key.keys[table.length - host.path.length - 1];
  const prefix = document.source.slice(start, lastOfTable?.range[1]);
  const text = `${prefix}.${pathText([...missing, name])} = ${tomlText(value)}`;
  return host.node.type === 'TOMLInlineTable'
    ? textAt(end, `, ${text}`)
    : lineBelow(document, node.range, text);
}

function intoTable(document: TomlDocument, table: WrittenTable, text: string): Splice {
  const { source } = document;
  const last = document.entries.findLast((entry) => entry.table === table);
  if (last !== undefined) return lineBelow(document, last.node.range, text);
  if (isHeaded(table)) {
    const indent = bodyIndent(document, indentAt(source, table.node.range[0]));
    return insertLines(document, lineEnd(source, table.node.range[1]), [indent + text]);
  }
  const header = document.tables.find(isHeaded);
  if (header === undefined) return insertLines(document, source.length, [text]);
  // The file's own entries come before all headers, and before the comment that touches the first one.
  let at = lineStart(source, header.node.range[0]);
  while (at > 0 && isCommentLine(source, at - 1)) at = lineStart(source, at - 1);
  return insertLines(document, at, [text, '']);
}

/** Behind the last inner table of the table that is there; at the end of the file when there is none. */
function intoNewTable(document: TomlDocument, { table, missing, name, value }: Insertion): Splice {
  const { source } = document;
  const path = [...table, ...missing];
  const headed = document.tables.filter(isHeaded).filter((other) => isWithin(other.path, table));
  const above = table.length === 0 ? undefined : headed.at(-1);
  const at = above === undefined ? source.length : tableEnd(document, above);

  const sibling = headed.find((other) => other.path.length === path.length) ?? above;
  const indent = sibling === undefined ? '' : indentAt(source, sibling.node.range[0]);
  const header = [...writtenNames(source, above, table.length), ...missing.map(keyText)].join('.');
  const isDense = at < source.length && !isBlankLine(source, at);
  return insertLines(document, at, [
    ...(isDense || isBelowBlank(source, at) ? [] : ['']),
    `${indent}[${header}]`,
    `${bodyIndent(document, indent)}${keyText(name)} = ${tomlText(value)}`,
  ]);
}

/** The first names in the key of a header, quoted as they are there. */
function writtenNames(
  source: string,
  table: { readonly node: AST.TOMLTable } | undefined,
  count: number,
): readonly string[] {
  const keys = table?.node.key.keys.slice(0, count) ?? [];
  return keys.map(({ range }) => source.slice(...range));
}

/** How entries stand below a header that is indented so, as the first table with an entry shows it. */
function bodyIndent({ source, entries }: TomlDocument, headerIndent: string): string {
  const sample = entries.find(({ table }) => isHeaded(table));
  if (sample === undefined) return headerIndent;
  const header = indentAt(source, sample.table.node.range[0]);
  const entry = indentAt(source, sample.node.range[0]);
  return entry.startsWith(header) ? headerIndent + entry.slice(header.length) : headerIndent;
}

function lineBelow(document: TomlDocument, [start, end]: AST.Range, text: string): Splice {
  const { source } = document;
  return insertLines(document, lineEnd(source, end), [indentAt(source, start) + text]);
}

function textAt(at: number, text: string): Splice {
  return { start: at, end: at, text };
}
