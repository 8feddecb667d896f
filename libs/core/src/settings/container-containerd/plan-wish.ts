/** Decides what becomes of each wish. */
import type { SettingOutcome, SettingPlan } from '../setting.ts';
import type { Wish } from '../wishes.ts';
import { appendItems } from './append.ts';
import { changeDocument, type Step } from './change.ts';
import { entryAt, findValue, tableAt, type Found } from './find.ts';
import { insertValue } from './insert.ts';
import type { TomlDocument } from './parse.ts';
import { removeValue } from './remove.ts';
import { previewText, tomlText } from './toml-text.ts';
import {
  canonicalText,
  isSameValue,
  typeOf,
  withoutValue,
  withValue,
  type TomlList,
  type TomlValue,
} from './value.ts';

/** What becomes of one wish, and the document with it. */
export interface Planned {
  readonly plan: Omit<SettingPlan, 'key'>;
  readonly document: TomlDocument;
}

type Blocked = Extract<Found, { readonly kind: 'blocked' }>;
type SetWish = Extract<Wish<TomlValue>, { readonly kind: 'set' }>;

/** Plans one wish; those before it are in the document already. */
export function planWish(document: TomlDocument, wish: Wish<TomlValue>): Planned {
  switch (wish.kind) {
    case 'refused':
      return refuse(document, wish.reason);
    case 'delete':
      return planDelete(document, wish.parts);
    case 'set':
      return planSet(document, wish);
  }
}

/** B-15: where a part is missing, nothing is to be removed. */
function planDelete(document: TomlDocument, parts: readonly string[]): Planned {
  const found = findValue(document.root, parts);
  if (found.kind === 'blocked' && holdsTables(found.by)) return refuse(document, inList(found));
  if (found.kind !== 'found') return unchanged(document, parts);
  return carryOut(document, parts, {
    outcome: 'removed',
    steps: [(current) => removeValue(current, parts)],
    wanted: withoutValue(document.root, parts, (path) => tableAt(document, path) !== undefined),
  });
}

function planSet(document: TomlDocument, wish: SetWish): Planned {
  const { parts, value } = wish;
  const found = findValue(document.root, parts);
  switch (found.kind) {
    case 'blocked':
      return refuse(document, found.by.kind === 'list' ? inList(found) : noTable(found));
    case 'missing':
      return carryOut(document, parts, {
        outcome: 'added',
        steps: [insertion(parts, value)],
        wanted: withValue(document.root, parts, value),
      });
    case 'found':
      return found.value.kind === 'list' && value.kind === 'list'
        ? planAppend(document, parts, found.value, value)
        : planReplace(document, wish, found.value);
  }
}

function planReplace(document: TomlDocument, wish: SetWish, existing: TomlValue): Planned {
  const { parts } = wish;
  if (isSameValue(existing, wish.value)) return unchanged(document, parts);
  const [from, to] = [typeOf(existing), typeOf(wish.value)];
  // containerd reads each key into one type and does not start with another one (B-48).
  if (from !== to) {
    return refuse(document, `The type of the value would change from ${from} to ${to}`);
  }
  const value = asNumberLike([existing], wish.value);
  const node = entryAt(document, parts)?.node.value;
  const steps: readonly Step[] =
    node === undefined
      ? // A table of headers or dotted keys has no one place.
        [(current) => removeValue(current, parts), insertion(parts, value)]
      : [() => [{ start: node.range[0], end: node.range[1], text: tomlText(value) }]];
  const wanted = withValue(document.root, parts, value);
  return carryOut(document, parts, { outcome: 'set', steps, wanted });
}

/** Adds what is not in the list yet, so that doing it twice does no more than doing it once. */
function planAppend(
  document: TomlDocument,
  parts: readonly string[],
  existing: TomlList,
  { items }: TomlList,
): Planned {
  const known = new Set(existing.items.map(canonicalText));
  const fresh = items.filter((item) => {
    const text = canonicalText(item);
    return !known.has(text) && known.add(text);
  });
  if (fresh.length === 0) return unchanged(document, parts);
  const types = new Set(existing.items.map(typeOf));
  const odd = fresh.map(typeOf).find((type) => types.size > 0 && !types.has(type));
  if (odd !== undefined) {
    return refuse(document, `The list holds items of type ${[...types].join(', ')}, not ${odd}`);
  }
  const node = entryAt(document, parts)?.node.value;
  if (node?.type !== 'TOMLArray') {
    return refuse(document, 'A list of tables with headers of their own cannot be added to');
  }
  const added = fresh.map((item) => asNumberLike(existing.items, item));
  const list: TomlList = { kind: 'list', items: [...existing.items, ...added] };
  return carryOut(document, parts, {
    outcome: 'set',
    steps: [(current) => appendItems(current, node, added)],
    wanted: withValue(document.root, parts, list),
  });
}

/** JSON has one kind of numbers: where floats stand, `1` is meant to be `1.0`. */
function asNumberLike(others: readonly TomlValue[], value: TomlValue): TomlValue {
  if (value.kind !== 'integer' || others.length === 0) return value;
  const isFloat = others.every(({ kind }) => kind !== 'integer');
  return isFloat ? { kind: 'float', value: Number(value.value) } : value;
}

/** What is to be done, and the values that the file has to have afterwards. */
interface Change {
  readonly outcome: SettingOutcome;
  readonly steps: readonly Step[];
  readonly wanted: TomlValue | undefined;
}

function carryOut(
  document: TomlDocument,
  parts: readonly string[],
  { outcome, steps, wanted }: Change,
): Planned {
  const changed = changeDocument(document, steps, wanted);
  if (changed === undefined) {
    return refuse(
      document,
      'The changed file would be too large, or would not hold exactly what is asked for',
    );
  }
  const before = previewAt(document, parts);
  const after = previewAt(changed, parts);
  const plan = {
    outcome,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
  };
  return { document: changed, plan };
}

function insertion(parts: readonly string[], value: TomlValue): Step {
  return (document) => [insertValue(document, parts, value)];
}

function previewAt({ root }: TomlDocument, parts: readonly string[]): string | undefined {
  const found = findValue(root, parts);
  return found.kind === 'found' ? previewText(found.value) : undefined;
}

function holdsTables(value: TomlValue): boolean {
  return value.kind === 'list' && value.items.some(({ kind }) => kind === 'table');
}

function inList({ part }: Blocked): string {
  return `The part "${part}" of the key is a list, and what lies in a list has no key`;
}

function noTable({ part, by }: Blocked): string {
  return `The part "${part}" of the key is no table but of type ${typeOf(by)}`;
}

function unchanged(document: TomlDocument, parts: readonly string[]): Planned {
  const now = previewAt(document, parts);
  const values = now === undefined ? {} : { before: now, after: now };
  return { document, plan: { outcome: 'unchanged', ...values } };
}

function refuse(document: TomlDocument, reason: string): Planned {
  return { document, plan: { outcome: 'refused', reason } };
}
