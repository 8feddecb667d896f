/** How a change of settings begins and ends, and what becomes of one whose fate is not decided yet. */
import type { SlotName } from '../../api/operation.ts';
import type { SettingsSet } from '../../api/os-instance.ts';
import type { SettingsReport } from '../../ports/proxy.ts';
import type { SettingsUnit } from '../../settings/models.ts';
import type { SettingsPlan } from '../../settings/plan-settings.ts';
import { isTerminal } from '../order.ts';
import type { RecordedOperation } from '../record.ts';
import { isInTrial, type KnownWorld } from '../world.ts';
import {
  placeOfPhase,
  type AppliedPhase,
  type FileText,
  type KernelValue,
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
 * The state that begins a change: once it is on PERSIST the change is carried through. In the trial of a slot, and where
 * programs are restarted, everything as it was is kept until it is known that the new settings stay.
 */
export function beginChange(
  world: KnownWorld,
  { drift: _, ...state }: SettingsState,
  change: PlannedChange,
): SettingsState {
  const { seq, phase, set, plan, report } = change;
  const { bootId } = world.facts;
  const undo = undoOf(world, state, change);
  return {
    ...withFiles(state, plan, seq, bootId),
    wanted: { ...state.wanted, [placeOfPhase[phase]]: { set, report } },
    ...(undo === undefined ? {} : { undo }),
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
  const { bootId } = world.facts;
  const nothing = { kernel: [], restarts: [] };
  return {
    ...withFiles(state, plan, seq, bootId),
    undo: {
      ...{ seq, phase: 'Prepare', bootId, slot },
      ...{ files: oldTexts(plan), ...nothing, wanted: state.wanted },
    },
  };
}

/** The state that begins to put back what somebody else has changed; nothing is on trial for it. */
export function beginHealing(
  { facts, record }: KnownWorld,
  state: SettingsState,
  plan: SettingsPlan,
): SettingsState {
  return withFiles(state, plan, record.seq, facts.bootId);
}

function withFiles(
  state: SettingsState,
  plan: SettingsPlan,
  seq: number,
  bootId: string,
): SettingsState {
  const files = plan.files.map(({ path, after }): FileText => ({ path, text: after }));
  const units = unitsPending(state, bootId, plan);
  const { restartsPending: _, ...rest } = state;
  return {
    ...rest,
    change: { seq, bootId, files, kernel: [], restarts: [] },
    ...(plan.rebootPending ? { rebootPendingIn: bootId } : {}),
    ...(units.length === 0 ? {} : { restartsPending: { bootId, units } }),
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
  const { seq, bootId, wanted, files, kernel, restarts } = undo;
  const { drift: _, ...kept } = keepChange(state);
  return { ...kept, wanted, change: { seq, bootId, files, kernel, restarts } };
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
  { undo, wanted }: SettingsState,
  { seq, phase, plan, confirmTimeoutSeconds }: PlannedChange,
): SettingsUndo | undefined {
  const { bootId } = world.facts;
  const isSlotTrial = phase === 'After' && isInTrial(world);
  const isOurs =
    undo?.seq === seq && (isSlotTrial ? undo.slot === world.booted : undo.phase === phase);
  const kept = isOurs ? undo : { files: [], kernel: [], restarts: [], wanted };
  if (!isOurs && !isSlotTrial && plan.restarts.length === 0) return undefined;
  return {
    seq,
    phase,
    bootId,
    ...(isSlotTrial ? { slot: world.booted } : {}),
    files: withFirst(kept.files, oldTexts(plan)),
    kernel: withFirst(kept.kernel, oldValues(plan)),
    restarts: [...new Set([...kept.restarts, ...plan.restarts])],
    wanted: kept.wanted,
    ...(phase === 'After' && !isSlotTrial
      ? { deadlineUptimeSeconds: world.uptimeSeconds + confirmTimeoutSeconds }
      : {}),
  };
}

function oldTexts({ files }: SettingsPlan): readonly FileText[] {
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
