/** Decides what becomes of each wish. */
import type { SettingOutcome, SettingPlan } from '../setting.ts';
import type { Wish } from '../wishes.ts';
import { changeDocument, type Step } from './change.ts';
import { header } from './fields.ts';
import { findEntry, type Found } from './find.ts';
import { appendItems, setValue } from './insert.ts';
import type { WrittenList, WrittenNode } from './node.ts';
import type { YamlDocument } from './parse.ts';
import { removeEntry } from './remove.ts';
import { inList, pathText } from './request.ts';
import {
  canonicalText,
  holdsOpaque,
  isSameValue,
  previewText,
  withoutValue,
  withValue,
  type YamlMap,
  type YamlValue,
} from './value.ts';

/** What becomes of one wish, and the document with it. */
export interface Planned {
  readonly plan: Omit<SettingPlan, 'key'>;
  readonly document: YamlDocument;
}

type Entry = readonly [path: readonly string[], value: YamlValue];
type Blocked = Extract<Found, { readonly kind: 'blocked' }>;

/** Plans one wish; those before it are in the document already. */
export function planWish(document: YamlDocument, wish: Wish<YamlValue>): Planned {
  switch (wish.kind) {
    case 'refused':
      return refuse(document, wish.reason);
    case 'delete':
      return planDelete(document, wish.parts);
    case 'set':
      return planSet(document, wish.parts, wish.value);
  }
}

/** B-15: where a part is missing, nothing is to be removed. */
function planDelete(document: YamlDocument, parts: readonly string[]): Planned {
  const found = findEntry(document, parts);
  if (found.kind === 'blocked' && mayHold(found.by)) {
    return refuse(document, blocked(found, parts));
  }
  if (found.kind !== 'found') return unchanged(document, parts);
  if (holdsOpaque(found.entry.node.value)) return refuse(document, unusual(parts));
  return carryOut(document, parts, {
    outcome: 'removed',
    steps: [(current) => removeEntry(current, parts)],
    wanted: withoutValue(document.root, parts),
  });
}

function planSet(document: YamlDocument, parts: readonly string[], value: YamlValue): Planned {
  const found = findEntry(document, parts);
  switch (found.kind) {
    case 'blocked':
      return refuse(document, blocked(found, parts));
    case 'found':
      return found.entry.node.kind === 'list'
        ? planAppend(document, parts, found.entry.node, value)
        : planReplace(document, parts, found.entry.node, value);
    default:
      return planAdd(document, parts, value);
  }
}

/** kubelet does not read a file without its kind, so a new one begins with that. */
function planAdd(document: YamlDocument, parts: readonly string[], value: YamlValue): Planned {
  const isNew = document.root.entries.size === 0;
  const first = Object.entries(isNew ? header : {}).map(([name, text]): Entry => [
    [name],
    { kind: 'string', value: text },
  ]);
  const entries: readonly Entry[] = [...first, [parts, value]];
  return carryOut(document, parts, {
    outcome: 'added',
    steps: entries.map(
      ([path, wanted]) =>
        (current) =>
          setValue(current, path, wanted),
    ),
    wanted: entries.reduce((root, [path, wanted]) => withValue(root, path, wanted), document.root),
  });
}

function planReplace(
  document: YamlDocument,
  parts: readonly string[],
  { value: existing }: WrittenNode,
  value: YamlValue,
): Planned {
  if (isSameValue(existing, value)) return unchanged(document, parts);
  if (holdsOpaque(existing)) return refuse(document, unusual(parts));
  return carryOut(document, parts, {
    outcome: 'set',
    steps: [(current) => setValue(current, parts, value)],
    wanted: withValue(document.root, parts, value),
  });
}

/** Adds what is not in the list yet, so that doing it twice does no more than doing it once. */
function planAppend(
  document: YamlDocument,
  parts: readonly string[],
  list: WrittenList,
  value: YamlValue,
): Planned {
  if (value.kind !== 'list') {
    const reason = `The file has a list at ${pathText(parts)}, which can be added to or deleted only`;
    return refuse(document, reason);
  }
  if (holdsOpaque(list.value)) return refuse(document, unusual(parts));
  const { items } = list.value;
  const known = new Set(items.map(canonicalText));
  const fresh = value.items.filter((item) => {
    const text = canonicalText(item);
    return !known.has(text) && known.add(text);
  });
  if (fresh.length === 0) return unchanged(document, parts);
  return carryOut(document, parts, {
    outcome: 'set',
    steps: [(current) => appendItems(current, list, fresh)],
    wanted: withValue(document.root, parts, { kind: 'list', items: [...items, ...fresh] }),
  });
}

/** What is to be done, and the values that the file has to have afterwards. */
interface Change {
  readonly outcome: SettingOutcome;
  readonly steps: readonly Step[];
  readonly wanted: YamlMap;
}

function carryOut(
  document: YamlDocument,
  parts: readonly string[],
  { outcome, steps, wanted }: Change,
): Planned {
  const changed = changeDocument(document, steps, wanted);
  if (changed === undefined) return refuse(document, notExact);
  const before = previewAt(document, parts);
  const after = previewAt(changed, parts);
  const plan = {
    outcome,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
  };
  return { document: changed, plan };
}

const notExact = 'The changed file would be too large, or would not hold exactly what is asked for';

function previewAt(document: YamlDocument, parts: readonly string[]): string | undefined {
  const found = findEntry(document, parts);
  return found.kind === 'found' ? previewText(found.entry.node.value) : undefined;
}

/** True for what something of that name may be in, though it cannot be reached by a key. */
function mayHold(node: WrittenNode): boolean {
  return node.kind === 'opaque' || (node.kind === 'list' && node.items.some(isNoScalar));
}

function isNoScalar({ kind }: WrittenNode): boolean {
  return kind !== 'scalar';
}

function blocked({ by, depth }: Blocked, parts: readonly string[]): string {
  const outer = parts.slice(0, depth);
  if (by.kind === 'opaque') return unusual(outer);
  return by.kind === 'list' ? inList(pathText(outer)) : `${pathText(outer)} is no map in the file`;
}

function unusual(parts: readonly string[]): string {
  const what = 'an anchor, an alias, a tag, a merge key or a key that is no text';
  return `The file uses ${what} in ${pathText(parts)}, which cannot be changed safely`;
}

function unchanged(document: YamlDocument, parts: readonly string[]): Planned {
  const now = previewAt(document, parts);
  const values = now === undefined ? {} : { before: now, after: now };
  return { document, plan: { outcome: 'unchanged', ...values } };
}

function refuse(document: YamlDocument, reason: string): Planned {
  return { document, plan: { outcome: 'refused', reason } };
}
