/** What one `OS` does next with its nodes: which to prepare, which to admit, which to release, and why not more. */
import type { OperationEnding } from '../api/operation.ts';
import type { Os, OsSpec, PendingAdmission } from '../api/os.ts';
import { schemaRevision } from '../api/names.ts';
import type { Now } from '../ports/clock.ts';
import { isBegun, isUnnoticed } from '../lifecycle/course.ts';
import { targetOfOperation } from '../lifecycle/history.ts';
import { sooner, type Requeue } from '../lifecycle/requeue.ts';
import { unavailableBudget } from './budget.ts';
import { compareTurns, hasFailed, type Member } from './fleet.ts';
import { canariesOf, lineOf, waitInLine, withLine, type Line } from './line.ts';
import { candidatesOf, obstacleOf, operationOf, type Candidate, type Tally } from './tally.ts';
import type { WaitingMembers, WaitReason } from './waiting.ts';
import { windowState } from './window.ts';

/** Most entries of the ticket. */
export const pendingLimit = 64;
/** Most bytes of its entries: with everything else `OS.status` has to stay below 32 KiB. */
const pendingBytes = 14 * 1024;
/** Bytes of an entry beside name and UID of its Node, with the longest number. */
const entryBytes = 48;

/** What the decision looks at beside the tally. */
export interface FleetInput {
  readonly os: Os;
  readonly members: readonly Member[];
  readonly tally: Tally;
  readonly now: Now;
  /** IANA name of the zone that windows without one use. */
  readonly operatorZone: string;
  /** The caches hold every write of this leader. */
  readonly cacheIsCurrent: boolean;
  readonly servedSchemaRevision: number;
  /** Everything is brought to an end, because the operator is about to go for good. Default false. */
  readonly retiring?: boolean;
  /** Seconds for which the leader has seen the state named by the key. */
  readonly since: (key: string) => number;
}

/** The next safe steps. */
export interface FleetPlan {
  /** Why nothing new starts; absent when something may. */
  readonly gate?: WaitReason;
  /** Admitted earlier; carried through before anything else. */
  readonly rollForward: readonly PendingAdmission[];
  /** Operations to cancel because the failure gate closed or nobody wants them any more. */
  readonly release: readonly { readonly member: Member; readonly ending: OperationEnding }[];
  /** Upgrades and configurations to begin preparing. */
  readonly prepare: readonly Candidate[];
  /**
   * Candidates in order, of which at most `count` may be taken out of service now; `unnoticed` go as well, whose
   * settings take nothing out of service.
   */
  readonly admit: {
    readonly count: number;
    readonly candidates: readonly Candidate[];
    readonly unnoticed: readonly Candidate[];
  };
  /** Changes of the serial batch. */
  readonly batch: { readonly add: readonly Member[]; readonly remove: readonly Member[] };
  /** Every node that is neither updated nor at work, by what it waits for. */
  readonly waiting: readonly WaitingMembers[];
  readonly budget: number;
  readonly requeue: Requeue;
}

const nothing = {
  prepare: [],
  admit: { count: 0, candidates: [], unnoticed: [] },
  batch: { add: [], remove: [] },
} as const;

/** Decides. Total: an object that is not valid yields a plan that moves nothing. */
export function decideFleet(input: FleetInput): FleetPlan {
  const { os, tally } = input;
  const budget =
    os.spec === undefined ? 0 : unavailableBudget(os.spec.maxUnavailable, tally.selected);
  const rollForward = os.status.admission?.pending ?? [];
  const release = releases(input);
  const gate = gateOf(input);
  const base = { rollForward, release, budget, requeue: idleRequeue(input) };
  if (gate !== undefined) {
    // Nobody would take the marks of the batch off later.
    const batch = input.retiring === true ? { add: [], remove: tally.inBatch } : nothing.batch;
    const waiting = withLine(tally, waitInLine(undefined, gate));
    return { ...base, ...nothing, batch, gate, waiting };
  }
  return os.spec === undefined
    ? { ...base, ...nothing, waiting: tally.waiting }
    : { ...base, ...nextSteps(os.spec, input, budget, base.requeue) };
}

