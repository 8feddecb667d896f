/** What is to be done with the settings of a node before anything else, and how a change of them begins and ends. */
import type { SettingsPlan } from '../../settings/plan-settings.ts';
import { isInTrial, type KnownWorld } from '../world.ts';
import type { AppliedSet, FileText, SettingsState, SettingsUndo } from './settings-state.ts';

/** In which of the two places of an operation a set is applied: `upgradeconfigs` or `sysconfigs`. */
export type SettingsPhase = 'Before' | 'After';

/** What a change of settings is made of. */
export interface PlannedChange {
  readonly seq: number;
  readonly phase: SettingsPhase;
  readonly set: AppliedSet;
  readonly plan: SettingsPlan;
  readonly confirmTimeoutSeconds: number;
}

/**
 * The state that begins a change: once it is on PERSIST the change is carried through. In the trial of a slot, and where
 * programs are restarted, the files as they were are kept until the trial is confirmed.
 */
export function beginChange(
  world: KnownWorld,
  state: SettingsState,
  change: PlannedChange,
): SettingsState {
  const { seq, phase, set, plan } = change;
  const undo = undoOf(world, state, change);
  const files = plan.files.map(({ path, after }): FileText => ({ path, text: after }));
  return {
    wanted: { ...state.wanted, [phase === 'Before' ? 'before' : 'after']: set },
    change: { seq, bootId: world.facts.bootId, files, restarts: [] },
    ...(undo === undefined ? {} : { undo }),
    ...(plan.rebootPending
      ? { rebootPendingIn: world.facts.bootId }
      : pendingOf(state.rebootPendingIn)),
  };
}

/** The state once the files of a change are in place. */
export function endChange({ change: _, ...state }: SettingsState): SettingsState {
  return state;
}

/**
 * The state that takes the settings of a trial back: a change like any other, with the files as they were. Programs that
 * were restarted for the new files are restarted once more, unless a boot has done so.
 */
export function beginReturn(
  world: KnownWorld,
  { undo: _, ...state }: SettingsState,
  undo: SettingsUndo,
): SettingsState {
  const { bootId } = world.facts;
  const restarts = undo.bootId === bootId ? undo.restarts : [];
  return {
    ...state,
    wanted: undo.wanted,
    change: { seq: undo.seq, bootId, files: undo.files, restarts },
  };
}

/** What has become of the trial that the kept settings belong to. */
export type TrialOfSettings = 'goesOn' | 'kept' | 'over';

/** Judges the trial by the boot sector where a slot is on trial, else by the record of the operation. */
export function judgeTrial(world: KnownWorld, undo: SettingsUndo): TrialOfSettings {
  const { vars, record, facts } = world;
  if (undo.slot !== undefined) {
    if (vars.slots[undo.slot] === 'trial') return 'goesOn';
    return vars.good === undo.slot ? 'kept' : 'over';
  }
  const operation = record.operation?.seq === undo.seq ? record.operation : undefined;
  if (operation?.result === 'Committed') return 'kept';
  const isOpen = operation !== undefined && operation.result !== 'Cancelled';
  return isOpen && facts.bootId === undo.bootId ? 'goesOn' : 'over';
}

/** True when settings on trial were not confirmed in time. */
export function isOverdue(world: KnownWorld, { undo }: SettingsState): boolean {
  return (
    undo?.deadlineUptimeSeconds !== undefined &&
    judgeTrial(world, undo) === 'goesOn' &&
    world.uptimeSeconds >= undo.deadlineUptimeSeconds
  );
}

function undoOf(
  world: KnownWorld,
  state: SettingsState,
  { seq, plan, confirmTimeoutSeconds }: PlannedChange,
): SettingsUndo | undefined {
  const kept = state.undo?.seq === seq ? state.undo : undefined;
  const isSlotTrial = isInTrial(world);
  if (kept === undefined && !isSlotTrial && plan.restarts.length === 0) return undefined;
  const { files, restarts, wanted } = kept ?? { files: [], restarts: [], wanted: state.wanted };
  return {
    seq,
    bootId: world.facts.bootId,
    ...(isSlotTrial
      ? { slot: world.booted }
      : { deadlineUptimeSeconds: world.uptimeSeconds + confirmTimeoutSeconds }),
    files: [...files, ...oldTexts(plan, files)],
    restarts: [...new Set([...restarts, ...plan.restarts])],
    wanted,
  };
}

/** The files of a plan as they are, without those that are kept already. */
function oldTexts(plan: SettingsPlan, kept: readonly FileText[]): readonly FileText[] {
  const isNew = ({ path }: FileText): boolean => kept.every((file) => file.path !== path);
  return plan.files
    .map(({ path, before }) => (before === undefined ? { path } : { path, text: before }))
    .filter(isNew);
}

function pendingOf(bootId: string | undefined): { rebootPendingIn?: string } {
  return bootId === undefined ? {} : { rebootPendingIn: bootId };
}
