/** Activate and Rollback: the other slot becomes the one that boots next, if it is what it should be. */
import type { Digest, OperationTarget, SlotName } from '../api/operation.ts';
import { KubeosError } from '../errors/index.ts';
import type { SlotContent } from '../ports/node.ts';
import type { CallOperation } from '../ports/proxy.ts';
import { candidateOf, changeSlots } from '../slots/index.ts';
import type { ActivateRequest } from './agent.ts';
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
import { contentProblem, refuseHeld, refuseUnlessGood } from './decide-prepare.ts';
import { placeOf, type Place } from './order.ts';
import type { RecordedOperation } from './record.ts';
import { isArmedHere, type KnownWorld } from './world.ts';

/** The slot has to be looked at and hashed, in this boot, before it is armed. */
export interface VerifyFirst {
  readonly kind: 'verify';
  readonly slot: SlotName;
}

/** What looking at the slot gave. */
export interface Verified {
  readonly content: SlotContent;
  readonly digest: Digest;
}

/** Decides on Activate as far as it can be decided without reading the slot. */
export function decideActivate(
  world: KnownWorld,
  request: ActivateRequest,
): Decision | VerifyFirst {
  const place = placeOf(world, request, 'Activate');
  if (place.kind === 'refused') return place.decision;
  if (place.kind === 'recorded' && !mayTryAgain(place)) return place.decision;
  if (world.record.held) return refuseHeld();
  if (isSatisfied(world, request.target)) return alreadyBooted(world, request);
  return refuseUnlessGood(world) ?? decideCandidate(world, request);
}

function decideCandidate(world: KnownWorld, request: ActivateRequest): Decision | VerifyFirst {
  const slot = candidateOf(world.vars);
  const isArmed = isArmedHere(world);
  const { operation } = world.record;
  if (isArmed && operation?.seq === request.seq) return rebootAgain(world, operation);
  if ((request.target.slot ?? slot) !== slot) {
    return refuse('SLOT_REFUSED', `Slot ${world.booted} is running and does not hold the target`);
  }
  const { payloadDigest } = world.record.slots[slot];
  if (!agrees(request.target.payloadDigest, payloadDigest)) {
    return refuse('SLOT_REFUSED', `Slot ${slot} was written from another payload`, { slot });
  }
  // An armed candidate of an overtaken operation counts as what it is once it is disarmed.
  const state = isArmed ? 'ready' : world.vars.slots[slot];
  if (state === 'ready' || state === 'good') return { kind: 'verify', slot };
  const code = request.type === 'rollback' ? 'ROLLBACK_IMPOSSIBLE' : 'SLOT_REFUSED';
  return refuse(code, `Slot ${slot} is ${state} and cannot be booted`, { slot, state });
}

/** Decides on what was found in the slot. */
export function decideArm(world: KnownWorld, request: ActivateRequest, found: Verified): Decision {
  const { target } = request;
  const slot = candidateOf(world.vars);
  const wrong = contentProblem(found.content, target.version);
  if (wrong?.code === 'VERSION_MISMATCH' && request.type === 'rollback') {
    return refuse('ROLLBACK_IMPOSSIBLE', wrong.message, { slot });
  }
  const known = world.record.slots[slot].slotDigest;
  if (known !== undefined && known !== found.digest) return discard(world, request, slot);
  if (wrong !== undefined) return refuse(wrong.code, wrong.message, { slot });
  if (target.slotDigest !== undefined && target.slotDigest !== found.digest) {
    return refuse('SLOT_REFUSED', `Slot ${slot} holds ${found.digest}, not the target`, { slot });
  }
  const operation: RecordedOperation = {
    ...running(request, slot),
    slotDigest: found.digest,
    version: target.version,
  };
  const armed = ended(operation, 'Armed');
  return answer(answerOf(armed, 'Armed'), {
    vars: changeSlots(disarmedVars(world, request.seq), 'arm'),
    record: {
      ...world.record,
      seq: request.seq,
      operation: armed,
      slots: {
        ...world.record.slots,
        [slot]: {
          ...world.record.slots[slot],
          version: target.version,
          slotDigest: found.digest,
          tried: true,
        },
      },
      trial: {
        seq: request.seq,
        slot,
        confirmTimeoutSeconds: request.confirmTimeoutSeconds,
        armedBootId: world.facts.bootId,
        armedUptimeSeconds: world.uptimeSeconds,
        bootIds: [],
      },
      notes: [],
    },
    persist: 'needed',
    reboot: true,
    why: 'armed',
  });
}

/** Facts decide, not texts of others: the slot that runs, and what is known to be in it. */
function isSatisfied(world: KnownWorld, target: OperationTarget): boolean {
  const { booted, vars, facts, record } = world;
  const held = record.slots[booted];
  const isProven = vars.slots[booted] === 'good' || vars.slots[booted] === 'trial';
  const isMeant = target.slot === undefined || target.slot === booted;
  return (
    isProven &&
    isMeant &&
    facts.version === target.version &&
    agrees(target.slotDigest, held.slotDigest) &&
    agrees(target.payloadDigest, held.payloadDigest)
  );
}

function agrees(wanted: Digest | undefined, known: Digest | undefined): boolean {
  return wanted === undefined || known === undefined || wanted === known;
}

function alreadyBooted(world: KnownWorld, request: ActivateRequest): Decision {
  const { booted, facts, record } = world;
  const { slotDigest } = record.slots[booted];
  const operation = ended(
    {
      ...running(request, booted),
      ...(slotDigest === undefined ? {} : { slotDigest }),
      version: facts.version,
    },
    'Booted',
  );
  return answer(answerOf(operation, 'Booted'), {
    vars: disarmedVars(world, request.seq),
    record: {
      ...(isArmedHere(world) ? withoutTrial(record) : record),
      seq: request.seq,
      operation,
    },
    persist: 'bestEffort',
    reboot: false,
    why: 'booted already',
  });
}

function rebootAgain(world: KnownWorld, operation: RecordedOperation): Decision {
  return answer(answerOf(operation, 'Armed'), {
    vars: world.vars,
    record: world.record,
    persist: 'bestEffort',
    reboot: !world.rebooting,
    why: 'armed already',
  });
}

/** Nothing that differs from what was verified is ever booted. */
function discard(world: KnownWorld, request: CallOperation, slot: SlotName): Decision {
  const error = new KubeosError('SLOT_CHANGED', `Slot ${slot} is not what was written into it`, {
    details: { slot },
  });
  const failure = failureOf(request.seq, error);
  const change: Change = {
    vars: changeSlots(disarmedVars(world, request.seq), 'discard'),
    record: {
      ...withoutTrial(world.record),
      seq: request.seq,
      operation: ended(running(request, slot), 'Failed', failure),
      slots: { ...world.record.slots, [slot]: {} },
      lastFailure: failure,
    },
    persist: 'bestEffort',
    reboot: false,
    invalidate: slot,
    why: 'the slot has changed',
  };
  return fail(failure, change);
}

/** Armed is not the end of it, and a candidate that was disarmed because nobody booted it may be armed again. */
function mayTryAgain({ operation }: Extract<Place, { kind: 'recorded' }>): boolean {
  return operation.result === 'Armed' || operation.failure?.code === 'REBOOT_FAILED';
}

function running(request: CallOperation, slot: SlotName): RecordedOperation {
  const { id, seq, type } = request;
  return { id, seq, type, phase: 'Activate', state: 'Running', slot };
}