function nextSteps(
  spec: OsSpec,
  input: FleetInput,
  budget: number,
  idle: Requeue,
): Omit<FleetPlan, 'rollForward' | 'release' | 'budget'> {
  const { tally, members } = input;
  const line = lineOf(spec, members, tally);
  const admission = admissionOf(spec, input, line, budget);
  const batch = batchOf(spec, input, line, budget);
  const gate = admission.gate ?? batch.gate;
  return {
    prepare: spec.type === 'rollback' ? [] : toPrepare(spec, tally, line, budget),
    admit: admission.admit,
    batch: { add: batch.add, remove: batch.remove },
    ...(gate === undefined ? {} : { gate }),
    waiting: withLine(tally, waitInLine(line, gate)),
    requeue: [admission.requeue, batch.requeue].reduce(sooner, idle),
  };
}

/** Operations that have not been admitted and must not be any more. */
function releases({ os, tally, retiring }: FleetInput): FleetPlan['release'] {
  const stopped = retiring === true ? retiringEnding : stoppedEnding(os, tally);
  const released: { member: Member; ending: OperationEnding }[] = [];
  for (const member of [...tally.preparing, ...tally.prepared, ...tally.working]) {
    const operation = operationOf(member);
    if (operation === undefined || operation.phase === 'Cancel') continue;
    if (isBegun(operation) || operation.ending !== undefined) continue;
    const ending = stopped ?? unwantedEnding(os, member);
    if (ending !== undefined) released.push({ member, ending });
  }
  return released;
}

const retiringEnding: OperationEnding = {
  result: 'Cancelled',
  class: 'blocked',
  reason: 'Retiring',
  message: 'KubeOS is being uninstalled',
};

function stoppedEnding(os: Os, tally: Tally): OperationEnding | undefined {
  if (failureGate(os, tally) === undefined) return undefined;
  return {
    result: 'Cancelled',
    class: 'blocked',
    reason: 'MaxFailuresReached',
    message: `${os.namespace}/${os.name} stopped after failures on other nodes`,
  };
}

function unwantedEnding(os: Os, member: Member): OperationEnding | undefined {
  if (operationOf(member)?.admitted === true) return undefined;
  if (os.deleting) {
    return {
      result: 'Cancelled',
      class: 'blocked',
      reason: 'ObjectDeleted',
      message: `${os.namespace}/${os.name} is being deleted`,
    };
  }
  if (member.selected) return undefined;
  return {
    result: 'Cancelled',
    class: 'blocked',
    reason: 'NotSelected',
    message: `${os.namespace}/${os.name} does not select ${member.name} any more`,
  };
}

/** The failure gate: closed when as many nodes as `maxFailures` failed this target. */
function failureGate(os: Os, tally: Tally): WaitReason | undefined {
  if (os.spec === undefined || tally.counted.length < os.spec.maxFailures) return undefined;
  return {
    reason: 'MaxFailuresReached',
    message: `Stopped after ${String(tally.counted.length)} failed node(s): ${tally.counted.slice(0, 3).join(', ')}`,
  };
}

/** What a gate depends on. */
type GateInput = Omit<FleetInput, 'cacheIsCurrent' | 'since'>;

/** Why nothing new starts on the object, whatever its nodes may do by themselves; `undefined` when something may. */
export function gateOf(input: GateInput): WaitReason | undefined {
  const { os, tally } = input;
  if (input.retiring === true) {
    return { reason: retiringEnding.reason, message: retiringEnding.message };
  }
  if (os.deleting) return { reason: 'Deleting', message: 'The object is being deleted' };
  if (os.spec === undefined) {
    const first = os.problems[0];
    const text = first === undefined ? 'not valid' : `${first.path}: ${first.message}`;
    return { reason: 'InvalidSpec', message: text };
  }
  if (tally.conflict !== undefined) {
    return {
      reason: 'SelectorConflict',
      message: `${tally.conflict} is older and selects some of the same nodes`,
    };
  }
  if (input.servedSchemaRevision < schemaRevision) {
    return {
      reason: 'CRDOutdated',
      message: `The served CRDs have schema revision ${String(input.servedSchemaRevision)}, this operator needs ${String(schemaRevision)}; apply the CRDs of this release`,
    };
  }
  if (os.spec.paused) return { reason: 'Paused', message: 'spec.paused is set' };
  return failureGate(os, tally) ?? canaryFailed(os.spec, input) ?? windowGate(os.spec, input);
}

