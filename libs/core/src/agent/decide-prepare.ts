/** Prepare: when the idle slot may be written, and what becomes of it. */
import type { Digest, Payload, SlotName } from '../api/operation.ts';
import { KubeosError } from '../errors/index.ts';
import type { SlotContent } from '../ports/node.ts';
import type { CallOperation } from '../ports/proxy.ts';
import {
  candidateOf,
  canChangeSlots,
  changeSlots,
  withSeq,
  type BootVars,
} from '../slots/index.ts';
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
import { placeOf } from './order.ts';
import type { RecordedOperation, SlotFacts } from './record.ts';
import { isArmedHere, isInTrial, type KnownWorld } from './world.ts';

/** What the idle slot is to hold: a payload, or a copy of the running slot, for settings that are tried there. */
export interface FillRequest extends CallOperation {
  readonly version: string;
  /** Absent: a copy. */
  readonly payload?: Payload;
}

/** What the idle slot holds after that. */
export interface FilledSlot {
  /** Absent for a copy of what nobody knows the payload of. */
  readonly payloadDigest?: Digest;
  readonly slotDigest: Digest;
}

/** Work that begins with a change and then goes on without the lock. */
export interface PrepareStart {
  readonly kind: 'start';
  readonly change: Change;
  readonly slot: SlotName;
  /** The slot holds this payload already: only its digest is compared, and nothing is fetched when it is the same. */
  readonly recheck?: Digest;
}

/** Decides on a Prepare for which no work is going on in this agent. */
export function decidePrepare(world: KnownWorld, request: FillRequest): Decision | PrepareStart {
  const place = placeOf(world, request, 'Prepare');
  if (place.kind === 'refused' || place.kind === 'recorded') return place.decision;
  if (request.payload !== undefined && request.type !== 'upgrade') {
    return refuse('INVALID_ARGUMENT', `A ${request.type} fetches nothing; only an upgrade does`);
  }
  if (world.record.held) return refuseHeld();
  const notGood = refuseUnlessGood(world);
  if (notGood !== undefined) return notGood;
  if (isArmedHere(world) && world.rebooting) {
    return refuse('BUSY', 'The node is rebooting into an armed slot');
  }
  const slot = candidateOf(world.vars);
  const facts = world.record.slots[slot];
  if (holdsPayload(world, facts, request)) {
    const change = begin(world, request, withSeq(world.vars, request.seq), facts);
    return { kind: 'start', slot, change, recheck: facts.slotDigest };
  }
  return { kind: 'start', slot, change: beginWriting(world, request) };
}

/** The slot that was prepared before is not what it was: it has to be written after all. */
export function decideRewrite(world: KnownWorld, request: FillRequest): Decision | PrepareStart {
  if (ownPrepare(world, request) === undefined) return overtaken();
  return { kind: 'start', slot: candidateOf(world.vars), change: beginWriting(world, request) };
}

/** The payload is in the slot, was read back, and is what was asked for. */
export function decidePrepared(
  world: KnownWorld,
  request: FillRequest,
  filled: FilledSlot,
): Decision {
  const operation = ownPrepare(world, request);
  if (operation === undefined) return overtaken();
  const { vars } = world;
  const slot = candidateOf(vars);
  const facts: SlotFacts = { version: request.version, ...filled };
  const done = ended({ ...operation, slotDigest: filled.slotDigest }, 'Prepared');
  return answer(answerOf(done, 'Prepared'), {
    vars: canChangeSlots(vars, 'endPrepare') ? changeSlots(vars, 'endPrepare') : vars,
    record: {
      ...world.record,
      operation: done,
      slots: { ...world.record.slots, [slot]: facts },
    },
    persist: 'needed',
    reboot: false,
    why: 'prepared',
  });
}

