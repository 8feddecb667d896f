/** Which set of settings a phase applies: proxy and operator decide by this one rule. */
import type { Phase } from '../api/operation.ts';
import type { OsInstance, SettingsSet } from '../api/os-instance.ts';

/**
 * The set that the open operation has to apply in this phase, or to plan in Prepare; `undefined` when the phase applies
 * none. An upgrade and a rollback apply a set only when its version differs from that of the applied one. A config is
 * there to apply its set: for it the answer stays the same once that is done, and the agent's record tells so.
 */
export function settingsToApply(
  { spec, status }: Pick<OsInstance, 'spec' | 'status'>,
  phase: Phase,
): SettingsSet | undefined {
  if (spec.operation === undefined) return undefined;
  if (spec.operation.type === 'config') {
    return phase === 'Prepare' || phase === 'After' ? spec.sysconfigs : undefined;
  }
  if (phase === 'Before') return ifNew(spec.upgradeconfigs, status.upgradeconfigs);
  return phase === 'After' ? ifNew(spec.sysconfigs, status.sysconfigs) : undefined;
}

function ifNew(
  wanted: SettingsSet | undefined,
  applied: SettingsSet | undefined,
): SettingsSet | undefined {
  return settingsVersion(wanted) === settingsVersion(applied) ? undefined : wanted;
}

/** Name of a set; a missing set, as a set without a name, has the empty one. */
export function settingsVersion(set: SettingsSet | undefined): string {
  return set?.version ?? '';
}
