/** Plans the settings of kubelet, one after the other. */
import type { FilePlan, Setting, SettingPlan } from '../setting.ts';
import { readWishes } from '../wishes.ts';
import { header } from './fields.ts';
import { findEntry } from './find.ts';
import { lineAt, parseYaml, unreadable, type Unreadable, type YamlDocument } from './parse.ts';
import { planWish } from './plan-wish.ts';
import { renderYaml } from './render.ts';
import { readWish } from './request.ts';

/**
 * What becomes of kubelet's configuration. Keys lead through maps: `evictionHard."memory.available"`. A list adds what
 * an existing list lacks, all else replaces; missing maps are made.
 *
 * @param text the file; `undefined` when there is none, which is then made
 */
export function planKubelet(text: string | undefined, settings: readonly Setting[]): FilePlan {
  const read = parseYaml(text ?? '');
  if (read.kind === 'unreadable') return read;
  let { document } = read;
  const otherKind = findOtherKind(document);
  if (otherKind !== undefined) return otherKind;
  const plans: SettingPlan[] = [];
  for (const { key, wish } of readWishes(settings, readWish)) {
    const planned = planWish(document, wish);
    plans.push({ key, ...planned.plan });
    document = planned.document;
  }
  const after = renderYaml(document);
  const isNeeded = text !== undefined || after !== '';
  return { kind: 'planned', settings: plans, ...(isNeeded ? { text: after } : {}) };
}

/** The folders of kubelet also hold files for its client and its plugins, in which its settings would mean nothing. */
function findOtherKind(document: YamlDocument): Unreadable | undefined {
  for (const name of ['kind', 'apiVersion'] as const) {
    const expected = header[name];
    const found = findEntry(document, [name]);
    if (found.kind !== 'found') continue;
    const { value } = found.entry.node;
    if (value.kind === 'string' && value.value === expected) continue;
    const message = `Expected ${name} to be ${expected}`;
    return unreadable(message, lineAt(document.source, found.entry.start));
  }
  return undefined;
}