/** The payload did not make it: the slot stays empty and the outcome is kept. */
export function decidePrepareFailed(
  world: KnownWorld,
  request: FillRequest,
  error: KubeosError,
): Decision {
  const operation = ownPrepare(world, request);
  if (operation === undefined) return overtaken();
  const failure = failureOf(request.seq, error);
  const vars = canChangeSlots(world.vars, 'discard')
    ? changeSlots(world.vars, 'discard')
    : world.vars;
  return fail(failure, {
    vars,
    record: {
      ...world.record,
      operation: ended(operation, 'Failed', failure),
      slots: { ...world.record.slots, [candidateOf(world.vars)]: {} },
      lastFailure: failure,
    },
    persist: 'bestEffort',
    reboot: false,
    why: 'prepare failed',
  });
}

/** What is wrong with the content of a slot, if anything: only an agent inside can ever confirm it. */
export function contentProblem(content: SlotContent, version: string): KubeosError | undefined {
  if (content.version !== version) {
    const found = content.version ?? 'no readable system';
    return new KubeosError('VERSION_MISMATCH', `Wanted ${version}, the slot holds ${found}`, {
      details: { wanted: version, found },
    });
  }
  if (content.hasAgent) return undefined;
  return new KubeosError('NO_AGENT', `${version} holds no os-agent, which alone can confirm it`);
}

/** Writing needs a way back: the running system must be the confirmed default. */
export function refuseUnlessGood(world: KnownWorld): Decision | undefined {
  if (isInTrial(world)) return refuse('BUSY', 'The running system is still on trial');
  if (world.booted === world.vars.good) return undefined;
  return refuse(
    'BOOTED_SLOT_NOT_GOOD',
    `The running slot ${world.booted} is not the default ${world.vars.good}`,
    { booted: world.booted, good: world.vars.good },
  );
}

/** A person has taken the node back. */
export function refuseHeld(): Decision {
  return refuse('HELD', 'The node is held since a rollback at its console; see os-agent release');
}

/** The slot is taken out of use before its first byte is written. */
function beginWriting(world: KnownWorld, request: FillRequest): Change {
  const vars = changeSlots(disarmedVars(world, request.seq), 'beginPrepare');
  return begin(world, request, vars, {});
}

/** True when the slot was prepared with this payload before and was never tried. */
function holdsPayload(
  world: KnownWorld,
  facts: SlotFacts,
  request: FillRequest,
): facts is SlotFacts & { readonly slotDigest: Digest } {
  return (
    world.vars.slots[candidateOf(world.vars)] === 'ready' &&
    facts.tried !== true &&
    facts.slotDigest !== undefined &&
    facts.version === request.version &&
    (request.payload === undefined
      ? facts.slotDigest === world.record.slots[world.booted].slotDigest
      : facts.payloadDigest === request.payload.digest)
  );
}

/** The operation as its work began it; `undefined` when it was cancelled or overtaken in between. */
function ownPrepare(world: KnownWorld, request: FillRequest): RecordedOperation | undefined {
  const { operation } = world.record;
  const isOurs = operation?.id === request.id && operation.phase === 'Prepare';
  return isOurs && operation.state === 'Running' && world.booted === world.vars.good
    ? operation
    : undefined;
}

function overtaken(): Decision {
  return refuse('CANCELLED', 'The operation was ended while its slot was being written');
}

function begin(world: KnownWorld, request: FillRequest, vars: BootVars, facts: SlotFacts): Change {
  const slot = candidateOf(world.vars);
  const { id, seq, type, version, payload } = request;
  const operation: RecordedOperation = {
    ...{ id, seq, type, phase: 'Prepare', state: 'Running', slot, version },
    ...(payload === undefined ? { disruption: 'reboot' } : {}),
  };
  return {
    vars,
    record: {
      ...withoutTrial(world.record),
      seq,
      operation,
      slots: { ...world.record.slots, [slot]: facts },
      notes: [],
    },
    persist: 'needed',
    reboot: false,
    why: 'prepare begins',
  };
}
