/** Whether the settings of an `OS` are in force on one of its nodes, and if not, why. */
import type { SettingNotes } from '../api/agent-status.ts';
import type { SettingsSet } from '../api/os-instance.ts';
import type { OsSpec } from '../api/os.ts';
import { settingsVersion } from '../lifecycle/settings-to-apply.ts';
import { isSame } from '../same.ts';
import { swapSlots } from '../settings/request.ts';
import { freshReport, type NodeFacts, type Standing } from './standing.ts';
import { carriedSettings, wantedSettings, type SettingsSets } from './wanted-settings.ts';

/** Why settings are not in force on a node, the worst first. */
export const settingsFaults = ['KeysRefused', 'ContentDiffers', 'Drifted', 'Pending'] as const;

/** The worst that there is to say of a node's settings; `Applied` when they are in force. */
export interface SettingsStanding {
  readonly reason: (typeof settingsFaults)[number] | 'Applied';
  /** For people; may be long. */
  readonly message: string;
}

/** True when the object carries settings for its nodes to apply. */
export function carriesSettings(spec: OsSpec): boolean {
  return !isEmpty(carriedSettings(spec));
}

/** Looks at a node; `undefined` when the object carries no settings. */
export function settingsStandingOf(
  spec: OsSpec,
  facts: NodeFacts,
  standing: Standing,
): SettingsStanding | undefined {
  if (!carriesSettings(spec)) return undefined;
  const { refused, drift } = freshReport(facts)?.settings ?? {};
  const differs = differenceOn(spec, facts, standing);
  if (hasNotes(refused)) return { reason: 'KeysRefused', message: textOf(refused) };
  if (differs !== undefined) return { reason: 'ContentDiffers', message: differs };
  if (hasNotes(drift)) return { reason: 'Drifted', message: textOf(drift) };
  const wanted = wantedSettings(spec, facts.instance?.status);
  if (isEmpty(wanted)) return { reason: 'Applied', message: '' };
  switch (standing.kind) {
    case 'updated':
      return { reason: 'Pending', message: 'upgradeconfigs come with the next upgrade' };
    case 'failed':
      return { reason: 'Pending', message: `given up: ${standing.message}` };
    default:
      return { reason: 'Pending', message: 'the set is still to be applied' };
  }
}

function isEmpty({ sysconfigs, upgradeconfigs }: SettingsSets): boolean {
  return (sysconfigs ?? upgradeconfigs) === undefined;
}

function hasNotes(notes: SettingNotes | undefined): notes is SettingNotes {
  return notes !== undefined && notes.total > 0;
}

function textOf({ total, first: [note] }: SettingNotes): string {
  if (note === undefined) return `${String(total)} setting(s)`;
  const more = total > 1 ? ` and ${String(total - 1)} more` : '';
  return `${note.model} ${note.key}: ${note.message}${more}`;
}

/** What neither the set's own version text nor the object's type will ever bring to the node. */
function differenceOn(
  spec: OsSpec,
  { instance }: NodeFacts,
  standing: Standing,
): string | undefined {
  const { sysconfigs, upgradeconfigs } = carriedSettings(spec);
  const applied = instance?.status;
  if (isOtherContent(sysconfigs, applied?.sysconfigs)) return otherContent('sysconfigs');
  if (isOtherContent(upgradeconfigs, applied?.upgradeconfigs))
    return otherContent('upgradeconfigs');
  const isLeftOut =
    standing.kind === 'updated' && wantedSettings(spec, applied).sysconfigs !== undefined;
  return isLeftOut
    ? 'it runs the wanted version and does not get the new sysconfigs by that; apply them with opstype config'
    : undefined;
}

function otherContent(set: string): string {
  return `it holds another content of ${set} under the same version text; give the set a new one`;
}

/** Of a set that is only known by its name nobody can tell. What an upgrade applied has its kernel lines swapped. */
function isOtherContent(
  wanted: SettingsSet | undefined,
  applied: SettingsSet | undefined,
): boolean {
  if (wanted === undefined || settingsVersion(wanted) !== settingsVersion(applied)) return false;
  if (applied !== undefined && applied.configs === undefined) return false;
  return !isSame(wanted, applied) && !isSame(swapSlots(wanted), applied);
}
