/** Plans the settings of containerd, one after the other. */
import type { FilePlan, Setting, SettingPlan } from '../setting.ts';
import { readWishes } from '../wishes.ts';
import { parseToml } from './parse.ts';
import { planWish } from './plan-wish.ts';
import { renderToml } from './render.ts';
import { readWish } from './request.ts';

/**
 * What becomes of containerd's configuration. Keys lead through tables: `plugins."io.containerd.grpc.v1.cri".sandbox_image`.
 * A list adds what an existing list lacks, all else replaces a value of the same type; missing tables are made.
 *
 * @param text the file; `undefined` when there is none, which is then made
 */
export function planContainerd(text: string | undefined, settings: readonly Setting[]): FilePlan {
  const read = parseToml(text ?? '');
  if (read.kind === 'unreadable') return read;
  let { document } = read;
  const plans: SettingPlan[] = [];
  for (const { key, wish } of readWishes(settings, readWish)) {
    const planned = planWish(document, wish);
    plans.push({ key, ...planned.plan });
    document = planned.document;
  }
  const after = renderToml(document);
  const isNeeded = text !== undefined || after !== '';
  return { kind: 'planned', settings: plans, ...(isNeeded ? { text: after } : {}) };
}
