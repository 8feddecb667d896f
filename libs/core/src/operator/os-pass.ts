/** One pass over one `OS`: carries its ticket through, decides for its fleet, admits, and reports. */
import { operationFinalizer, schemaRevision, serialLabel } from '../api/names.ts';
import { hasUnreadableTicket, type Os, type PendingAdmission } from '../api/os.ts';
import { hasCode, KubeosError } from '../errors/index.ts';
import { sooner, type Requeue } from '../lifecycle/requeue.ts';
import { isSame } from '../same.ts';
import { decideFleet, gateOf, type FleetPlan } from '../rollout/decide-fleet.ts';
import type { Member } from '../rollout/fleet.ts';
import {
  operationOf,
  tally,
  type Candidate,
  type Tally,
  type WaitReason,
} from '../rollout/tally.ts';
import { findEvictable, lookAgain, passedOverReason } from './evictable.ts';
import { tell, wallTime, type OperatorContext, type OperatorMemory } from './context.ts';
import { nextSeq, withNewOperation } from './new-operation.ts';
import { tellOfNode, writeSpec } from './node-actions.ts';
import { reportFailure, reportStatus } from './os-report.ts';
import { noTicket, raiseEpoch, rollForward, writeTicket } from './ticket.ts';

/** Seconds for which the read schema revision is believed. */
const servedForSeconds = 60;
/** The same for one that is too old: somebody is about to mend it. */
const outdatedForSeconds = 15;
/** Seconds after which the status of a fleet at work is composed again, for reasons that no watch delivers. */
const refreshSeconds = 5;
/** Milliseconds between two passes for each node of the fleet: a pass walks over all of them, and each may ask for one. */
const pauseMsPerNode = 0.5;
/** Longest such pause in milliseconds, from 4,000 nodes on. */
const longestPauseMs = 2000;
/** Fleets up to this size are looked at whenever something changes. */
const smallFleet = 100;

/** Looks at the object and does the next safe thing about its fleet. */
export async function osPass(context: OperatorContext, uid: string): Promise<Requeue> {
  const { cache, memory } = context;
  const cached = cache.os(uid);
  if (cached === undefined) {
    forgetOs(memory, uid);
    return { kind: 'onChange' };
  }
  const tooSoon = pauseLeft(context, uid);
  if (tooSoon > 0) return { kind: 'after', seconds: tooSoon / 1000 };
  try {
    return await fleetPass(context, cached);
  } catch (error) {
    await reportFailure(context, uid, KubeosError.from(error));
    throw error;
  }
}

function forgetOs(memory: OperatorMemory, uid: string): void {
  memory.since.forget(`os/${uid}`);
  for (const book of [memory.fleetPasses, memory.epochs, memory.statusWrites, memory.unkept]) {
    book.delete(uid);
  }
  for (const book of [memory.waits, memory.toldWaits]) book.delete(uid);
  for (const book of [memory.freed, memory.unreadable]) book.delete(uid);
}

/** Milliseconds until the next pass may begin; it then sees everything that changed meanwhile. */
function pauseLeft({ memory, clock, fleet }: OperatorContext, uid: string): number {
  const last = memory.fleetPasses.get(uid);
  if (last === undefined) return 0;
  const size = fleet.size(uid);
  const pauseMs = size <= smallFleet ? 0 : Math.min(size * pauseMsPerNode, longestPauseMs);
  return last + pauseMs - clock.now().monotonicMs;
}

async function fleetPass(context: OperatorContext, cached: Os): Promise<Requeue> {
  const { cache, memory, clock, fleet } = context;
  const { uid } = cached;
  memory.fleetPasses.set(uid, clock.now().monotonicMs);
  const served = await servedRevision(context);
  // On an outdated CRD a ticket would be pruned: nothing is written but why nothing moves.
  const isOutdated = served < schemaRevision;
  const os = isOutdated ? cached : await raiseEpoch(context, cached);
  if (hasUnreadableTicket(os)) return leaveAlone(context, os);
  memory.unreadable.delete(uid);
  const now = clock.now();
  const pass = memory.since.begin(`os/${uid}`, now.monotonicMs);
  const members = fleet.members(uid);
  const count = tally(members, pass.since, (node) => passedOverReason(context, node));
  const plan = decideFleet({
    os,
    members,
    tally: count,
    now,
    operatorZone: context.settings.operatorZone,
    cacheIsCurrent: cache.holdsOwnWrites(),
    servedSchemaRevision: served,
    retiring: context.settings.retiring === true,
    since: pass.since,
  });
  pass.end();
  if (isOutdated) {
    await reportStatus(context, os, count, plan);
    return { kind: 'after', seconds: outdatedForSeconds };
  }
  return carryOutPlan(context, os, count, plan);
}