function windowGate(spec: OsSpec, { now, operatorZone }: GateInput): WaitReason | undefined {
  if (spec.timeWindow === undefined) return undefined;
  const state = windowState(spec.timeWindow, now.wallMs, operatorZone);
  return state.open ? undefined : { reason: 'OutsideTimeWindow', message: state.message };
}

function canaryFailed(spec: OsSpec, { members, tally }: GateInput): WaitReason | undefined {
  const failed = canariesOf(spec, members, tally).find(hasFailed);
  if (failed === undefined) return undefined;
  const { name, standing } = failed;
  const why = standing.kind === 'failed' ? `: ${standing.message}` : '';
  return { reason: 'CanaryFailed', message: `Canary ${name} failed${why}` };
}

function toPrepare(
  spec: OsSpec,
  tally: Tally,
  { isInTurn }: Line,
  budget: number,
): readonly Candidate[] {
  const limit = spec.prepareConcurrency ?? budget;
  // A prepared node that cannot go on, or whose turn it is not, must not hold up the line.
  const free = limit - tally.preparing.length - tally.able.filter(isInTurn).length;
  return free <= 0 ? [] : candidatesOf(tally.candidates.filter(isInTurn).slice(0, free));
}

interface AdmissionPlan {
  readonly admit: FleetPlan['admit'];
  readonly gate?: WaitReason;
  readonly requeue: Requeue;
}

function admissionOf(spec: OsSpec, input: FleetInput, line: Line, budget: number): AdmissionPlan {
  const { tally } = input;
  const wait = (gate: WaitReason | undefined, requeue: Requeue): AdmissionPlan => ({
    admit: nothing.admit,
    requeue,
    ...(gate === undefined ? {} : { gate }),
  });
  if (budget === 0 && tally.able.length + tally.candidates.length > 0) {
    const message = 'maxunavailable allows no node';
    return wait({ reason: 'MaxUnavailableZero', message }, { kind: 'onChange' });
  }
  const free = freeBudget(spec, tally, budget);
  const admit = batchToAdmit(spec, tally, readyToAdmit(spec, input, line), free);
  const spent = free > 0 ? undefined : budgetSpent(input, admit.candidates, budget);
  if (admit.count === 0 && admit.unnoticed.length === 0) return wait(spent, { kind: 'onChange' });
  // In serial mode the interval lies before a batch, and the batch was formed after it.
  const interval = spec.executionMode === 'serial' ? 0 : intervalLeft(spec, input);
  if (interval > 0) return wait(timeInterval(interval), { kind: 'after', seconds: interval });
  // A ticket still to be carried through, or a cache behind our own writes: both end by themselves.
  if ((input.os.status.admission?.pending.length ?? 0) > 0 || !input.cacheIsCurrent) {
    return wait(undefined, { kind: 'after', seconds: 1 });
  }
  return { ...wait(spent, { kind: 'onChange' }), admit };
}

/** What fits into the free budget and the ticket; settings that nobody notices need the ticket only. */
function batchToAdmit(
  spec: OsSpec,
  { working }: Tally,
  ready: readonly Candidate[],
  free: number,
): FleetPlan['admit'] {
  const isFree = ({ member }: Candidate): boolean => {
    const operation = operationOf(member);
    return operation !== undefined && isUnnoticed(operation);
  };
  // One at a time in serial mode, whatever it costs.
  const places = spec.executionMode === 'serial' ? 1 - working.length : Infinity;
  const room = Math.max(Math.min(places, roomFor(ready)), 0);
  const unnoticed = ready.filter(isFree).slice(0, room);
  const candidates = ready.filter((candidate) => !isFree(candidate));
  const count = Math.max(Math.min(free, room - unnoticed.length, candidates.length), 0);
  return { count, candidates, unnoticed };
}

