/** Plans that the tests expect to be possible. */
import type { FilePlan, Setting } from '../setting.ts';
import { planContainerd } from './index.ts';

/** A plan for a file that can be read. */
export type PlannedFile = Extract<FilePlan, { readonly kind: 'planned' }>;

/** Plans; throws where the file cannot be read. */
export function planFile(text: string | undefined, settings: readonly Setting[]): PlannedFile {
  const plan = planContainerd(text, settings);
  if (plan.kind !== 'planned') throw new Error(`${plan.message}: ${text ?? ''}`);
  return plan;
}
