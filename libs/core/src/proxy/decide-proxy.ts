/** The one decision of the proxy: from what it sees to the next call and the next write. */
import type { AgentStatus } from '../api/agent-status.ts';
import type { Operation } from '../api/operation.ts';
import type { OsInstance } from '../api/os-instance.ts';
import { sooner, type Requeue } from '../lifecycle/requeue.ts';
import type { Now } from '../ports/clock.ts';
import type { StatusPatch } from '../ports/proxy.ts';
import {
  isSameKey,
  longestRetryMs,
  type CallFailure,
  type CallKey,
  type CallState,
} from './call-state.ts';
import { conditionsOf } from './conditions.ts';
import { demandOf, isSettled, type PhaseCall } from './phase-demand.ts';
import { isSame } from '../same.ts';
import { reportOf, type Urgency } from './report.ts';

/** What the proxy can do next; plain data. */
export type ProxyAction =
  /** Lets go of the stream of a call that is no longer wanted. The agent's work goes on unless it is cancelled. */
  | { readonly type: 'endCall' }
  /** `consistent`: only if a read past all caches still shows this sequence number and phase. */
  | {
      readonly type: 'startCall';
      readonly key: CallKey;
      readonly call: PhaseCall;
      readonly consistent: boolean;
    }
  | { readonly type: 'report'; readonly patch: StatusPatch };

/** Everything the decision looks at. */
export interface ProxyInput {
  readonly instance: OsInstance | undefined;
  /** The newest snapshot of the agent. */
  readonly agent: AgentStatus | undefined;
  readonly call: CallState;
  readonly nodeUid: string | undefined;
  readonly proxyVersion: string;
  /** Monotonic time of the last write of this proxy. */
  readonly lastReportMs: number | undefined;
}

/** What the proxy waits for when it makes no call. */
export type ProxyWait =
  | 'NoInstance'
  | 'NoOperation'
  | 'OtherNode'
  | 'Acknowledging'
  | 'CallOpen'
  | 'CallPause'
  | 'RebootPending'
  | 'PhaseSettled'
  | 'PhaseRefused';

/** The next safe actions in their order, when to look again, and what is being waited for. */
export interface ProxyDecision {
  readonly actions: readonly ProxyAction[];
  readonly requeue: Requeue;
  readonly waiting: ProxyWait | undefined;
}

/**
 * Least time since the last write. Downloads take many minutes on many nodes at once, and people look now and then; the
 * operator gives a node up that shows no progress for 15 minutes.
 */
const reportPauseMs: Readonly<Record<Urgency, number>> = {
  now: 0,
  soon: 2000,
  leap: 10_000,
  step: 60_000,
};

/** What should be called now, or why nothing is. */
interface Wanted {
  readonly key?: CallKey;
  readonly call?: PhaseCall;
  readonly waiting?: ProxyWait;
  readonly retryAtMs?: number;
  readonly refusal?: CallFailure;
}

/** Decides the next step. Total and deterministic. */
export function decideProxy(input: ProxyInput, now: Now): ProxyDecision {
  const { instance, call } = input;
  if (instance === undefined) {
    return {
      actions: call.kind === 'open' ? [{ type: 'endCall' }] : [],
      requeue: { kind: 'onChange' },
      waiting: 'NoInstance',
    };
  }
  const wanted = wantedCall(instance, input, now);
  const report = decideReport(instance, input, wanted, now);
  return {
    actions: [...callActions(call, wanted), ...report.actions],
    requeue: sooner(report.requeue, until(wanted.retryAtMs, now)),
    waiting: wanted.waiting,
  };
}

function wantedCall(instance: OsInstance, input: ProxyInput, now: Now): Wanted {
  const { operation } = instance.spec;
  const { agent, call } = input;
  if (agent === undefined) {
    const key: CallKey = { seq: operation?.seq ?? 0, phase: 'Status' };
    return paced(key, { type: 'getStatus' }, call, now);
  }
  if (operation === undefined) return { waiting: 'NoOperation' };
  if (operation.nodeUid !== input.nodeUid) {
    const message = `The operation is for the Node with UID ${operation.nodeUid}`;
    return { waiting: 'OtherNode', refusal: { code: 'STALE', message } };
  }
  const key: CallKey = { seq: operation.seq, phase: operation.phase };
  if (!isSame(instance.status.acknowledged, acknowledgement(instance, input))) {
    return { key, waiting: 'Acknowledging' };
  }
  if (isSettled(operation, agent.operation)) return { key, waiting: 'PhaseSettled' };
  const demand = demandOf(instance, operation, agent);
  switch (demand.kind) {
    case 'nothing':
      return { key, waiting: 'PhaseSettled' };
    case 'refused':
      return { key, waiting: 'PhaseRefused', refusal: demand.failure };
    case 'call':
      return answeredInThisBoot(key, agent, call, now) ?? paced(key, demand.call, call, now);
  }
}

