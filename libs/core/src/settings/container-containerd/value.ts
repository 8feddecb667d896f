/** Values of TOML apart from how they are written. Tables are maps, so that a key such as `__proto__` is one like any other. */

/** A value without parts. */
export type TomlScalar =
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'integer'; readonly value: bigint }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'boolean'; readonly value: boolean }
  /** A date, a time or both, as the file writes it. */
  | { readonly kind: 'date-time'; readonly value: string };

/** A table; the order of its entries means nothing. */
export interface TomlTable {
  readonly kind: 'table';
  readonly entries: ReadonlyMap<string, TomlValue>;
}

/** A list, of tables as well. */
export interface TomlList {
  readonly kind: 'list';
  readonly items: readonly TomlValue[];
}

/** A value of TOML. */
export type TomlValue = TomlScalar | TomlList | TomlTable;

/**
 * How deep brackets may lie in each other, and how many parts a key may have, so that walking what both make together
 * fits on the stack.
 */
export const maxDepth = 32;

/** Kinds that a reader takes for each other are the same type: `1` where it expects `1.0`. */
export function typeOf({ kind }: TomlValue): string {
  return kind === 'integer' || kind === 'float' ? 'number' : kind;
}

/** True when a reader sees no difference. */
export function isSameValue(a: TomlValue, b: TomlValue): boolean {
  return canonicalText(a) === canonicalText(b);
}

/** A text that is the same for the same values, `1` and `1.0` among them, and for no others. */
export function canonicalText(value: TomlValue): string {
  switch (value.kind) {
    case 'string':
      return JSON.stringify(value.value);
    case 'date-time':
      return `@${value.value}`;
    case 'list':
      return `[${value.items.map(canonicalText).join()}]`;
    case 'table': {
      const members = [...value.entries].map(
        ([name, item]) => `${JSON.stringify(name)}:${canonicalText(item)}`,
      );
      return `{${members.sort().join()}}`;
    }
    default:
      return String(value.value);
  }
}

/** The value with another one at the path; what lies on the way is a table or made one. */
export function withValue(
  outer: TomlValue | undefined,
  [name, ...rest]: readonly string[],
  value: TomlValue,
): TomlValue {
  if (name === undefined) return value;
  const entries = new Map(outer?.kind === 'table' ? outer.entries : []);
  entries.set(name, withValue(entries.get(name), rest, value));
  return { kind: 'table', entries };
}

/**
 * The value without what is at the path, and without the tables on the way that become empty by it, unless they are
 * written themselves: `isWritten` says so of a path. `undefined` when nothing is left.
 */
export function withoutValue(
  outer: TomlValue | undefined,
  path: readonly string[],
  isWritten: (path: readonly string[]) => boolean,
  depth = 0,
): TomlValue | undefined {
  const name = path[depth];
  if (name === undefined || outer?.kind !== 'table') return undefined;
  const entries = new Map(outer.entries);
  const rest = withoutValue(entries.get(name), path, isWritten, depth + 1);
  if (rest === undefined) entries.delete(name);
  else entries.set(name, rest);
  const isLeft = entries.size > 0 || isWritten(path.slice(0, depth));
  return isLeft ? { kind: 'table', entries } : undefined;
}

/** The innermost name of a key, and those around it. */
export function splitNames(names: readonly string[]): {
  readonly outer: readonly string[];
  readonly name: string;
} {
  return { outer: names.slice(0, -1), name: names.slice(-1).join('') };
}
