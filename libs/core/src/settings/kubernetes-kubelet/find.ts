/** Finds what a key leads to. */
import type { YamlDocument } from './parse.ts';
import type { WrittenEntry, WrittenMap, WrittenNode } from './node.ts';

/** An entry and the map that it is in. */
export interface Place {
  readonly map: WrittenMap;
  readonly entry: WrittenEntry;
}

/** What is at the end of a path. */
export type Found =
  /** `holder` is where the map is the value; absent for the map that the file is. */
  | (Place & { readonly kind: 'found'; readonly holder?: Place })
  /** The innermost map that is there, and the names that are not; no map where the file says nothing. */
  | { readonly kind: 'missing'; readonly map?: WrittenMap; readonly names: readonly string[] }
  /** On the way there is an entry whose value is null. */
  | (Place & { readonly kind: 'empty'; readonly names: readonly string[] })
  /** On the way there is something that is no map; `depth` counts the parts that lead to it. */
  | { readonly kind: 'blocked'; readonly by: WrittenNode; readonly depth: number };

/** Follows the path from the outermost map inwards. */
export function findEntry({ top }: YamlDocument, path: readonly string[]): Found {
  let map = top;
  let holder: Place | undefined;
  for (let depth = 0; ; depth += 1) {
    const name = path[depth];
    const entry: WrittenEntry | undefined = map?.entries.find((each) => each.name === name);
    if (map === undefined || entry === undefined) {
      return { kind: 'missing', names: path.slice(depth), ...(map === undefined ? {} : { map }) };
    }
    const { node } = entry;
    const names = path.slice(depth + 1);
    if (names.length === 0) {
      return { kind: 'found', map, entry, ...(holder === undefined ? {} : { holder }) };
    }
    if (node.kind === 'scalar' && node.value.kind === 'null')
      return { kind: 'empty', map, entry, names };
    if (node.kind !== 'map') return { kind: 'blocked', by: node, depth: depth + 1 };
    holder = { map, entry };
    map = node;
  }
}
