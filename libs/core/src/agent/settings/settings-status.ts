/** What everybody else sees of the settings of a node. */
import {
  settingNoteLimit,
  type AgentWarning,
  type SettingNote,
  type SettingNotes,
  type SettingsStatus,
} from '../../api/agent-status.ts';
import type { SettingsReport } from '../../ports/proxy.ts';
import type { AppliedSet, SettingsState } from './settings-state.ts';

/** Puts the status together, as of this boot. */
export function settingsStatusOf(state: SettingsState, bootId: string): SettingsStatus {
  const { restartsPending, rebootPendingIn, drift } = state;
  // What may still go back is not applied yet.
  const { before, after } = state.undo?.wanted ?? state.wanted;
  return {
    ...(before === undefined ? {} : { before: versionOf(before) }),
    ...(after === undefined ? {} : { after: versionOf(after) }),
    refused: notesOf([before, after].flatMap((applied) => refusedIn(applied?.report))),
    drift: drift ?? notesOf([]),
    pendingRestarts: restartsPending?.bootId === bootId ? restartsPending.units : [],
    rebootPending: rebootPendingIn === bootId,
  };
}

/** What the records say of settings themselves, whichever process has met it. */
export function settingsTrouble({ isLost, change }: SettingsState): AgentWarning | undefined {
  if (isLost === true) {
    const message = 'What was kept of the settings is broken or belongs to another node';
    return { reason: 'RecordsLost', message };
  }
  if (change === undefined) return undefined;
  const paths = change.files.map(({ path }) => path).join(', ');
  const message = `A change of settings was begun and is not carried through yet: ${paths}`;
  return { reason: 'SettingsStuck', message };
}

/** A list that stays small. */
export function notesOf(notes: readonly SettingNote[]): SettingNotes {
  return { total: notes.length, first: notes.slice(0, settingNoteLimit) };
}

function versionOf({ set }: AppliedSet): string {
  return set.version ?? '';
}

function refusedIn(report: SettingsReport | undefined): readonly SettingNote[] {
  return (report?.models ?? []).flatMap(({ model, settings }) =>
    settings.flatMap(({ key, outcome, reason = '' }) =>
      outcome === 'refused' ? [{ model, key, message: reason }] : [],
    ),
  );
}
