/** What sets of settings would change on a node, key by key. */
import type { OsInstanceStatus, SettingsSet } from '../api/os-instance.ts';
import type { OsSpec } from '../api/os.ts';
import { wantedSettings } from '../rollout/wanted-settings.ts';
import { isSame } from '../same.ts';
import { readSettings, swapSlots } from '../settings/request.ts';

/** One key of one model. */
export interface SettingChange {
  readonly model: string;
  /** File that the set names. */
  readonly path?: string;
  readonly key: string;
  /** What the applied set says; absent when it does not speak of the key. */
  readonly from?: string;
  /** What is wanted; absent when the key is to be removed. */
  readonly to?: string;
}

interface Wish {
  readonly model: string;
  readonly path?: string;
  readonly key: string;
  /** Absent: to be removed. */
  readonly value?: unknown;
}

/**
 * The keys that an operation of this `OS` would set otherwise than the sets that the node has applied. What the applied
 * sets do not speak of may have any value on the node; only the node itself knows.
 */
export function settingChanges(
  spec: OsSpec,
  status: OsInstanceStatus | undefined,
): readonly SettingChange[] {
  const { sysconfigs, upgradeconfigs } = wantedSettings(spec, status);
  const isSwitched = spec.type !== 'config' && sysconfigs !== undefined;
  return [
    ...changesOf(upgradeconfigs, status?.upgradeconfigs),
    ...changesOf(isSwitched ? swapSlots(sysconfigs) : sysconfigs, status?.sysconfigs),
  ];
}

function changesOf(
  wanted: SettingsSet | undefined,
  applied: SettingsSet | undefined,
): readonly SettingChange[] {
  const known = new Map(wishesOf(applied).map((wish) => [idOf(wish), wish]));
  return wishesOf(wanted).flatMap((wish): readonly SettingChange[] => {
    const before = known.get(idOf(wish));
    if (before !== undefined && isSame(before.value, wish.value)) return [];
    const { model, path, key } = wish;
    return [
      {
        ...{ model, key },
        ...(path === undefined ? {} : { path }),
        ...(before?.value === undefined ? {} : { from: textOf(before.value) }),
        ...(wish.value === undefined ? {} : { to: textOf(wish.value) }),
      },
    ];
  });
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A set that cannot be read changes nothing: the object is not valid then. */
function wishesOf(set: SettingsSet | undefined): readonly Wish[] {
  const { request } = readSettings(set ?? {}, '');
  return (request?.models ?? []).flatMap(({ model, path, settings }) =>
    settings.map(({ key, value, operation }) => ({
      ...{ model, key },
      ...(path === undefined ? {} : { path }),
      ...(operation === 'delete' ? {} : { value: value ?? '' }),
    })),
  );
}

function idOf({ model, path = '', key }: Wish): string {
  return JSON.stringify([model, path, key]);
}
