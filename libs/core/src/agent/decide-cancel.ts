/** Cancel, and the rollback of a person at the console. */
import { KubeosError } from '../errors/index.ts';
import { candidateOf, canChangeSlots, changeSlots } from '../slots/index.ts';
import type { CancelRequest } from './agent.ts';
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
import { hasSettingsTrial, returnedSettingsChange } from './decide-configure.ts';
import { returnChange, returnedFailure } from './decide-trial.ts';
import { isTerminal, placeOf } from './order.ts';
import type { AgentRecord, RecordedOperation } from './record.ts';
import { isArmedHere, isInTrial, type KnownWorld } from './world.ts';

/** Ends an operation whose work in this agent has been stopped already. Nothing brings it back. */
export function decideCancel(world: KnownWorld, request: CancelRequest): Decision {
  const place = placeOf(world, request, 'Cancel');
  if (place.kind === 'refused' || place.kind === 'recorded') return place.decision;
  if (place.kind === 'new' && isForgotten(world, request)) return forgotten(world, request);
  const known = place.kind === 'new' ? undefined : place.operation;
  const { failure: _, ...base } = known ?? { id: request.id, seq: request.seq, type: request.type };
  const operation: RecordedOperation = {
    ...base,
    phase: 'Cancel',
    state: 'Done',
    result: 'Cancelled',
  };
  const inTrial = isInTrial(world);
  const wasArmed = inTrial || isArmedHere(world);
  return answer(answerOf(operation, 'Cancelled'), {
    vars: inTrial ? changeSlots(world.vars, 'giveBack') : disarmedVars(world, request.seq),
    record: {
      ...(wasArmed ? withoutTrial(world.record) : world.record),
      seq: request.seq,
      operation,
    },
    persist: 'bestEffort',
    reboot: inTrial,
    why: 'cancelled',
  });
}

/** The sector has seen the operation and the records have not: how it ended, if it did, is not known any more. */
function isForgotten(world: KnownWorld, request: CancelRequest): boolean {
  const isAtRest = world.booted === world.vars.good && !isArmedHere(world);
  return isAtRest && request.seq === world.vars.seq;
}

function forgotten(world: KnownWorld, { id, seq, type }: CancelRequest): Decision {
  const error = new KubeosError(
    'STATE_UNREADABLE',
    `Nothing is on record about operation ${seq}, which this node has seen; it may have been confirmed`,
    { details: { seq } },
  );
  const failure = failureOf(seq, error);
  const operation: RecordedOperation = { id, seq, type, phase: 'Cancel', state: 'Running' };
  return fail(failure, {
    vars: world.vars,
    record: {
      ...world.record,
      operation: ended(operation, 'Failed', failure),
      lastFailure: failure,
    },
    persist: 'bestEffort',
    reboot: false,
    why: 'cancelled, but nothing is known of it',
  });
}

/** Goes back as a person wishes: out of the trial, away from the armed slot, or to the other good slot. */
export function decideConsoleRollback(world: KnownWorld): Decision {
  const change = consoleChange(world);
  if (change === undefined) return refuse('ROLLBACK_IMPOSSIBLE', whyNotBack(world));
  const slot = change.vars.good;
  const version = slot === world.booted ? world.facts.version : world.record.slots[slot].version;
  return answer(
    { result: 'Returned', slot, ...(version === undefined ? {} : { version }) },
    change,
  );
}

function whyNotBack({ vars, booted }: KnownWorld): string {
  const slot = candidateOf(vars);
  return booted === vars.good
    ? `Slot ${slot} is ${vars.slots[slot]}; only a good slot can be gone back to`
    : `The running slot ${booted} is not the default: a reboot goes to slot ${vars.good}`;
}

/** The hold ends. */
export function releaseChange(world: KnownWorld): Change {
  return {
    vars: world.vars,
    record: { ...world.record, held: false },
    persist: 'needed',
    reboot: false,
    why: 'released',
  };
}

function consoleChange(world: KnownWorld): Change | undefined {
  const { vars, booted } = world;
  const error = new KubeosError('HELD', 'Rolled back by a person at the console');
  if (isInTrial(world) || isArmedHere(world)) {
    const change = returnChange(world, 'giveBack', returnedFailure(world, error, 'agent'));
    return { ...change, record: { ...change.record, held: true } };
  }
  if (hasSettingsTrial(world)) {
    const change = returnedSettingsChange(world, error);
    return { ...change, record: { ...change.record, held: true } };
  }
  if (booted !== vars.good || !canChangeSlots(vars, 'consoleRollback')) return undefined;
  return {
    vars: changeSlots(vars, 'consoleRollback'),
    record: { ...withReturned(world.record, error), held: true },
    persist: 'bestEffort',
    reboot: true,
    why: 'rolled back at the console',
  };
}

/** An operation that is still open ends with the rollback. */
function withReturned(record: AgentRecord, error: KubeosError): AgentRecord {
  const { operation } = record;
  if (operation === undefined || isTerminal(operation)) return record;
  const failure = failureOf(operation.seq, error);
  return { ...record, operation: ended(operation, 'Returned', failure), lastFailure: failure };
}
