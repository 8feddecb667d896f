/** Finds what a key leads to, in the values and in the text. */
import type { AST } from 'toml-eslint-parser';
import type { TomlDocument, TomlPath, WrittenEntry, WrittenTable } from './parse.ts';
import type { TomlTable, TomlValue } from './value.ts';

/** What is at the end of a path. */
export type Found =
  | { readonly kind: 'found'; readonly value: TomlValue }
  | { readonly kind: 'missing' }
  /** On the way there is something that is no table. */
  | { readonly kind: 'blocked'; readonly part: string; readonly by: TomlValue };

/** Follows the path from the outermost table inwards. */
export function findValue(root: TomlTable, path: readonly string[]): Found {
  let value: TomlValue = root;
  let last = '';
  for (const part of path) {
    if (value.kind !== 'table') return { kind: 'blocked', part: last, by: value };
    const next = value.entries.get(part);
    if (next === undefined) return { kind: 'missing' };
    value = next;
    last = part;
  }
  return { kind: 'found', value };
}

/** How many of the first parts of a path, short of the last one, lead to a table that is there. */
export function tableDepth(root: TomlTable, path: readonly string[]): number {
  let table = root;
  for (const [depth, part] of path.slice(0, -1).entries()) {
    const next = table.entries.get(part);
    if (next?.kind !== 'table') return depth;
    table = next;
  }
  return path.length - 1;
}

/** The entry that writes the value of this path; none for a table that headers or dotted keys make. */
export function entryAt({ entries }: TomlDocument, path: TomlPath): WrittenEntry | undefined {
  return entries.find((entry) => isAt(entry.path, path));
}

/** The table of this path, if it has a place of its own: a header, braces, or the file itself. */
export function tableAt({ tables }: TomlDocument, path: TomlPath): WrittenTable | undefined {
  return tables.find((table) => isAt(table.path, path));
}

/** The last entry whose dotted key leads into this table from outside: `b.c = 1` under `[a]` for `a.b`. */
export function dottedEntryIn({ entries }: TomlDocument, path: TomlPath): WrittenEntry | undefined {
  return entries.findLast(
    (entry) =>
      entry.table.path.length < path.length &&
      entry.path.length > path.length &&
      isWithin(entry.path, path),
  );
}

/** A table with a header. */
export type HeadedTable = WrittenTable & { readonly node: AST.TOMLTable };

/** True for a table with a header. */
export function isHeaded(table: WrittenTable): table is HeadedTable {
  return table.node.type === 'TOMLTable';
}

/** True when the path is the outer one or leads into it. */
export function isWithin(path: TomlPath, outer: TomlPath): boolean {
  return path.length >= outer.length && outer.every((part, index) => part === path[index]);
}

function isAt(path: TomlPath, other: TomlPath): boolean {
  return path.length === other.length && isWithin(path, other);
}
