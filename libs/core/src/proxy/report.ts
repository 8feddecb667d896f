/** What the proxy has to write into the status of its `OSInstance`, as a patch of what differs. */
import type { AgentOperation, AgentStatus } from '../api/agent-status.ts';
import type { OsInstance, OsInstanceStatus } from '../api/os-instance.ts';
import type { StatusPatch } from '../ports/proxy.ts';
import type { CallState } from './call-state.ts';
import { isSame } from '../same.ts';

type Problem = NonNullable<OsInstanceStatus['problem']>;
type Acknowledged = NonNullable<OsInstanceStatus['acknowledged']>;

/** What the proxy knows of itself and its node at this moment. */
export interface ReportInput {
  readonly nodeUid: string | undefined;
  readonly proxyVersion: string;
  readonly agent: AgentStatus | undefined;
  readonly call: CallState;
  readonly acknowledged: Acknowledged | undefined;
  readonly problem: Problem | undefined;
}

/** A patch with what it would change. */
export interface Report {
  readonly patch: StatusPatch;
  /**
   * `now`: the operator goes by it, and it only ever moves on. `soon`: how far the open call has come, or something that
   * a second proxy on the node may see differently; paced, so that two of them cannot race each other.
   */
  readonly urgency: 'soon' | 'now';
}

/** Compares what is stored with what is known. The snapshot is taken only when it is newer than the stored one. */
export function reportOf(instance: OsInstance, known: ReportInput): Report {
  const stored = instance.status;
  const members: StatusPatch = {
    ...(known.nodeUid !== undefined && known.nodeUid !== stored.nodeUid
      ? { nodeUid: known.nodeUid }
      : {}),
    ...(known.proxyVersion === stored.proxyVersion ? {} : { proxyVersion: known.proxyVersion }),
    ...changed('acknowledged', stored.acknowledged, known.acknowledged),
    ...changed('problem', stored.problem, known.problem),
  };
  const agent = known.agent === undefined ? undefined : relayed(known.agent, known.call);
  const isAgentNews = agent !== undefined && isNews(agent, stored.agent);
  const patch = isAgentNews ? { ...members, agent } : members;
  const isState = isAgentNews && !isOnlyProgress(agent, stored.agent);
  return { patch, urgency: isState || 'acknowledged' in members ? 'now' : 'soon' };
}

/** The member of a patch that brings `stored` to `wanted`: nothing, the new value, or `null` to remove it. */
function changed<K extends 'acknowledged' | 'problem'>(
  key: K,
  stored: OsInstanceStatus[K],
  wanted: OsInstanceStatus[K],
): StatusPatch {
  return isSame(stored, wanted) ? {} : { [key]: wanted ?? null };
}

/**
 * The snapshot with the progress of the open call in it. Without an open call progress is left out: an agent that died
 * at work leaves a snapshot that says it is still working.
 */
function relayed(agent: AgentStatus, call: CallState): AgentStatus {
  const { operation } = agent;
  if (operation?.state !== 'Running') return agent;
  const isOpen = call.kind === 'open' && call.key.seq === operation.seq;
  const progress = isOpen ? (call.progress ?? operation.progress) : undefined;
  const { progress: _, ...rest } = operation;
  const shown: AgentOperation = progress === undefined ? rest : { ...rest, progress };
  return { ...agent, operation: shown };
}

/**
 * Revisions count within one boot. The snapshot lies in memory, so that it always is of the running boot, and a stored
 * one with another boot id is always older. The same revision is news only for the progress of an open call.
 */
function isNews(agent: AgentStatus, stored: AgentStatus | undefined): boolean {
  if (stored?.bootId !== agent.bootId) return true;
  if (agent.revision !== stored.revision) return agent.revision > stored.revision;
  const progress = agent.operation?.progress;
  return progress !== undefined && !isSame(progress, stored.operation?.progress);
}

function isOnlyProgress(agent: AgentStatus, stored: AgentStatus | undefined): boolean {
  const [now, before] = [agent.operation, stored?.operation];
  if (stored?.bootId !== agent.bootId || now === undefined || before === undefined) return false;
  const isSamePhase = now.id === before.id && now.phase === before.phase;
  const isRunning = now.state === 'Running' && before.state === 'Running';
  return isSamePhase && isRunning && now.progress?.step === before.progress?.step;
}