/**
 * An answer is soon asked for again in the same boot only when the agent's record does not show it: a reboot that does
 * not come, or an outcome that could not be written to a full PERSIST and that the operator would never learn.
 */
function answeredInThisBoot(
  key: CallKey,
  agent: AgentStatus,
  call: CallState,
  now: Now,
): Wanted | undefined {
  if (call.kind !== 'answered' || !isSameKey(call.key, key)) return undefined;
  if (call.bootId !== agent.bootId) return undefined;
  const retryAtMs = call.atMs + longestRetryMs;
  if (now.monotonicMs >= retryAtMs) return undefined;
  return { key, waiting: call.result === 'Armed' ? 'RebootPending' : 'PhaseSettled', retryAtMs };
}

/** The call, unless it is open already or its pause after a failure is not over. */
function paced(key: CallKey, wanted: PhaseCall, call: CallState, now: Now): Wanted {
  if (call.kind === 'open' && isSameKey(call.key, key)) return { key, waiting: 'CallOpen' };
  if (call.kind === 'failed' && isSameKey(call.key, key) && now.monotonicMs < call.retryAtMs) {
    return { key, waiting: 'CallPause', retryAtMs: call.retryAtMs };
  }
  return { key, call: wanted };
}

function callActions(call: CallState, wanted: Wanted): readonly ProxyAction[] {
  const isUnwanted =
    call.kind === 'open' && (wanted.key === undefined || !isSameKey(call.key, wanted.key));
  const end: readonly ProxyAction[] = isUnwanted ? [{ type: 'endCall' }] : [];
  if (wanted.call === undefined || wanted.key === undefined) return end;
  const consistent = isBinding(wanted.call);
  return [...end, { type: 'startCall', key: wanted.key, call: wanted.call, consistent }];
}

/** True for a call that changes what the node runs, so that no stale read may make it. */
function isBinding(call: PhaseCall): boolean {
  if (call.type === 'configure') return call.request.phase !== 'Prepare';
  return call.type === 'activate' || call.type === 'confirm';
}

function decideReport(
  instance: OsInstance,
  input: ProxyInput,
  wanted: Wanted,
  now: Now,
): Pick<ProxyDecision, 'actions' | 'requeue'> {
  const { operation } = instance.spec;
  const problem = problemOf(input.call, wanted, operation);
  const { patch, urgency } = reportOf(instance, {
    ...input,
    acknowledged: acknowledgement(instance, input),
    problem,
  });
  const conditions = conditionsOf(instance, input.agent, problem, now);
  const full = conditions === undefined ? patch : { ...patch, conditions };
  const longestMs = conditions === undefined ? reportPauseMs.step : reportPauseMs.soon;
  const pauseMs = Math.min(reportPauseMs[urgency], longestMs);
  const mayWaitUntilMs =
    input.lastReportMs === undefined ? now.monotonicMs : input.lastReportMs + pauseMs;
  if (Object.keys(full).length === 0) return { actions: [], requeue: { kind: 'onChange' } };
  if (now.monotonicMs < mayWaitUntilMs) return { actions: [], requeue: until(mayWaitUntilMs, now) };
  return { actions: [{ type: 'report', patch: full }], requeue: { kind: 'onChange' } };
}

/** Why the agent cannot be reached or refuses the phase. It stays through the next try until that shows progress. */
function problemOf(
  call: CallState,
  wanted: Wanted,
  operation: Operation | undefined,
): NonNullable<OsInstance['status']['problem']> | undefined {
  if (wanted.refusal !== undefined && operation !== undefined) {
    return { seq: operation.seq, phase: operation.phase, ...wanted.refusal };
  }
  if (wanted.key === undefined || wanted.waiting === 'PhaseSettled') return undefined;
  if (call.kind !== 'failed' && call.kind !== 'open') return undefined;
  if (call.failure === undefined || !isSameKey(call.key, wanted.key)) return undefined;
  return { ...call.key, ...call.failure };
}

/**
 * What is to stand as acknowledged. Nobody reads it between operations or in GiveBack, and of Drain only the sequence
 * number, which an upgrade has acknowledged at Prepare: then what stands there stays, which saves a write each.
 */
function acknowledgement(
  { spec: { operation }, status: { acknowledged } }: OsInstance,
  { nodeUid }: ProxyInput,
): OsInstance['status']['acknowledged'] {
  if (operation === undefined) return acknowledged;
  const { seq, phase } = operation;
  if (operation.nodeUid !== nodeUid) return undefined;
  const isUnread = phase === 'GiveBack' || (phase === 'Drain' && acknowledged?.seq === seq);
  return isUnread ? acknowledged : { seq, phase };
}

function until(atMs: number | undefined, now: Now): Requeue {
  if (atMs === undefined) return { kind: 'onChange' };
  return { kind: 'after', seconds: Math.max(0, atMs - now.monotonicMs) / 1000 };
}
