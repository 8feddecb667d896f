/** How a trial ends: committed, returned by the clock, given up by the boot loader, cancelled, or by a person. */
import type { AgentFailure, Evidence } from '../api/agent-status.ts';
import type { SlotName } from '../api/operation.ts';
import { KubeosError } from '../errors/index.ts';
import { bootAttempts, candidateOf, changeSlots, type SlotTransition } from '../slots/index.ts';
import { ended, failureOf, withoutTrial, type Change } from './decision.ts';
import type { AgentRecord, RecordedOperation } from './record.ts';
import { defaultConfirmTimeoutSeconds, isInTrial, type KnownWorld } from './world.ts';

/** Longest journal tail that is kept, in characters. */
const journalTailLimit = 4096;

/** The running trial becomes the default. One sector write is the commit; PERSIST may be full. */
export function commitChange(world: KnownWorld, operation: RecordedOperation | undefined): Change {
  const { lastFailure: _, ...record } = withoutTrial(world.record);
  const committed: RecordedOperation | undefined = operation && {
    ...ended(operation, 'Committed'),
    phase: 'Confirm',
  };
  return {
    vars: changeSlots(world.vars, 'commit'),
    record: { ...record, notes: [], ...(committed === undefined ? {} : { operation: committed }) },
    persist: 'bestEffort',
    reboot: false,
    why: 'committed',
  };
}

/** The running trial is over its time: back to the default. Its content is not to blame for sure. */
export function overdueChange(world: KnownWorld): Change | undefined {
  if (!isInTrial(world)) return undefined;
  const limit = world.record.trial?.confirmTimeoutSeconds ?? defaultConfirmTimeoutSeconds;
  if (world.uptimeSeconds < limit) return undefined;
  const error = new KubeosError('NOT_CONFIRMED', `Not confirmed within ${limit} s of uptime`);
  return returnChange(world, 'giveBack', returnedFailure(world, error, 'agent'));
}

/** Found in the default although another slot was to be tried: the boot loader has given it up. */
export function fallenBackChange(world: KnownWorld): Change {
  const { error, stage, transition, isLost } = judgeFallback(world);
  const failure = returnedFailure(world, error, stage);
  return {
    ...returnChange(world, transition, isLost ? { ...failure, class: 'lost' } : failure),
    reboot: false,
  };
}

/** Takes the candidate back; with a failure the operation of the trial ends as returned because of it. */
export function returnChange(
  world: KnownWorld,
  transition: Extract<SlotTransition, 'giveBack' | 'giveUp'>,
  failure: AgentFailure,
): Change {
  const { operation } = world.record;
  const isOpen = operation?.seq === failure.seq && operation.result !== 'Cancelled';
  const record: AgentRecord = {
    ...withoutTrial(world.record),
    ...(isOpen ? { operation: ended(operation, 'Returned', failure) } : {}),
    lastFailure: failure,
  };
  return {
    vars: changeSlots(world.vars, transition),
    record,
    persist: 'bestEffort',
    reboot: isInTrial(world),
    why: failure.message,
  };
}

/** A failure that ends a trial, with what the agent can prove about it. */
export function returnedFailure(
  world: KnownWorld,
  error: KubeosError,
  stage: 'loader' | 'kernel' | 'agent',
): AgentFailure {
  const { trial } = world.record;
  const candidate = candidateOf(world.vars);
  const evidence: Evidence = {
    attemptsUsed: attemptsUsed(world, candidate),
    lastStage: stage,
    ...(trial === undefined ? {} : { bootIds: trial.bootIds }),
    ...(world.journalTail === undefined
      ? {}
      : { journalTail: world.journalTail.slice(-journalTailLimit) }),
  };
  return { ...failureOf(trial?.seq ?? world.vars.seq, error), evidence };
}

function attemptsUsed(world: KnownWorld, candidate: SlotName): number {
  return Math.max(0, bootAttempts - world.vars.left[candidate]);
}

interface FallbackVerdict {
  readonly error: KubeosError;
  readonly stage: 'loader' | 'kernel' | 'agent';
  readonly transition: 'giveBack' | 'giveUp';
  /** Whether the agent was reached is not known any more. */
  readonly isLost: boolean;
}

function judgeFallback(world: KnownWorld): FallbackVerdict {
  const { record, facts, vars } = world;
  const candidate = candidateOf(vars);
  const used = attemptsUsed(world, candidate);
  const name = `slot ${candidate}`;
  if ((record.trial?.bootIds.length ?? 0) > 0) {
    const error = new KubeosError('NOT_CONFIRMED', `The trial of ${name} ended unconfirmed`);
    return { error, stage: 'agent', transition: 'giveBack', isLost: false };
  }
  if (used === 0 || facts.why === 'manual') {
    const error = new KubeosError(
      'TRIAL_INTERRUPTED',
      used === 0
        ? `The boot loader made no attempt with ${name}; it could not count it`
        : `The default was booted by hand in the trial of ${name}`,
    );
    return { error, stage: 'loader', transition: 'giveBack', isLost: false };
  }
  const isUsedUp = vars.left[candidate] === 0;
  const message = isUsedUp
    ? `All ${used} boot attempts of ${name} ended before its agent started`
    : `The boot loader could not load ${name}`;
  return {
    error: new KubeosError('BOOT_FAILED', message),
    stage: isUsedUp ? 'kernel' : 'loader',
    transition: 'giveUp',
    isLost: record.trial === undefined,
  };
}