/** As many entries as a ticket has room for, whichever of the candidates it names. */
function roomFor(candidates: readonly Candidate[]): number {
  const longest = candidates.reduce(
    (most, { member: { name, facts } }) => Math.max(most, name.length + facts.node.uid.length),
    0,
  );
  return Math.min(pendingLimit, Math.floor(pendingBytes / (longest + entryBytes)));
}

function readyToAdmit(
  spec: OsSpec,
  { tally }: FleetInput,
  { isInTurn }: Line,
): readonly Candidate[] {
  if (spec.type === 'rollback') return candidatesOf(tally.candidates.filter(isInTurn));
  const ready: Candidate[] = [];
  for (const member of tally.prepared) {
    const operation = operationOf(member);
    if (operation === undefined || !isInTurn(member) || obstacleOf(member) !== undefined) {
      continue;
    }
    ready.push({ member, target: targetOfOperation(operation) });
  }
  return ready;
}

function freeBudget(spec: OsSpec, tally: Tally, budget: number): number {
  const free = budget - tally.outOfService.length;
  return spec.executionMode === 'serial' ? Math.min(free, 1 - tally.working.length) : free;
}

function budgetSpent(
  { tally }: FleetInput,
  held: readonly Candidate[],
  budget: number,
): WaitReason | undefined {
  if (held.length === 0) return undefined;
  const working = new Set(tally.working.map((member) => member.name));
  const broken = tally.outOfService.filter((name) => !working.has(name));
  const names = (broken.length > 0 ? broken : [...working]).slice(0, 3).join(', ');
  return {
    reason: broken.length > 0 ? 'BudgetSpentOnBrokenNodes' : 'BudgetSpent',
    message: `${String(tally.outOfService.length)} of ${String(budget)} allowed nodes are out of service: ${names}`,
  };
}

function timeInterval(seconds: number): WaitReason {
  return {
    reason: 'TimeInterval',
    message: `The next batch starts in ${String(Math.ceil(seconds))} s`,
  };
}

/** Seconds until the next batch may start. A wall clock that stepped back delays by one interval at most. */
function intervalLeft(spec: OsSpec, { os, now, since }: FleetInput): number {
  const last = os.status.admission?.lastTime;
  if (last === undefined) return 0;
  const byWall = (now.wallMs - Date.parse(last)) / 1000;
  const elapsed = Math.max(byWall, since(`lastTime:${last}`));
  return Math.max(spec.timeIntervalSeconds - elapsed, 0);
}

interface BatchPlan {
  readonly add: readonly Member[];
  readonly remove: readonly Member[];
  readonly gate?: WaitReason;
  readonly requeue: Requeue;
}

/** Members to put into the serial batch, once the one before is through, and those to take out of it. */
function batchOf(spec: OsSpec, input: FleetInput, line: Line, budget: number): BatchPlan {
  const { able, candidates, passedOver, preparing, working, inBatch } = input.tally;
  const requeue: Requeue = { kind: 'onChange' };
  if (spec.executionMode === 'parallel') return { add: [], remove: inBatch, requeue };
  const startable = [...able, ...candidates]
    // A batch may hold nodes whose turn it is no more, such as all but the canaries of a new target.
    .filter((member) => line.isAllowed(member) && !passedOver.has(member.name))
    .sort(compareTurns);
  const pending = new Set([...startable, ...preparing, ...working].map((member) => member.name));
  const remove = inBatch.filter((member) => !pending.has(member.name));
  if (remove.length < inBatch.length || startable.length === 0) return { add: [], remove, requeue };
  const left = intervalLeft(spec, input);
  if (left <= 0) return { add: startable.slice(0, budget), remove, requeue };
  // The interval ends without anything changing.
  return { add: [], remove, gate: timeInterval(left), requeue: { kind: 'after', seconds: left } };
}

function idleRequeue({ os, tally }: FleetInput): Requeue {
  const pause: Requeue =
    tally.nextPauseSeconds === undefined
      ? { kind: 'onChange' }
      : { kind: 'after', seconds: tally.nextPauseSeconds };
  // A window opens without anything changing; half a minute is as exact as people read clocks.
  return os.spec?.timeWindow === undefined ? pause : sooner(pause, { kind: 'after', seconds: 30 });
}
