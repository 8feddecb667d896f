/** Configure: when settings may be planned or changed, and what becomes of the operation. */
import type { PhaseResult } from '../api/agent-status.ts';
import type { Disruption } from '../api/operation.ts';
import { KubeosError } from '../errors/index.ts';
import type { ConfigureRequest } from './agent.ts';
import {
  answer,
  answerOf,
  disarmedVars,
  ended,
  fail,
  failureOf,
  refuse,
  withoutTrial,
  type Change,
  type Decision,
} from './decision.ts';
import { refuseHeld, refuseUnlessGood } from './decide-prepare.ts';
import { returnChange, returnedFailure } from './decide-trial.ts';
import { placeOf } from './order.ts';
import type { AgentRecord, RecordedOperation } from './record.ts';
import { fateOf } from './settings/decide-settings.ts';
import type { SettingsState } from './settings/settings-state.ts';
import { isArmedHere, isInTrial, type KnownWorld } from './world.ts';

/** The request may be carried out. */
export interface ConfigureStart {
  readonly kind: 'start';
  readonly operation: RecordedOperation;
}

/** Decides on a request before anything is read for it. */
export function decideConfigure(
  world: KnownWorld,
  state: SettingsState,
  request: ConfigureRequest,
): Decision | ConfigureStart {
  const { id, seq, type, phase } = request;
  const place = placeOf(world, request, phase);
  if (place.kind === 'refused' || place.kind === 'recorded') return place.decision;
  if (phase !== 'After' && (phase === 'Prepare') !== (type === 'config')) {
    return refuse('INVALID_ARGUMENT', `Phase ${phase} of type ${type} has no settings`);
  }
  if (world.record.held) return refuseHeld();
  const wrong = wrongMoment(world, request) ?? otherTrial(world, state, seq);
  if (wrong !== undefined) return wrong;
  const known = place.kind === 'new' ? undefined : place.operation;
  const { failure: _, result: __, ...kept } = known ?? { id, seq, type };
  return { kind: 'start', operation: { ...kept, phase, state: 'Running' } };
}

/** Kept before anything is changed, so that everybody knows whose change it is. */
export function configuringChange(world: KnownWorld, operation: RecordedOperation): Change {
  return changeOf(world, operation, 'settings are changed');
}

/** Nothing was changed for the set; the operation goes on, or is ended by whoever asked. */
export function refusedChange(world: KnownWorld, seq: number, error: KubeosError): Change {
  const record: AgentRecord = { ...world.record, lastFailure: failureOf(seq, error) };
  const kept = { vars: world.vars, persist: 'bestEffort', reboot: false } as const;
  return { ...kept, record, why: 'settings were refused' };
}

/** The set was planned. */
export function decidePlanned(
  world: KnownWorld,
  operation: RecordedOperation,
  disruption: Disruption,
): Decision {
  const done = ended({ ...operation, disruption }, 'Prepared');
  return answer(answerOf(done, 'Prepared'), changeOf(world, done, 'settings are planned'));
}

/** The set is in place. A config that nobody has to confirm is done with it. */
export function decideConfigured(
  world: KnownWorld,
  operation: RecordedOperation,
  isOnTrial: boolean,
): Decision {
  const isLast = operation.type === 'config' && operation.phase === 'After';
  const result: PhaseResult =
    isLast && !isOnTrial && !isInTrial(world) ? 'Committed' : 'Configured';
  const done = ended(operation, result);
  return answer(answerOf(done, result), changeOf(world, done, 'settings are in place'));
}

/**
 * A program does not come up with its new file: a trial of a slot ends with a return, a config is returned already, and
 * before the switch the operation has failed.
 */
export function decideServiceFailed(
  world: KnownWorld,
  operation: RecordedOperation,
  problem: string,
): Decision {
  const error = new KubeosError('SERVICE_FAILED', `The old settings are back. ${problem}`);
  if (isInTrial(world)) {
    const failure = returnedFailure(world, error, 'agent');
    return fail(failure, returnChange(world, 'giveBack', failure));
  }
  const failure = failureOf(operation.seq, error);
  const result = operation.phase === 'After' ? 'Returned' : 'Failed';
  const change = changeOf(world, ended(operation, result, failure), 'a program does not come up');
  return fail(failure, { ...change, record: { ...change.record, lastFailure: failure } });
}

