import { setConditions, type WantedCondition } from '../conditions/index.ts';
import { hasUnreadableTicket, type Os, type OsStatus } from '../api/os.ts';
import { errorKinds, KubeosError } from '../errors/index.ts';
import { sooner, type Requeue } from '../lifecycle/requeue.ts';
import type { FleetPlan } from '../rollout/decide-fleet.ts';
import { clip, fleetReport } from '../rollout/fleet-status.ts';
import type { Tally } from '../rollout/tally.ts';
import { isSame } from '../same.ts';
import { passedOverReason } from './evictable.ts';
import { holdMs, tell, wallTime, type OperatorContext } from './context.ts';

/** Least milliseconds between two writes that only change counts and texts. */
const quietMs = 2000;
/** Reasons that ask for a person. */
const badReasons = new Set([
  'InvalidSpec',
  'CRDOutdated',
  'Forbidden',
  'ApiRejected',
  'InternalError',
  'KeysRefused',
  'ContentDiffers',
  'Drifted',
]);

/** Writes the status when it says something new; mere counting is written at most every two seconds. */
export async function reportStatus(
  context: OperatorContext,
  os: Os,
  count: Tally,
  plan: FleetPlan,
): Promise<Requeue> {
  const { memory } = context;
  const report = fleetReport(
    os,
    count,
    plan,
    (node) => passedOverReason(context, node) ?? memory.workReasons.get(node),
  );
  const written = await writeReport(context, os, report.status, report.conditions);
  const ready = report.conditions.find(({ type }) => type === 'Ready');
  // What a node at work waits for is told by events of its own.
  const isOfNode = ready?.reason !== plan.gate?.reason && isAtWork(count);
  return sooner(written, await tellWhatHolds(context, os, isOfNode ? undefined : ready));
}

function isAtWork({ working, preparing }: Tally): boolean {
  return working.length + preparing.length > 0;
}

/** Tells by an event what the object waits for, once that has held a while: its first reason was told when Ready turned. */
async function tellWhatHolds(
  context: OperatorContext,
  os: Os,
  ready: WantedCondition | undefined,
): Promise<Requeue> {
  const { memory, clock } = context;
  const { uid, namespace, name } = os;
  if (ready?.status !== 'False') {
    memory.waits.delete(uid);
    return { kind: 'onChange' };
  }
  const { reason, message } = ready;
  const { monotonicMs } = clock.now();
  const known = memory.waits.get(uid);
  const sinceMs = known?.reason === reason ? known.sinceMs : monotonicMs;
  memory.waits.set(uid, { reason, sinceMs });
  // What a new leader finds was told by the one before.
  const isFound = known === undefined && !memory.toldWaits.has(uid) && readyOf(os) === reason;
  if (isFound) memory.toldWaits.set(uid, reason);
  if (memory.toldWaits.get(uid) === reason) return { kind: 'onChange' };
  const leftMs = sinceMs + holdMs - monotonicMs;
  if (leftMs > 0) return { kind: 'after', seconds: leftMs / 1000 };
  memory.toldWaits.set(uid, reason);
  const about = { kind: 'OS', namespace, name, uid } as const;
  await tell(context, { about, type: 'Normal', reason, message: `Ready is False: ${message}` });
  return { kind: 'onChange' };
}

function readyOf({ status }: Os): string | undefined {
  return status.conditions?.find(({ type }) => type === 'Ready')?.reason;
}

/**
 * Says in condition Ready that a pass failed for good: a right is missing, or something refuses a write. Everything else
 * stays as it was.
 */
