/** Values of YAML apart from how they are written. Maps are real maps, so that a key such as `__proto__` is one like any other. */

/** A value without parts. */
export type YamlScalar =
  | { readonly kind: 'null' }
  | { readonly kind: 'boolean'; readonly value: boolean }
  /** In the shortest decimal form, so that equal numbers have equal texts; a large integer keeps all its digits. */
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'string'; readonly value: string };

/** A list. */
export interface YamlList {
  readonly kind: 'list';
  readonly items: readonly YamlValue[];
}

/** A map; entries keep the order of the file. */
export interface YamlMap {
  readonly kind: 'map';
  readonly entries: ReadonlyMap<string, YamlValue>;
}

/**
 * What cannot be edited, because it means more than the text at its place: an anchor, an alias, a tag, a merge key. It is
 * compared by a text that is the same when the file says the same, and is never followed, however much it stands for.
 */
export interface YamlOpaque {
  readonly kind: 'opaque';
  readonly text: string;
}

/** A value of YAML. */
export type YamlValue = YamlScalar | YamlList | YamlMap | YamlOpaque;

/** No value: `null`, `~`, or nothing behind the key. */
export const nothing: YamlScalar = { kind: 'null' };

/** A map without entries. */
export const emptyMap: YamlMap = { kind: 'map', entries: new Map() };

/** A number that is finite. */
export function numberValue(value: number | bigint): YamlScalar {
  const isWhole = typeof value === 'number' && Number.isInteger(value);
  return { kind: 'number', text: String(isWhole ? BigInt(value) : value) };
}

/** True when a reader sees no difference, for whom the entries of a map have no order. */
export function isSameValue(a: YamlValue, b: YamlValue): boolean {
  return canonicalText(a) === canonicalText(b);
}

/** A text that is the same for values that are the same, and for no others. */
export function canonicalText(value: YamlValue): string {
  return textOf(value, (members) => [...members].sort());
}

/** The same, but maps with another order of entries have another text. */
export function orderedText(value: YamlValue): string {
  return textOf(value, (members) => members);
}

function textOf(
  value: YamlValue,
  arrange: (members: readonly string[]) => readonly string[],
): string {
  switch (value.kind) {
    case 'null':
      return 'null';
    case 'boolean':
      return String(value.value);
    case 'number':
      return value.text;
    case 'string':
      return JSON.stringify(value.value);
    case 'list':
      return `[${value.items.map((item) => textOf(item, arrange)).join()}]`;
    case 'map': {
      const members = [...value.entries].map(
        ([name, item]) => `${JSON.stringify(name)}:${textOf(item, arrange)}`,
      );
      return `{${arrange(members).join()}}`;
    }
    case 'opaque':
      // Its length says where it ends. Quotes would double with every level that one lies within another.
      return `<${value.text.length}:${value.text}>`;
  }
}

/** A value for a preview: a text as it is, all else as JSON. */
export function previewText(value: YamlValue): string {
  return value.kind === 'string' ? value.value : orderedText(value);
}

/** True when something in it cannot be edited. */
export function holdsOpaque(value: YamlValue): boolean {
  switch (value.kind) {
    case 'opaque':
      return true;
    case 'list':
      return value.items.some(holdsOpaque);
    case 'map':
      return [...value.entries.values()].some(holdsOpaque);
    default:
      return false;
  }
}

/** The value within maps of these names, the outermost first. */
export function nest(names: readonly string[], value: YamlValue): YamlValue {
  return names.reduceRight<YamlValue>(
    (inner, name) => ({ kind: 'map', entries: new Map([[name, inner]]) }),
    value,
  );
}

/** The map with another value at the path; what lies on the way is a map or becomes one. A new entry is the last one. */
export function withValue(outer: YamlMap, path: readonly string[], value: YamlValue): YamlMap {
  const entries = new Map(outer.entries);
  const rest = path.slice(1);
  for (const name of path.slice(0, 1)) {
    const inner = entries.get(name);
    const map = inner?.kind === 'map' ? inner : emptyMap;
    entries.set(name, rest.length === 0 ? value : withValue(map, rest, value));
  }
  return { kind: 'map', entries };
}

/** The map without the entry at the path, which is there. Maps that become empty by it stay. */
export function withoutValue(outer: YamlMap, path: readonly string[]): YamlMap {
  const entries = new Map(outer.entries);
  const rest = path.slice(1);
  for (const name of path.slice(0, 1)) {
    const inner = entries.get(name);
    if (inner?.kind === 'map' && rest.length > 0) entries.set(name, withoutValue(inner, rest));
    else entries.delete(name);
  }
  return { kind: 'map', entries };
}