/** Its status cannot say why nothing moves: a write would take the place of the ticket. */
async function leaveAlone(context: OperatorContext, os: Os): Promise<Requeue> {
  const { memory, log } = context;
  if (memory.unreadable.has(os.uid)) return { kind: 'onChange' };
  memory.unreadable.add(os.uid);
  const problems = os.problems.map(({ path, message }) => `${path}: ${message}`).join('; ');
  log.error({ os: os.name, namespace: os.namespace, problems }, 'Ticket cannot be read');
  await tell(context, {
    about: { kind: 'OS', namespace: os.namespace, name: os.name, uid: os.uid },
    type: 'Warning',
    reason: 'Unreadable',
    message: `Nothing moves until somebody mends it: ${problems}`,
  });
  return { kind: 'onChange' };
}

async function carryOutPlan(
  context: OperatorContext,
  decided: Os,
  count: Tally,
  plan: FleetPlan,
): Promise<Requeue> {
  const writes = new NodeWrites(context);
  let os = await settleTicket(context, decided, plan);
  await releaseAll(context, plan, writes);
  os = await changeBatch(context, os, plan, writes);
  os = await prepareAll(context, os, plan, writes);
  os = await admit(context, os, plan);
  const reported = await reportStatus(context, os, count, plan);
  const freed = await freeObject(context, os, count);
  const atWork = count.working.length + count.preparing.length > 0;
  const refresh: Requeue = atWork
    ? { kind: 'after', seconds: refreshSeconds }
    : { kind: 'onChange' };
  // A serial batch is formed without those that were passed over before.
  const again = lookAgain(context, [...count.passedOver, ...namesOf(plan.admit.candidates)]);
  return [writes.again, reported, freed, refresh, again].reduce(sooner, plan.requeue);
}

function namesOf(candidates: readonly Candidate[]): readonly string[] {
  return candidates.map(({ member }) => member.name);
}

async function servedRevision({ api, memory, clock }: OperatorContext): Promise<number> {
  const { monotonicMs } = clock.now();
  const known = memory.served;
  const isOutdated = known !== undefined && known.revision < schemaRevision;
  const believedMs = (isOutdated ? outdatedForSeconds : servedForSeconds) * 1000;
  if (known !== undefined && monotonicMs - known.atMs < believedMs) return known.revision;
  const revision = await api.servedSchemaRevision();
  memory.served = { revision, atMs: monotonicMs };
  return revision;
}

async function settleTicket(context: OperatorContext, os: Os, plan: FleetPlan): Promise<Os> {
  if (plan.rollForward.length === 0) return os;
  await rollForward(context, os, plan.rollForward);
  return writeTicket(context, os, { ...(os.status.admission ?? noTicket), pending: [] });
}

async function releaseAll(
  context: OperatorContext,
  plan: FleetPlan,
  writes: NodeWrites,
): Promise<void> {
  for (const { member, ending } of plan.release) {
    const operation = operationOf(member);
    const { instance } = member.facts;
    if (operation === undefined || instance === undefined) continue;
    const cancelled = { ...operation, phase: 'Cancel' as const, ending };
    await writes.make(member, () =>
      writeSpec(context, instance, { ...instance.spec, operation: cancelled }, true),
    );
  }
}

/** The batch's time is written before its labels, so that a crash between them only makes the next batch wait. */
async function changeBatch(
  context: OperatorContext,
  os: Os,
  { batch }: FleetPlan,
  writes: NodeWrites,
): Promise<Os> {
  const { api, clock } = context;
  let current = os;
  if (batch.add.length > 0) {
    const lastTime = wallTime(clock.now().wallMs);
    current = await writeTicket(context, os, { ...(os.status.admission ?? noTicket), lastTime });
  }
  for (const member of batch.remove) await writes.make(member, () => mark(api, member, null));
  for (const member of batch.add) await writes.make(member, () => mark(api, member, ''));
  return current;
}

/**
 * Puts the mark of a batch on a node, or takes it off. A refusal would cost the batch one more interval: it is written on
 * the version of this moment, where the node is still what was decided on.
 */
async function mark(
  api: OperatorContext['api'],
  { name, facts }: Member,
  value: string | null,
): Promise<void> {
  const node = await api.getNode(name);
  const { resourceVersion } = facts.node;
  if (node === undefined || !isSame({ ...node, resourceVersion }, facts.node)) {
    throw new KubeosError('CONFLICT', `Node ${name} was changed`);
  }
  await api.changeNode(node, { labels: { [serialLabel]: value } });
}

