/** Compares the sets that hold with the node. */
import type { SettingNote } from '../../api/agent-status.ts';
import type { SlotName } from '../../api/operation.ts';
import type { SettingsSet } from '../../api/os-instance.ts';
import type { KubeosError } from '../../errors/index.ts';
import type { SettingReport, SettingsReport } from '../../ports/proxy.ts';
import type { SettingsPlan } from '../../settings/plan-settings.ts';
import { swapSlots } from '../../settings/request.ts';
import type { AppliedSet, WantedSettings } from './settings-state.ts';

/** One set in which both sets come together, and what is done about what differs from it. */
export interface DriftTarget {
  readonly set: SettingsSet;
  readonly heals: boolean;
}

type Entry = NonNullable<SettingsSet['configs']>[number];

/**
 * The sets to compare the node with. Settings that the set applied last speaks of too are left out of the other one, and a
 * kernel line is that of the slot for which it was applied, whichever runs now. Of what was applied before a switch live
 * parameters are left out.
 */
export function driftTargets(
  { before, after }: WantedSettings,
  booted: SlotName,
): readonly DriftTarget[] {
  const later = entriesOf(after, booted);
  const earlier = entriesOf(before, booted)
    // The switch itself has reset the kernel.
    .filter(({ model }) => model !== 'kernel.sysctl')
    .map((entry) => withoutKeys(entry, keysIn(later, entry)));
  return [target(before?.set, earlier), target(after?.set, later)].filter(
    ({ set }) => (set.configs ?? []).length > 0,
  );
}

function entriesOf(applied: AppliedSet | undefined, booted: SlotName): readonly Entry[] {
  if (applied === undefined) return [];
  const { configs } = applied.slot === booted ? applied.set : swapSlots(applied.set);
  return configs ?? [];
}

/** What keeps an entry from being compared, as a note on it. */
export function noteOn({ model }: Entry, { message }: KubeosError): SettingNote {
  return { model: typeof model === 'string' ? model : '', key: '', message };
}

/** A plan without the parameters that can only be written: nobody can tell whether they differ. */
export function comparable(plan: SettingsPlan): SettingsPlan {
  const unknown = plan.kernel.filter(({ before }) => before === '').map(({ askedBy }) => askedBy);
  const isUnknown = (entry: number, setting: number): boolean =>
    unknown.some(([ofEntry, ofSetting]) => ofEntry === entry && ofSetting === setting);
  return {
    ...plan,
    kernel: plan.kernel.filter(({ before }) => before !== ''),
    models: plan.models.map((model, entry) => ({
      ...model,
      settings: model.settings.map((one, setting) =>
        isUnknown(entry, setting) ? { ...one, outcome: 'unchanged' } : one,
      ),
    })),
  };
}

/** What differs, in words without values. What was refused is told elsewhere. */
export function driftIn({ models }: SettingsReport): readonly SettingNote[] {
  return models.flatMap(({ model, settings }) =>
    settings.flatMap(({ key, outcome }) => {
      const message = differences[outcome];
      return message === undefined ? [] : [{ model, key, message }];
    }),
  );
}

const differences: Readonly<Record<SettingReport['outcome'], string | undefined>> = {
  unchanged: undefined,
  refused: undefined,
  set: 'The node has another value',
  added: 'The node has no such setting',
  removed: 'The node still has it',
};

function target(set: SettingsSet | undefined, entries: readonly Entry[]): DriftTarget {
  // A restart or a reboot is never a way to heal.
  const configs = entries.map(({ restart: _, reboot: __, ...entry }) => entry);
  return { set: { version: set?.version ?? '', configs }, heals: set?.drift === 'heal' };
}

function keysIn(
  entries: readonly Entry[],
  { model, configpath = '' }: Entry,
): ReadonlySet<unknown> {
  const same = entries.filter(
    (other) => other['model'] === model && (other['configpath'] ?? '') === configpath,
  );
  return new Set(same.flatMap(settingsOf).map(({ key }) => key));
}

function withoutKeys(entry: Entry, keys: ReadonlySet<unknown>): Entry {
  return { ...entry, contents: settingsOf(entry).filter(({ key }) => !keys.has(key)) };
}

/** Sets that were applied were read before, so that their entries are in order. */
function settingsOf({ contents }: Entry): readonly { readonly key?: unknown }[] {
  return Array.isArray(contents) ? (contents as readonly { readonly key?: unknown }[]) : [];
}
