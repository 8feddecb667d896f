/** Which sets of settings an `OS` carries, and which of them it still has to bring to a node. */
import type { OsInstanceStatus, SettingsSet } from '../api/os-instance.ts';
import type { OsSpec } from '../api/os.ts';
import { settingsVersion } from '../lifecycle/settings-to-apply.ts';

/** The two sets of an object or of a node. */
export type SettingsSets = Pick<OsSpec, 'sysconfigs' | 'upgradeconfigs'>;

/** The sets as the admin wrote them; one without entries is nothing to apply, and a config applies `sysconfigs` only. */
export function carriedSettings({ type, sysconfigs, upgradeconfigs }: OsSpec): SettingsSets {
  return setsOf(
    hasEntries(sysconfigs) ? sysconfigs : undefined,
    type !== 'config' && hasEntries(upgradeconfigs) ? upgradeconfigs : undefined,
  );
}

/** Those of the carried sets that an operation on this node applies: only another version text makes it do so. */
export function wantedSettings(spec: OsSpec, status: OsInstanceStatus | undefined): SettingsSets {
  const { sysconfigs, upgradeconfigs } = carriedSettings(spec);
  return setsOf(
    unlessApplied(sysconfigs, status?.sysconfigs),
    unlessApplied(upgradeconfigs, status?.upgradeconfigs),
  );
}

/** These two, as members that are absent where there is no set. */
export function setsOf(
  sysconfigs: SettingsSet | undefined,
  upgradeconfigs: SettingsSet | undefined,
): SettingsSets {
  return {
    ...(sysconfigs === undefined ? {} : { sysconfigs }),
    ...(upgradeconfigs === undefined ? {} : { upgradeconfigs }),
  };
}

function hasEntries(set: SettingsSet | undefined): boolean {
  return (set?.configs?.length ?? 0) > 0;
}

function unlessApplied(
  set: SettingsSet | undefined,
  applied: SettingsSet | undefined,
): SettingsSet | undefined {
  return settingsVersion(set) === settingsVersion(applied) ? undefined : set;
}