export async function reportFailure(
  context: OperatorContext,
  uid: string,
  error: KubeosError,
): Promise<void> {
  const os = context.cache.os(uid);
  // A status around a ticket that cannot be read would take its place.
  if (os === undefined || hasUnreadableTicket(os) || !failsForGood(error)) return;
  const { admission: _admission, conditions = [], ...rest } = os.status;
  const status = { ...rest, message: clip(error.message) };
  const ready: WantedCondition = {
    type: 'Ready',
    status: 'False',
    reason: error.reason,
    message: clip(error.message),
    observedGeneration: os.generation,
  };
  const others = conditions.filter(({ type }) => type !== 'Ready');
  try {
    await writeReport(context, os, status, [ready, ...others]);
  } catch (failure) {
    const { code, message } = KubeosError.from(failure);
    context.log.debug({ os: os.name, code, error: message }, 'Status not written');
  }
}

/** Of a pass that is made again soon, and of an outdated CRD, the next pass tells. */
function failsForGood({ code, kind }: KubeosError): boolean {
  return errorKinds[kind].requeue === 'onChange' ? code !== 'CRD_OUTDATED' : kind === 'bug';
}

async function writeReport(
  context: OperatorContext,
  os: Os,
  status: Omit<OsStatus, 'admission' | 'conditions'>,
  wanted: readonly WantedCondition[],
): Promise<Requeue> {
  const { memory, clock, api } = context;
  const now = clock.now();
  const conditions = setConditions(os.status.conditions, wanted, wallTime(now.wallMs));
  const next: OsStatus = {
    ...status,
    conditions,
    ...(os.status.admission === undefined ? {} : { admission: os.status.admission }),
  };
  if (isSame(next, os.status)) return { kind: 'onChange' };
  const turned = transitions(os.status, next);
  const quietFor = now.monotonicMs - (memory.statusWrites.get(os.uid) ?? -quietMs);
  if (turned.length === 0 && quietFor < quietMs) {
    return { kind: 'after', seconds: (quietMs - quietFor) / 1000 };
  }
  // What it holds is what it made of the last attempt.
  if (memory.unkept.get(os.uid) === os.resourceVersion) return { kind: 'onChange' };
  const stored = await api.writeOsStatus(os, next);
  memory.statusWrites.set(os.uid, now.monotonicMs);
  for (const condition of toldBy(context, stored, turned)) await tellTurn(context, os, condition);
  return { kind: 'onChange' };
}

type Conditions = NonNullable<OsStatus['conditions']>;

/**
 * Conditions whose status turned, or whose reason became one that asks for a person. At first sight a False is no news else,
 * but what Ready says is.
 */
function transitions(before: OsStatus, after: OsStatus): Conditions {
  return (after.conditions ?? []).filter(({ type, status, reason }) => {
    const old = before.conditions?.find((one) => one.type === type);
    if (badReasons.has(reason) && old?.reason !== reason) return true;
    return old === undefined ? status === 'True' || type === 'Ready' : old.status !== status;
  });
}

/**
 * Of what turned, what the server stored: under CRDs that keep no status everything turns on every pass. Of those CRDs
 * an object's events tell once a term.
 */
function toldBy({ memory }: OperatorContext, stored: Os, turned: Conditions): Conditions {
  const kept = stored.status.conditions ?? [];
  if (kept.length > 0) {
    memory.unkept.delete(stored.uid);
    return turned.filter(({ type, status }) =>
      kept.some((one) => one.type === type && one.status === status),
    );
  }
  const isNews = !memory.unkept.has(stored.uid);
  memory.unkept.set(stored.uid, stored.resourceVersion);
  return isNews ? turned.filter(({ type }) => type === 'Ready') : [];
}

async function tellTurn(
  context: OperatorContext,
  os: Os,
  { type, status, reason, message }: Conditions[number],
): Promise<void> {
  if (type === 'Ready') context.memory.toldWaits.set(os.uid, reason);
  const isBad = (type === 'Degraded' && status === 'True') || badReasons.has(reason);
  await tell(context, {
    about: { kind: 'OS', namespace: os.namespace, name: os.name, uid: os.uid },
    type: isBad ? 'Warning' : 'Normal',
    reason,
    message: `${type} is ${status}: ${message}`,
  });
}
