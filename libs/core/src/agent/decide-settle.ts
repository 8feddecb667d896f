/** What has to be put right before anything else, whoever calls: one step at a time until nothing is left. */
import type { Digest, SlotName } from '../api/operation.ts';
import { KubeosError } from '../errors/index.ts';
import type { SlotContent } from '../ports/node.ts';
import { candidateOf, changeSlots } from '../slots/index.ts';
import { ended, failureOf, withoutTrial, type Change } from './decision.ts';
import { fallenBackChange } from './decide-trial.ts';
import type { AgentRecord } from './record.ts';
import {
  armedLimitSeconds,
  hasFallenBack,
  isArmedHere,
  isInTrial,
  type KnownWorld,
  type World,
} from './world.ts';

/** The next step, or `undefined` when sector, record and running system agree. */
export function decideSettle(world: KnownWorld): Change | undefined {
  return (
    rebuild(world) ??
    adoptFallback(world) ??
    (hasFallenBack(world) ? fallenBackChange(world) : undefined) ??
    discardUnknown(world) ??
    markReached(world) ??
    disarm(world) ??
    recordBoot(world) ??
    leaveReturned(world)
  );
}

/** The sector was not readable, or is upstream's. */
function rebuild(world: KnownWorld): Change | undefined {
  if (world.varsAreWritten) return undefined;
  return keep(world, world.record, 'the boot sector was rebuilt');
}

/** The boot loader could not load the default: the slot that runs is all there is. */
function adoptFallback(world: KnownWorld): Change | undefined {
  const { vars, booted, facts } = world;
  const isFallback =
    facts.why === 'fallback' && booted !== vars.good && vars.slots[booted] === 'good';
  if (!isFallback) return undefined;
  const change = keep(world, withoutTrial(world.record), 'fell back to the other good slot');
  return { ...change, vars: changeSlots(vars, 'adoptFallback') };
}

/** Prepared, says the sector, but nobody knows any more what: such a slot is not booted. */
function discardUnknown(world: KnownWorld): Change | undefined {
  const { vars, booted, record } = world;
  const slot = candidateOf(vars);
  const isUnknown = vars.slots[slot] === 'ready' && record.slots[slot].slotDigest === undefined;
  if (!isUnknown || booted !== vars.good) return undefined;
  const change = keep(world, record, 'nothing is known of the prepared slot');
  return { ...change, vars: changeSlots(vars, 'discard'), invalidate: slot };
}

/** This boot of the trial has reached the agent: from now on the candidate is not one that cannot boot. */
function markReached(world: KnownWorld): Change | undefined {
  const { record, facts, booted, vars } = world;
  const known = record.trial?.slot === booted ? record.trial : undefined;
  if (!isInTrial(world) || known?.bootIds.includes(facts.bootId) === true) return undefined;
  const trial = known ?? { seq: vars.seq, slot: booted, bootIds: [] };
  const { operation } = record;
  const isBooted = operation?.seq === trial.seq && operation.result === 'Armed';
  return keep(
    world,
    {
      ...record,
      trial: { ...trial, bootIds: [...trial.bootIds, facts.bootId] },
      ...(isBooted ? { operation: ended(operation, 'Booted') } : {}),
    },
    'the trial has reached the agent',
  );
}

/** A reboot that does not come must not surprise anybody later. */
function disarm(world: KnownWorld): Change | undefined {
  const { record, uptimeSeconds } = world;
  if (!isArmedHere(world) || world.rebooting) return undefined;
  const since = record.trial?.armedUptimeSeconds ?? 0;
  if (uptimeSeconds - since < armedLimitSeconds) return undefined;
  const error = new KubeosError(
    'REBOOT_FAILED',
    `No reboot within ${armedLimitSeconds} s; disarmed`,
  );
  const { operation } = record;
  const isOwn = operation?.seq === record.trial?.seq;
  const failure = failureOf(record.trial?.seq ?? world.vars.seq, error);
  const change = keep(
    world,
    {
      ...withoutTrial(record),
      ...(isOwn && operation !== undefined
        ? { operation: ended(operation, 'Failed', failure) }
        : {}),
      lastFailure: failure,
    },
    'disarmed',
  );
  return { ...change, vars: changeSlots(world.vars, 'giveBack') };
}

/** Once a boot the record is written as it is, so that the sector can be rebuilt and a full PERSIST shows early. */
function recordBoot(world: KnownWorld): Change | undefined {
  const { record, facts } = world;
  return record.bootId === facts.bootId
    ? undefined
    : keep(world, record, 'first look in this boot');
}

/** Returned in this boot, but the reboot was lost: order it again. */
function leaveReturned(world: KnownWorld): Change | undefined {
  if (!isReturned(world) || world.rebooting) return undefined;
  return { ...keep(world, world.record, 'leaving the slot that was returned'), reboot: true };
}

function isReturned({ vars, booted, facts }: KnownWorld): boolean {
  const state = vars.slots[booted];
  return facts.why === 'trial' && state !== 'good' && state !== 'trial';
}

/** True while something is left for a return pass to do in this boot, now or later. */
export function needsPasses(world: KnownWorld): boolean {
  return isInTrial(world) || isArmedHere(world) || isReturned(world);
}

function keep(world: KnownWorld, record: AgentRecord, why: string): Change {
  return { vars: world.vars, record, persist: 'bestEffort', reboot: false, why };
}

/** True for a slot that boots although it is not known what is in it: nobody could name it as a target. */
export function lacksFacts(world: World, slot: SlotName): boolean {
  const state = world.vars.slots[slot];
  return (
    (state === 'good' || state === 'trial') && world.record.slots[slot].slotDigest === undefined
  );
}

/** Keeps what was found in such a slot. */
export function adoptedFacts(
  world: KnownWorld,
  slot: SlotName,
  content: SlotContent,
  slotDigest: Digest,
): Change {
  const { version } = content;
  const facts = { slotDigest, ...(version === undefined ? {} : { version }) };
  const slots = { ...world.record.slots, [slot]: facts };
  return keep(world, { ...world.record, slots }, 'a slot was adopted');
}
