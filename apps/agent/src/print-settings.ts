/** A node's settings in words, for a person at the console. */
import type { HeldSettings, SettingNotes, SettingsSet, SettingsStatus } from '@kubeos/core';

/** The sets that hold, then what is not as they want it. Values are left out, because they can be secrets. */
export function printSettings(held: HeldSettings, status: SettingsStatus | undefined): string {
  const sets = [...printSet('sysconfigs', held.after), ...printSet('upgradeconfigs', held.before)];
  if (sets.length === 0) sets.push('The cluster has made no settings on this node.');
  return [...sets, ...(status === undefined ? [] : printTroubles(status)), ''].join('\n');
}

function printSet(name: string, set: SettingsSet | undefined): readonly string[] {
  if (set === undefined) return [];
  const policy = set.drift === 'heal' ? 'healed' : 'reported';
  return [`${name}: version "${set.version ?? ''}"; what is changed by others is ${policy}.`];
}

function printTroubles(status: SettingsStatus): readonly string[] {
  const { refused, drift, pendingRestarts, rebootPending } = status;
  return [
    ...printNotes('Could not be made', refused),
    ...printNotes('Changed by others', drift),
    ...(pendingRestarts.length === 0
      ? []
      : [`Counts once it is restarted: ${pendingRestarts.join(', ')}.`]),
    ...(rebootPending ? ['Some settings count with the next boot only.'] : []),
  ];
}

/** A title and one line for each setting; nothing where there is none. */
export function printNotes(title: string, { total, first }: SettingNotes): readonly string[] {
  if (total === 0) return [];
  const more = total > first.length ? [`  and ${total - first.length} more`] : [];
  const lines = first.map(({ model, key, message }) => `  ${model} ${key}: ${message}`);
  return [`${title}:`, ...lines, ...more];
}
