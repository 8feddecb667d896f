/** What the proxy has to write into the status of its `OSInstance`, as a patch of what differs. */
import type { AgentOperation, AgentStatus } from '../api/agent-status.ts';
import type { OsInstance, OsInstanceStatus, SettingsSet } from '../api/os-instance.ts';
import { settingsVersion } from '../lifecycle/settings-to-apply.ts';
import type { StatusPatch } from '../ports/proxy.ts';
import type { CallState } from './call-state.ts';
import { isSame } from '../same.ts';

type Problem = NonNullable<OsInstanceStatus['problem']>;
type Acknowledged = NonNullable<OsInstanceStatus['acknowledged']>;
type SetName = 'sysconfigs' | 'upgradeconfigs';

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
  const news = newsOf(known, stored);
  const members: StatusPatch = {
    ...(known.nodeUid !== undefined && known.nodeUid !== stored.nodeUid
      ? { nodeUid: known.nodeUid }
      : {}),
    ...(known.proxyVersion === stored.proxyVersion ? {} : { proxyVersion: known.proxyVersion }),
    ...changed('acknowledged', stored.acknowledged, known.acknowledged),
    ...changed('problem', stored.problem, known.problem),
    ...appliedSets(instance, news ?? stored.agent),
  };
  if (news === undefined) {
    return { patch: members, urgency: 'acknowledged' in members ? 'now' : 'soon' };
  }
  const patch = { ...members, agent: news };
  const advanced = 'acknowledged' in members ? undefined : advance(news, stored.agent);
  if (advanced === undefined) return { patch, urgency: 'now' };
  return { patch, urgency: Object.keys(members).length > 0 ? 'soon' : advanced };
}

/** The member of a patch that brings `stored` to `wanted`: nothing, the new value, or `null` to remove it. */
function changed<K extends 'acknowledged' | 'problem' | SetName>(
  key: K,
  stored: OsInstanceStatus[K],
  wanted: OsInstanceStatus[K],
): StatusPatch {
  return isSame(stored, wanted) ? {} : { [key]: wanted ?? null };
}

/**
 * The sets that the agent applied last. It tells their versions alone; the content is that of the wanted set, or the
 * stored one, of that version. While a phase is at work what it applies is not yet applied.
 */
function appliedSets({ spec, status }: OsInstance, agent: AgentStatus | undefined): StatusPatch {
  if (agent?.settings === undefined || agent.operation?.state === 'Running') return {};
  const { before, after } = agent.settings;
  const applied = (name: SetName, version: string | undefined): SettingsSet | undefined => {
    if (version === undefined) return undefined;
    const known = [spec[name], status[name]].filter((set) => set !== undefined);
    return known.find((set) => settingsVersion(set) === version) ?? { version };
  };
  return {
    ...changed('upgradeconfigs', status.upgradeconfigs, applied('upgradeconfigs', before)),
    ...changed('sysconfigs', status.sysconfigs, applied('sysconfigs', after)),
  };
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

/** The snapshot to be written, if it is newer than the stored one. */
function newsOf(known: ReportInput, stored: OsInstanceStatus): AgentStatus | undefined {
  if (known.agent === undefined) return undefined;
  const agent = relayed(known.agent, known.call);
  const isReread =
    known.proxyVersion !== stored.proxyVersion && isReadOtherwise(agent, stored.agent);
  return isReread || isNews(agent, stored.agent) ? agent : undefined;
}

/** A proxy of another version does not know every word of the agent: what it has left out of a snapshot is told now. */
function isReadOtherwise(agent: AgentStatus, stored: AgentStatus | undefined): boolean {
  const isSameSnapshot = stored?.bootId === agent.bootId && stored.revision === agent.revision;
  return isSameSnapshot && !isSame(agent, stored);
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
