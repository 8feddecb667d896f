/** Values of TOML together with where each of them is written. */
import type { AST } from 'toml-eslint-parser';
import type { RecipePlace } from './recipe.ts';

/** A value as the file has it. */
export type Written = WrittenTable | WrittenList | WrittenScalar;

/** A table; one that no header opens has the place of the first key that leads to it. */
export interface WrittenTable {
  readonly kind: 'table';
  readonly place: RecipePlace;
  readonly entries: Map<string, WrittenEntry>;
}

/** A list, of tables as well. */
export interface WrittenList {
  readonly kind: 'list';
  readonly place: RecipePlace;
  readonly items: Written[];
}

/** A value without parts; `null` for what no key of a recipe takes: a float, a time, or what nests too deep. */
export interface WrittenScalar {
  readonly kind: 'scalar';
  readonly place: RecipePlace;
  readonly value: string | bigint | boolean | null;
}

/** A member of a table. */
export interface WrittenEntry {
  /** Where its key is. */
  readonly place: RecipePlace;
  readonly value: Written;
}

/** Names and places in lists, from the file down. */
export type WrittenPath = readonly (string | number)[];

/** Deeper than any key of a recipe, and far from the end of the stack. */
const maxDepth = 8;

interface KeyPart {
  readonly name: string;
  readonly place: RecipePlace;
}

/**
 * The values of a file.
 *
 * `renamed` holds the names that keys had before they were renamed because the file defines them twice, by where they
 * start. Such an entry is left out, the content of such a table goes to the first one.
 */
export function buildTree(
  top: AST.TOMLTopLevelTable,
  renamed: ReadonlyMap<number, string>,
): WrittenTable {
  const root = newTable({ line: 1, column: 1 });
  for (const node of top.body) {
    if (node.type === 'TOMLKeyValue') put(root, node, renamed);
    else {
      const table = open(root, node, renamed);
      for (const entry of node.body) put(table, entry, renamed);
    }
  }
  return root;
}

/** The value as plain data; a whole number beyond what JavaScript counts exactly stays a `bigint`. */
export function plainOf(written: Written, depth = 0): unknown {
  if (depth > maxDepth) return null;
  switch (written.kind) {
    case 'list':
      return written.items.map((item) => plainOf(item, depth + 1));
    case 'table': {
      // Without a prototype, so that the key `__proto__` is one like any other.
      const plain = Object.create(null) as Record<string, unknown>;
      for (const [name, { value }] of written.entries) plain[name] = plainOf(value, depth + 1);
      return plain;
    }
    case 'scalar': {
      const { value } = written;
      if (typeof value !== 'bigint') return value;
      return Number.isSafeInteger(Number(value)) ? Number(value) : value;
    }
  }
}

/** What is at the path. */
export function findWritten(root: Written, path: WrittenPath): Written | undefined {
  return path.reduce<Written | undefined>((outer, part) => {
    if (outer?.kind === 'list') return typeof part === 'number' ? outer.items[part] : undefined;
    return outer?.kind === 'table' ? outer.entries.get(String(part))?.value : undefined;
  }, root);
}

/** Where the key at the path is, or the value where it is one of a list; `undefined` when it is not there. */
export function findKey(root: Written, path: WrittenPath): RecipePlace | undefined {
  const name = path.at(-1);
  const outer = findWritten(root, path.slice(0, -1));
  if (typeof name === 'string' && outer?.kind === 'table') return outer.entries.get(name)?.place;
  return findWritten(root, path)?.place;
}

/** The path of the key that a part of starts there. Not found in inline tables. */
export function findPath(
  top: AST.TOMLTopLevelTable,
  index: number,
  renamed: ReadonlyMap<number, string>,
): WrittenPath | undefined {
  for (const node of top.body) {
    const outer = node.type === 'TOMLTable' ? node.resolvedKey : [];
    const entries = node.type === 'TOMLTable' ? node.body : [node];
    const entry = entries.find(({ key }) => startsAt(key, index));
    if (entry !== undefined) return [...outer, ...namesOf(entry.key, renamed)];
    if (startsAt(node.key, index)) return namesOf(node.key, renamed);
  }
  return undefined;
}

function startsAt({ keys }: AST.TOMLKey, index: number): boolean {
  return keys.some(({ range }) => range[0] === index);
}

function namesOf(key: AST.TOMLKey, renamed: ReadonlyMap<number, string>): readonly string[] {
  return partsOf(key, renamed).map(({ name }) => name);
}

function open(
  root: WrittenTable,
  node: AST.TOMLTable,
  renamed: ReadonlyMap<number, string>,
): WrittenTable {
  const parts = partsOf(node.key, renamed);
  const parent = parts.slice(0, -1).reduce(enter, root);
  const last = parts.at(-1);
  if (last === undefined) return parent;
  if (node.kind === 'standard') return enter(parent, last);
  const list = parent.entries.get(last.name)?.value;
  const table = newTable(last.place);
  if (list?.kind === 'list') list.items.push(table);
  else if (list === undefined) {
    const value: WrittenList = { kind: 'list', place: last.place, items: [table] };
    parent.entries.set(last.name, { place: last.place, value });
  }
  return table;
}

/** The table of that name, or of an array of tables its last one; made if there is none. */
function enter(parent: WrittenTable, { name, place }: KeyPart): WrittenTable {
  const child = parent.entries.get(name)?.value;
  const value = child?.kind === 'list' ? child.items.at(-1) : child;
  if (value?.kind === 'table') return value;
  const table = newTable(place);
  if (child === undefined) parent.entries.set(name, { place, value: table });
  return table;
}

function put(
  table: WrittenTable,
  { key, value }: AST.TOMLKeyValue,
  renamed: ReadonlyMap<number, string>,
  depth = 0,
): void {
  if (key.keys.some(({ range }) => renamed.has(range[0]))) return;
  const parts = partsOf(key, renamed);
  const parent = parts.slice(0, -1).reduce(enter, table);
  const last = parts.at(-1);
  if (last === undefined) return;
  parent.entries.set(last.name, { place: last.place, value: valueOf(value, renamed, depth) });
}

function valueOf(
  node: AST.TOMLContentNode,
  renamed: ReadonlyMap<number, string>,
  depth: number,
): Written {
  const place = placeOf(node);
  if (depth > maxDepth) return { kind: 'scalar', place, value: null };
  switch (node.type) {
    case 'TOMLArray': {
      const items = node.elements.map((element) => valueOf(element, renamed, depth + 1));
      return { kind: 'list', place, items };
    }
    case 'TOMLInlineTable': {
      const table = newTable(place);
      for (const entry of node.body) put(table, entry, renamed, depth + 1);
      return table;
    }
    case 'TOMLValue':
      return { kind: 'scalar', place, value: scalarOf(node) };
  }
}

function scalarOf(node: AST.TOMLValue): WrittenScalar['value'] {
  if (node.kind === 'integer') return node.bigint;
  return node.kind === 'string' || node.kind === 'boolean' ? node.value : null;
}

function partsOf({ keys }: AST.TOMLKey, renamed: ReadonlyMap<number, string>): readonly KeyPart[] {
  return keys.map((key) => ({
    name: renamed.get(key.range[0]) ?? (key.type === 'TOMLBare' ? key.name : key.value),
    place: placeOf(key),
  }));
}

function placeOf({ loc }: AST.HasLocs): RecipePlace {
  return { line: loc.start.line, column: loc.start.column + 1 };
}

function newTable(place: RecipePlace): WrittenTable {
  return { kind: 'table', place, entries: new Map() };
}
