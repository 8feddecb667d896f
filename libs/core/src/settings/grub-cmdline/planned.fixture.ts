/** Plans for tests. */
import type { SlotName } from '../../api/operation.ts';
import type { FilePlan, Setting, SettingPlan } from '../setting.ts';
import { upstreamConfig } from './grub-config.fixture.ts';
import { planKernelLine } from './index.ts';

const base = 'linux /boot/vmlinuz root=PARTUUID=x ro';

/** A file whose entry of A has these arguments behind `ro`. */
export function configOf(args: string): string {
  return upstreamConfig(`${base}${args}`);
}

/** The plan for a file that can be read. */
export function planned(
  text: string,
  settings: readonly Setting[],
  slot: SlotName = 'A',
): { readonly settings: readonly SettingPlan[]; readonly text: string } {
  const plan = planKernelLine(text, slot, settings);
  if (plan.kind === 'unreadable') throw new Error(plan.message);
  return { settings: plan.settings, text: plan.text ?? '' };
}

/** What is said of a file that cannot. */
export function unreadable(text: string | undefined): FilePlan {
  const plan = planKernelLine(text, 'A', [{ key: 'quiet' }]);
  if (plan.kind === 'planned') throw new Error('It can be read');
  return plan;
}

/** The arguments behind `ro` after a request of which nothing else changes, and what becomes of its settings. */
export function change(
  args: string,
  ...settings: readonly Setting[]
): { readonly args: string; readonly plans: readonly SettingPlan[] } {
  const plan = planned(configOf(args), settings);
  const line = plan.text.split('\n').find((each) => each.includes(base)) ?? '';
  const changed = line.trimStart().slice(base.length);
  if (plan.text !== configOf(changed)) throw new Error('More than the kernel line has changed');
  return { args: changed, plans: plan.settings };
}

/** What becomes of each setting. */
export function outcomes(plans: readonly SettingPlan[]): readonly string[] {
  return plans.map(({ outcome }) => outcome);
}
