/** What a request asks of a file in which settings lie in tables within tables. */
import { parseKeyPath } from './key-path.ts';
import type { Setting } from './setting.ts';

/** One setting that makes sense, in terms of the file, or why it does not. */
export type Wish<Value> =
  | { readonly kind: 'set'; readonly parts: readonly string[]; readonly value: Value }
  | { readonly kind: 'delete'; readonly parts: readonly string[] }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * The wishes of a request, in its order. A key has one value in the file, so every repeat after the first is refused
 * (B-52). So is a key that lies within another one of the request: what it leads to would depend on the order and would
 * never settle, as `delete` of a table and a value in it.
 */
export function readWishes<Value>(
  settings: readonly Setting[],
  readWish: (setting: Setting, parts: readonly string[]) => Wish<Value>,
): readonly { readonly key: string; readonly wish: Wish<Value> }[] {
  const asked = new Set<string>();
  const around = new Set<string>();
  const readNext = (setting: Setting): Wish<Value> => {
    const path = parseKeyPath(setting.key);
    if (path.kind === 'problem') return refused(path.message);
    const name = pathName(path.parts);
    const outer = path.parts.slice(1).map((_, index) => pathName(path.parts.slice(0, index + 1)));
    if (asked.has(name)) return refused('The key is asked for twice');
    if (around.has(name) || outer.some((table) => asked.has(table))) {
      return refused('The key lies within another key of the request, or that one within it');
    }
    asked.add(name);
    for (const table of outer) around.add(table);
    return readWish(setting, path.parts);
  };
  return settings.map((setting) => ({ key: setting.key, wish: readNext(setting) }));
}

/** A wish that makes no sense. */
export function refused(reason: string): { readonly kind: 'refused'; readonly reason: string } {
  return { kind: 'refused', reason };
}

function pathName(parts: readonly string[]): string {
  return JSON.stringify(parts);
}
