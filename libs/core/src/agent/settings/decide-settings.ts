/** How a change of settings begins and ends, and what becomes of one whose fate is not decided yet. */
import type { SlotName } from '../../api/operation.ts';
import type { SettingsSet } from '../../api/os-instance.ts';
import type { SettingsReport } from '../../ports/proxy.ts';
import type { FileWrite } from '../../ports/settings.ts';
import type { SettingsUnit } from '../../settings/models.ts';
import type { SettingsPlan } from '../../settings/plan-settings.ts';
import { isTerminal } from '../order.ts';
import type { RecordedOperation } from '../record.ts';
import { isInTrial, type KnownWorld } from '../world.ts';
import {
  placeOfPhase,
  type AppliedPhase,
  type KernelValue,
  type PendingSettings,
  type SettingsState,
  type SettingsUndo,
} from './settings-state.ts';

/** What a change of settings is made of. */
export interface PlannedChange {
  readonly seq: number;
  readonly phase: AppliedPhase;
  readonly set: SettingsSet;
  readonly plan: SettingsPlan;
  readonly report: SettingsReport;
  readonly confirmTimeoutSeconds: number;
}

/**
 * The state that begins a change: once it is on PERSIST the change is carried through. Everything as it was is kept until it
 * is known that the new settings stay.
 */
export function beginChange(
  world: KnownWorld,
  { drift: _, ...state }: SettingsState,
  change: PlannedChange,
): SettingsState {
  const { seq, phase, set, plan, report } = change;
  return {
    ...withFiles(world, state, plan, seq),
    wanted: { ...state.wanted, [placeOfPhase[phase]]: { set, report, slot: world.booted } },
    undo: undoOf(world, state, change),
  };
}

/**
 * The state that begins to change the boot menu for a copy of the running slot. It goes back with the operation, unless
 * the copy is confirmed.
 */
export function beginCopiedMenu(
  world: KnownWorld,
  state: SettingsState,
  {
    seq,
    slot,
    plan,
  }: { readonly seq: number; readonly slot: SlotName; readonly plan: SettingsPlan },
): SettingsState {
  return {
    ...withFiles(world, state, plan, seq),
    undo: {
      seq,
      phase: 'Prepare',
      bootId: world.facts.bootId,
      slot,
      files: oldTexts(plan),
      kernel: [],
      restarts: [],
      wanted: state.wanted,
      pending: pendingIn(state),
    },
  };
}

/** The state that begins to put back what somebody else has changed; nothing is on trial for it. */
export function beginHealing(
  world: KnownWorld,
  state: SettingsState,
  plan: SettingsPlan,
): SettingsState {
  return withFiles(world, state, plan, world.record.seq);
}

function withFiles(
  { facts: { bootId }, uptimeSeconds }: KnownWorld,
  state: SettingsState,
  plan: SettingsPlan,
  seq: number,
): SettingsState {
  const files = plan.files.map(({ path, before, after }): FileWrite => ({
    path,
    text: after,
    ...(before === undefined ? {} : { before }),
  }));
  const units = unitsPending(state, bootId, plan);
  const { restartsPending: _, isLost: __, ...rest } = state;
  return {
    ...rest,
    change: { seq, bootId, files, kernel: [], restarts: [] },
    ...(plan.rebootPending ? { rebootPendingIn: bootId } : {}),
    ...(units.length === 0 ? {} : { restartsPending: { bootId, units, uptimeSeconds } }),
  };
}

/** The state once the files of a change are in place. */
export function endChange({ change: _, ...state }: SettingsState): SettingsState {
  return state;
}

/** The state once it is decided that the new settings stay. */
export function keepChange({ undo: _, ...state }: SettingsState): SettingsState {
  return state;
}

/** The state that takes settings back: a change like any other, with everything as it was. */
export function beginReturn(state: SettingsState, undo: SettingsUndo): SettingsState {
  const { seq, bootId, wanted, pending, files, kernel, restarts } = undo;
  const { drift: _, rebootPendingIn: __, restartsPending: ___, ...kept } = keepChange(state);
  return { ...kept, wanted, ...pending, change: { seq, bootId, files, kernel, restarts } };
}

/** What becomes of settings whose undo is kept. */
export type Fate = 'undecided' | 'kept' | 'over';

/** Judges by the boot sector where a slot is on trial, else by the record of the operation. */
export function fateOf(world: KnownWorld, undo: SettingsUndo): Fate {
  const { operation } = world.record;
  const own = operation?.seq === undo.seq ? operation : undefined;
  return undo.slot === undefined
    ? fateInBoot(world, undo, own)
    : fateWithSlot(world, undo.slot, own);
}

