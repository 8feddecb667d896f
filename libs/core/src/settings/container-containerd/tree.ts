/**
 * The values of a file. The library's own `getStaticTOMLValue` puts them into plain objects, where the key `__proto__`
 * reaches the prototype of all objects.
 */
import type { AST } from 'toml-eslint-parser';
import { splitNames, type TomlScalar, type TomlTable } from './value.ts';

interface Table {
  readonly kind: 'table';
  readonly entries: Map<string, Value>;
}
interface List {
  readonly kind: 'list';
  readonly items: Value[];
}
type Value = TomlScalar | List | Table;

/** The values of a whole file, which the parser has checked for repeated keys. */
export function buildTree(top: AST.TOMLTopLevelTable): TomlTable {
  const root = newTable();
  for (const node of top.body) {
    if (node.type === 'TOMLKeyValue') put(root, node);
    else {
      const table = open(root, node);
      for (const entry of node.body) put(table, entry);
    }
  }
  return root;
}

/** The names in a key, without quotes. */
export function keyNames({ keys }: AST.TOMLKey): readonly string[] {
  return keys.map((key) => (key.type === 'TOMLBare' ? key.name : key.value));
}

/** The table of a header; `[[...]]` opens a new one each time. */
function open(root: Table, node: AST.TOMLTable): Table {
  const { outer, name } = splitNames(keyNames(node.key));
  const parent = outer.reduce(enter, root);
  if (node.kind === 'standard') return enter(parent, name);
  const list = parent.entries.get(name);
  const table = newTable();
  if (list?.kind === 'list') list.items.push(table);
  else parent.entries.set(name, { kind: 'list', items: [table] });
  return table;
}

/** The table of that name, or of an array of tables its last one; made if there is none. */
function enter(parent: Table, name: string): Table {
  const child = parent.entries.get(name);
  const value = child?.kind === 'list' ? child.items.at(-1) : child;
  if (value?.kind === 'table') return value;
  const table = newTable();
  parent.entries.set(name, table);
  return table;
}

function put(table: Table, { key, value }: AST.TOMLKeyValue): void {
  const { outer, name } = splitNames(keyNames(key));
  outer.reduce(enter, table).entries.set(name, valueOf(value));
}

function valueOf(node: AST.TOMLContentNode): Value {
  switch (node.type) {
    case 'TOMLArray':
      return { kind: 'list', items: node.elements.map(valueOf) };
    case 'TOMLInlineTable': {
      const table = newTable();
      for (const entry of node.body) put(table, entry);
      return table;
    }
    case 'TOMLValue':
      return scalarOf(node);
  }
}

function scalarOf(node: AST.TOMLValue): TomlScalar {
  switch (node.kind) {
    case 'string':
      return { kind: 'string', value: node.value };
    case 'integer':
      return { kind: 'integer', value: node.bigint };
    case 'float':
      return { kind: 'float', value: node.value };
    case 'boolean':
      return { kind: 'boolean', value: node.value };
    default:
      return { kind: 'date-time', value: node.datetime };
  }
}

function newTable(): Table {
  return { kind: 'table', entries: new Map() };
}
