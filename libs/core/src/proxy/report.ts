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
  readonly urgency: Urgency;
}

/**
 * `now`: the operator goes by it, and it only ever moves on. `soon`: something that a second proxy on the node may see
 * differently; paced, so that two of them cannot race each other. `leap`, `step`: how far the open call has come, by a
 * good part of its way or by less.
 */
export type Urgency = 'now' | 'soon' | 'leap' | 'step';

/** The good part of the way. */
const leapFraction = 0.05;

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
  if (agent === undefined || !isNews(agent, stored.agent)) {
    return { patch: members, urgency: 'acknowledged' in members ? 'now' : 'soon' };
  }
  const patch = { ...members, agent };
  const advanced = 'acknowledged' in members ? undefined : advance(agent, stored.agent);
  if (advanced === undefined) return { patch, urgency: 'now' };
  return { patch, urgency: Object.keys(members).length > 0 ? 'soon' : advanced };
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
 * one with another boot id is always older. A higher one may bring nothing but progress that the open call told before;
 * the same one is news only for the progress of an open call.
 */
function isNews(agent: AgentStatus, stored: AgentStatus | undefined): boolean {
  if (stored?.bootId !== agent.bootId) return true;
  const progress = agent.operation?.progress;
  if (agent.revision > stored.revision) {
    return progress === undefined || !isSame(agent, { ...stored, revision: agent.revision });
  }
  const isSameRevision = agent.revision === stored.revision;
  return isSameRevision && progress !== undefined && !isSame(progress, stored.operation?.progress);
}

/** How far the open call has come since, when nothing else differs. Of an unknown total every part is a good one. */
function advance(agent: AgentStatus, stored: AgentStatus | undefined): Urgency | undefined {
  const progress = agent.operation?.progress;
  if (progress === undefined || stored?.operation?.progress === undefined) return undefined;
  const { step, bytesDone } = stored.operation.progress;
  const operation = { ...stored.operation, progress };
  const isOnlyProgress = isSame(agent, { ...stored, revision: agent.revision, operation });
  if (!isOnlyProgress || progress.step !== step) return undefined;
  const { bytesTotal = 0 } = progress;
  return Math.abs(progress.bytesDone - bytesDone) >= bytesTotal * leapFraction ? 'leap' : 'step';
}