function fateWithSlot(
  { vars }: KnownWorld,
  slot: SlotName,
  own: RecordedOperation | undefined,
): Fate {
  if (vars.good === slot) return 'kept';
  if (vars.slots[slot] === 'trial') return 'undecided';
  // Prepared, and not armed yet.
  const isWaiting = vars.slots[slot] === 'ready' && own !== undefined && !isTerminal(own);
  return isWaiting ? 'undecided' : 'over';
}

function fateInBoot(
  { facts }: KnownWorld,
  undo: SettingsUndo,
  own: RecordedOperation | undefined,
): Fate {
  if (own === undefined) return 'over';
  if (isKept(undo.phase, own)) return 'kept';
  const isOpen = own.phase === undo.phase && !isTerminal(own);
  return isOpen && facts.bootId === undo.bootId ? 'undecided' : 'over';
}

/** True when settings on trial were not confirmed in time. */
export function isOverdue(world: KnownWorld, { undo }: SettingsState): boolean {
  const deadline = undo?.deadlineUptimeSeconds;
  if (undo === undefined || deadline === undefined) return false;
  return world.uptimeSeconds >= deadline && fateOf(world, undo) === 'undecided';
}

/** True while passes have something to look after: a deadline, or a change that is not carried through. */
export function isUnfinished({ undo, change }: SettingsState): boolean {
  return undo?.deadlineUptimeSeconds !== undefined || change !== undefined;
}

/** What was applied before the switch is done with once it is in place; what comes last stays once it is confirmed. */
function isKept(phase: SettingsUndo['phase'], { phase: at, result }: RecordedOperation): boolean {
  if (phase === 'After') return result === 'Committed';
  return at === 'Before' ? result === 'Configured' : laterThanBefore.has(at);
}

const laterThanBefore: ReadonlySet<RecordedOperation['phase']> = new Set([
  'Activate',
  'After',
  'Confirm',
]);

function undoOf(
  world: KnownWorld,
  state: SettingsState,
  { seq, phase, plan, confirmTimeoutSeconds }: PlannedChange,
): SettingsUndo {
  const { undo, wanted } = state;
  const isSlotTrial = phase === 'After' && isInTrial(world);
  const isOurs =
    undo?.seq === seq && (isSlotTrial ? undo.slot === world.booted : undo.phase === phase);
  const nothing = { files: [], kernel: [], restarts: [], wanted, pending: pendingIn(state) };
  const kept = isOurs ? undo : nothing;
  const restarts = [...new Set([...kept.restarts, ...plan.restarts])];
  const isOnTrial = phase === 'After' && !isSlotTrial && restarts.length > 0;
  return {
    seq,
    phase,
    bootId: world.facts.bootId,
    ...(isSlotTrial ? { slot: world.booted } : {}),
    files: withFirst(kept.files, oldTexts(plan)),
    kernel: withFirst(kept.kernel, oldValues(plan)),
    restarts,
    wanted: kept.wanted,
    pending: kept.pending,
    ...(isOnTrial ? { deadlineUptimeSeconds: world.uptimeSeconds + confirmTimeoutSeconds } : {}),
  };
}

function pendingIn({ rebootPendingIn, restartsPending }: PendingSettings): PendingSettings {
  return {
    ...(rebootPendingIn === undefined ? {} : { rebootPendingIn }),
    ...(restartsPending === undefined ? {} : { restartsPending }),
  };
}

function oldTexts({ files }: SettingsPlan): readonly FileWrite[] {
  return files.map(({ path, before }) =>
    before === undefined ? { path } : { path, text: before },
  );
}

/** What can only be written cannot be put back. */
function oldValues({ kernel }: SettingsPlan): readonly KernelValue[] {
  return kernel.flatMap(({ path, before }) => (before === '' ? [] : [{ path, value: before }]));
}

/** What was there before the first of several changes is what counts. */
function withFirst<T extends { readonly path: string }>(
  kept: readonly T[],
  older: readonly T[],
): readonly T[] {
  return [...kept, ...older.filter(({ path }) => kept.every((one) => one.path !== path))];
}

function unitsPending(
  { restartsPending }: SettingsState,
  bootId: string,
  plan: SettingsPlan,
): readonly SettingsUnit[] {
  const known = restartsPending?.bootId === bootId ? restartsPending.units : [];
  const all = new Set([...known, ...plan.pendingRestarts]);
  return [...all].filter((unit) => !plan.restarts.includes(unit));
}