/** True for a config whose settings are in place, in the running, good slot, and wait for Confirm. */
export function hasSettingsTrial(world: KnownWorld): world is KnownWorld & SettingsTrial {
  const { operation } = world.record;
  return (
    operation?.type === 'config' &&
    operation.phase === 'After' &&
    operation.result === 'Configured' &&
    !isInTrial(world)
  );
}

/** What is known of a world with settings on trial. */
interface SettingsTrial {
  readonly record: AgentRecord & { readonly operation: RecordedOperation };
}

/** True when settings were on trial and have gone back, as they do with a reboot. */
export function hasLostTrial(world: KnownWorld, { undo }: SettingsState): boolean {
  return hasSettingsTrial(world) && undo?.seq !== world.record.operation.seq;
}

/** Settings on trial have gone back; where their records are lost nobody can tell. */
export function unconfirmedChange(world: KnownWorld, { isLost }: SettingsState): Change {
  const error =
    isLost === true
      ? new KubeosError(
          'STATE_UNREADABLE',
          'The records of the settings on trial are lost; the new files are in place, unconfirmed',
        )
      : new KubeosError(
          'NOT_CONFIRMED',
          'The settings were not confirmed in time and in the boot in which they were changed',
        );
  return returnedSettingsChange(world, error);
}

/** Settings on trial end as returned. */
export function returnedSettingsChange(world: KnownWorld, error: KubeosError): Change {
  const { operation } = world.record;
  const failure = failureOf(operation?.seq ?? world.record.seq, error);
  const record: AgentRecord = {
    ...world.record,
    ...(operation === undefined ? {} : { operation: ended(operation, 'Returned', failure) }),
    lastFailure: failure,
  };
  return { ...keptSlots(world), record, why: failure.message };
}

/** Settings on trial stay. */
export function settingsCommit(world: KnownWorld & SettingsTrial): Decision {
  const done = ended({ ...world.record.operation, phase: 'Confirm' }, 'Committed');
  return answer(answerOf(done, 'Committed'), {
    ...keptSlots(world),
    record: { ...world.record, operation: done },
    why: 'settings are confirmed',
  });
}

/** What comes last belongs to the running slot: on trial after a switch, good where nothing was switched. */
function wrongMoment(
  world: KnownWorld,
  { type, phase, seq }: ConfigureRequest,
): Decision | undefined {
  if (phase === 'After' && isInTrial(world) && seq === world.vars.seq) return undefined;
  if (phase === 'After' && type !== 'config') {
    return refuse('SLOT_REFUSED', `The running slot ${world.booted} is not on trial`);
  }
  if (isArmedHere(world) && world.rebooting) {
    return refuse('BUSY', 'The node is rebooting into an armed slot');
  }
  return refuseUnlessGood(world);
}

/** What is not on trial yet is overtaken. */
function otherTrial(world: KnownWorld, { undo }: SettingsState, seq: number): Decision | undefined {
  if (undo?.deadlineUptimeSeconds === undefined || undo.seq === seq) return undefined;
  if (fateOf(world, undo) !== 'undecided') return undefined;
  return refuse('BUSY', `The settings of operation ${undo.seq} are still on trial`);
}

/** An armed candidate of an overtaken operation is disarmed; a running trial stays what it is. */
function changeOf(world: KnownWorld, operation: RecordedOperation, why: string): Change {
  const { seq } = operation;
  const record = isArmedHere(world) ? withoutTrial(world.record) : world.record;
  return { ...keptSlots(world, seq), record: { ...record, seq, operation }, why };
}

function keptSlots(world: KnownWorld, seq = world.vars.seq): Omit<Change, 'record' | 'why'> {
  const vars = isInTrial(world) ? world.vars : disarmedVars(world, seq);
  return { vars, persist: 'needed', reboot: false };
}