async function prepareAll(
  context: OperatorContext,
  os: Os,
  plan: FleetPlan,
  writes: NodeWrites,
): Promise<Os> {
  if (plan.prepare.length === 0) return os;
  const held = await holdObject(context, os);
  for (const candidate of plan.prepare) {
    await writes.make(candidate.member, () => prepareOne(context, held, candidate));
  }
  return held;
}

async function prepareOne(context: OperatorContext, os: Os, candidate: Candidate): Promise<void> {
  const { member, target, retry } = candidate;
  const { node, instance } = member.facts;
  if (os.spec === undefined || instance === undefined) return;
  const wanted = { os, spec: os.spec, node, instance, seq: nextSeq(instance), target };
  const next = withNewOperation(retry === undefined ? wanted : { ...wanted, retry }, 'Prepare');
  await writeSpec(context, instance, next, true);
  await tellOfNode(context, node.name, next.operation, 'Preparing');
}

/** Admits the next batch: candidates whose pods can leave or stay, written as one ticket, then carried through. */
async function admit(context: OperatorContext, os: Os, plan: FleetPlan): Promise<Os> {
  const { count, candidates, unnoticed } = plan.admit;
  const evictable = count > 0 ? await findEvictable(context, os, candidates, count) : [];
  const pending = [...unnoticed, ...evictable].flatMap(
    ({ member }): readonly PendingAdmission[] => {
      const { node, instance } = member.facts;
      if (instance === undefined) return [];
      const seq = instance.spec.operation?.seq ?? nextSeq(instance);
      return [{ node: node.name, nodeUid: node.uid, seq }];
    },
  );
  if (pending.length === 0) return os;
  const held = await holdObject(context, os);
  if (gateNow(context, held) !== undefined) return held;
  const ticket = held.status.admission ?? noTicket;
  // In serial mode the time is that of the batch, written when it was formed.
  const isSerial = held.spec?.executionMode === 'serial';
  const lastTime = isSerial ? {} : { lastTime: wallTime(context.clock.now().wallMs) };
  const admitted = await writeTicket(context, held, { ...ticket, ...lastTime, pending });
  await rollForward(context, admitted, pending);
  return writeTicket(context, admitted, {
    ...(admitted.status.admission ?? noTicket),
    pending: [],
  });
}

/** Looking at pods takes a while, in which a node at work may have failed or the window closed. */
function gateNow({ fleet, clock, settings }: OperatorContext, os: Os): WaitReason | undefined {
  const members = fleet.members(os.uid);
  return gateOf({
    os,
    members,
    tally: tally(
      members,
      () => 0,
      () => undefined,
    ),
    now: clock.now(),
    operatorZone: settings.operatorZone,
    servedSchemaRevision: schemaRevision,
  });
}

/** Puts the finalizer on before the first operation, so that the object cannot vanish from under it unseen. */
async function holdObject(context: OperatorContext, os: Os): Promise<Os> {
  const { api, memory } = context;
  // What the cache shows may be older than our own write; then the guard refuses, and the pass is made again.
  if (os.finalizers.includes(operationFinalizer) && !memory.freed.has(os.uid)) return os;
  const held = await api.setOsFinalizer(os, true);
  memory.freed.delete(os.uid);
  return held;
}

/** Takes the finalizer off when no operation is open any more, on caches that hold our own writes. */
async function freeObject(context: OperatorContext, os: Os, count: Tally): Promise<Requeue> {
  const open = count.working.length + count.preparing.length + count.prepared.length;
  if (open > 0 || !os.finalizers.includes(operationFinalizer)) return { kind: 'onChange' };
  if ((os.status.admission?.pending.length ?? 0) > 0) return { kind: 'onChange' };
  if (!context.cache.holdsOwnWrites()) return { kind: 'after', seconds: 1 };
  for (const instance of context.cache.instances()) {
    if (instance.spec.operation?.osUid === os.uid) return { kind: 'onChange' };
  }
  context.memory.freed.add(os.uid);
  await context.api.setOsFinalizer(os, false);
  return { kind: 'onChange' };
}

/** Writes to single nodes of a fleet: one that changed meanwhile must not keep the others. */
class NodeWrites {
  readonly #fleet: OperatorContext['fleet'];
  #isRefused = false;

  constructor({ fleet }: OperatorContext) {
    this.#fleet = fleet;
  }

  /** When the pass is made again. */
  get again(): Requeue {
    return this.#isRefused ? { kind: 'after', seconds: 1 } : { kind: 'onChange' };
  }

  async make({ name }: Member, write: () => Promise<unknown>): Promise<void> {
    try {
      await write();
    } catch (error) {
      if (!hasCode(error, 'CONFLICT', 'NOT_FOUND')) throw error;
      // No watch tells of a new version alone, which a kubelet gives its Node all the time: the fleet still has the old one.
      this.#fleet.touch(name);
      this.#isRefused = true;
    }
  }
}
