/** Where one selected node stands with regard to its `OS`: done, at work, next, or waiting for what. */
import { retryAnnotation } from '../api/names.ts';
import type { AgentStatus } from '../api/agent-status.ts';
import type { HistoryEntry } from '../api/operation.ts';
import type { OsInstance } from '../api/os-instance.ts';
import type { Os, OsSpec } from '../api/os.ts';
import type { NodeView } from '../ports/cluster-views.ts';
import { retryPauseSeconds } from './backoff.ts';
import { obstacleOn } from './obstacle.ts';
import { historyOf, idleSlot, targetOf, type TargetKey } from './target.ts';
import { wantedSettings } from './wanted-settings.ts';

/** Most times that Activate is written for one target on one node without a person asking for more. */
export const maxActivates = 3;

/** Where a node stands. Reasons are CamelCase and end up in `OS.status.waiting`. */
export type Standing =
  | { readonly kind: 'updated'; readonly digestDiffers: boolean }
  /** An operation of this `OS` is open. */
  | { readonly kind: 'open' }
  /** May start. */
  | (Start & { readonly kind: 'eligible' })
  /** `pauseSeconds` counts from when the leader first saw `pauseKey`; without them only a change helps. */
  | {
      readonly kind: 'waiting';
      readonly reason: string;
      readonly message: string;
      readonly pause?: { readonly key: string; readonly seconds: number };
      readonly then?: Start;
    }
  /** Given up for this target until it changes or a person asks for a retry. */
  | { readonly kind: 'failed'; readonly reason: string; readonly message: string };

/** What a node is started for; `retry` is the annotation value that allows it. */
export interface Start {
  readonly target: TargetKey;
  readonly retry?: string;
}

/** Facts about one node, as the caches hold them. */
export interface NodeFacts {
  readonly node: NodeView;
  readonly instance: OsInstance | undefined;
}

function waiting(reason: string, message: string): Standing {
  return { kind: 'waiting', reason, message };
}

/** What the node may be started for, once its pause is over. */
export function startOf(standing: Standing): Start | undefined {
  if (standing.kind === 'waiting') return standing.then;
  if (standing.kind !== 'eligible') return undefined;
  const { target, retry } = standing;
  return retry === undefined ? { target } : { target, retry };
}

/** The agent's report when it speaks of this Node and this very boot; older reports prove nothing. */
export function freshReport(facts: NodeFacts): AgentStatus | undefined {
  const status = facts.instance?.status;
  if (status?.agent === undefined || status.nodeUid !== facts.node.uid) return undefined;
  return status.agent.bootId === facts.node.bootId ? status.agent : undefined;
}

/** The slot the node runs from, when it is `good` and holds this version. */
export function runsConfirmed(agent: AgentStatus, version: string): boolean {
  if (agent.bootedSlot === undefined) return false;
  const slot = agent.slots[agent.bootedSlot];
  return slot.state === 'good' && agent.version === version;
}

/** A trial, of a slot or of settings, that no open operation speaks for; it is left to its timer and never confirmed. */
export function isUnownedTrial(facts: NodeFacts): boolean {
  const agent = freshReport(facts);
  if (agent?.bootedSlot === undefined || facts.instance?.spec.operation !== undefined) return false;
  return agent.slots[agent.bootedSlot].state === 'trial' || triesSettings(agent);
}

/** Settings of a config that need nobody's confirmation are committed at once. */
function triesSettings({ operation }: AgentStatus): boolean {
  return (
    operation?.type === 'config' && operation.phase === 'After' && operation.result === 'Configured'
  );
}

/** Decides where the node stands. `os.spec` must be there. */
export function standingOf(os: Os, spec: OsSpec, facts: NodeFacts): Standing {
  const { node, instance } = facts;
  const operation = instance?.spec.operation;
  if (operation !== undefined) {
    return operation.osUid === os.uid
      ? { kind: 'open' }
      : waiting(
          'BusyWithOther',
          `${operation.osNamespace}/${operation.osName} has an operation open on ${node.name}`,
        );
  }
  const [unreadable] = instance?.unreadable ?? [];
  if (unreadable !== undefined) {
    const { path, message } = unreadable;
    return waiting('Unreadable', `${path} of the OSInstance of ${node.name} ${message}`);
  }
  const agent = freshReport(facts);
  if (agent === undefined) return noReport(facts);
  if (isUnownedTrial(facts)) {
    return waiting('UnownedTrial', `${node.name} is in a trial that no operation asked for`);
  }
  const settled = settledStanding(spec, agent, facts);
  if (settled !== undefined) return settled;
  return startStanding(os, spec, agent, facts);
}

function noReport({ node, instance }: NodeFacts): Standing {
  const status = instance?.status;
  if (status?.agent === undefined) {
    return waiting('NoProxy', `os-proxy on ${node.name} has not reported yet`);
  }
  if (status.nodeUid === undefined) {
    return waiting('NodeUnread', `os-proxy on ${node.name} has not read its Node yet`);
  }
  if (status.nodeUid !== node.uid) {
    return waiting('ReportForeign', `The report is of another Node named ${node.name}`);
  }
  return waiting('ReportStale', `The report of ${node.name} is of another boot`);
}

function settledStanding(spec: OsSpec, agent: AgentStatus, facts: NodeFacts): Standing | undefined {
  if (spec.type === 'config') {
    const isDone = wantedSettings(spec, facts.instance?.status).sysconfigs === undefined;
    return isDone ? { kind: 'updated', digestDiffers: false } : undefined;
  }
  if (!runsConfirmed(agent, spec.version)) return undefined;
  return { kind: 'updated', digestDiffers: digestDiffers(spec, agent) };
}

function digestDiffers(spec: OsSpec, agent: AgentStatus): boolean {
  const has =
    agent.bootedSlot === undefined ? undefined : agent.slots[agent.bootedSlot].payloadDigest;
  const wants = spec.payload?.digest;
  return has !== undefined && wants !== undefined && has !== wants;
}

/** What keeps a node that needs work from starting it. */
function startStanding(os: Os, spec: OsSpec, agent: AgentStatus, facts: NodeFacts): Standing {
  return (
    keptOut(agent, facts) ??
    notAble(spec, agent, facts) ??
    afterHistory(os, facts) ??
    waiting('InvalidSpec', 'The object is not valid')
  );
}

function keptOut(agent: AgentStatus, { node, instance }: NodeFacts): Standing | undefined {
  if (agent.held) {
    return waiting(
      'Held',
      `${node.name} was rolled back at its console; os-agent release ends that`,
    );
  }
  if (instance?.deleting === true) {
    return waiting('InstanceDeleting', `The OSInstance of ${node.name} is being deleted`);
  }
  const obstacle = obstacleOn(node);
  return obstacle === undefined ? undefined : { kind: 'waiting', ...obstacle };
}

function notAble(
  spec: OsSpec,
  agent: AgentStatus,
  { node, instance }: NodeFacts,
): Standing | undefined {
  const ambiguous = agent.warnings.find((warning) => warning.reason === 'AmbiguousDisk');
  if (ambiguous !== undefined) return waiting('AmbiguousDisk', ambiguous.message);
  if (spec.type === 'config' && agent.version !== spec.version) {
    return waiting('VersionDiffers', `${node.name} runs ${agent.version}, not ${spec.version}`);
  }
  const { sysconfigs, upgradeconfigs } = wantedSettings(spec, instance?.status);
  const hasSettings = (sysconfigs ?? upgradeconfigs) !== undefined;
  // Settings that would not be applied must never look like a success.
  if (hasSettings && !agent.capabilities.includes('settings')) {
    return waiting('SettingsUnsupported', `The agent of ${node.name} does not apply settings`);
  }
  return spec.type === 'rollback'
    ? rollbackImpossible(spec, agent, node)
    : imageUnsupported(spec, agent, node);
}

function imageUnsupported(
  { payload }: OsSpec,
  { capabilities }: AgentStatus,
  { name }: NodeView,
): Standing | undefined {
  if (payload === undefined || capabilities.includes(payload.imageType)) return undefined;
  return waiting(
    'ImageTypeUnsupported',
    `The agent of ${name} cannot fetch imagetype ${payload.imageType}`,
  );
}

function rollbackImpossible(
  spec: OsSpec,
  agent: AgentStatus,
  node: NodeView,
): Standing | undefined {
  if (!agent.capabilities.includes('rollback')) {
    return waiting('RollbackImpossible', `The agent of ${node.name} cannot roll back`);
  }
  const idle = idleSlot(agent);
  if (idle === undefined) {
    return waiting('RollbackImpossible', `${node.name} did not boot from a known slot`);
  }
  const usable = idle.state === 'good' || idle.state === 'ready';
  if (usable && idle.version === spec.version) return undefined;
  const holds = idle.version ?? 'no version';
  return waiting(
    'RollbackImpossible',
    `Slot ${idle.name} of ${node.name} is ${idle.state} and holds ${holds}, not ${spec.version}`,
  );
}

function afterHistory(os: Os, facts: NodeFacts): Standing | undefined {
  const target = targetOf(os, facts.instance);
  if (target === undefined) return undefined;
  const entry = historyOf(facts.instance?.spec.history, target);
  const retry = usableRetry(facts.node, entry, target);
  if (retry !== undefined) return { kind: 'eligible', target, retry };
  const { last } = entry;
  if (entry.counted && last !== undefined) {
    return { kind: 'failed', reason: last.reason, message: last.message };
  }
  // Attempts that were cancelled leave no ending, and count all the same.
  if (isExhausted(entry)) return exhausted(facts.node, entry);
  if (last === undefined) return { kind: 'eligible', target };
  return {
    kind: 'waiting',
    reason: last.reason,
    message: last.message,
    pause: {
      key: `pause:${String(last.seq)}`,
      seconds: retryPauseSeconds(last, entry.attempts),
    },
    then: { target },
  };
}

function isExhausted({ activates }: HistoryEntry): boolean {
  return activates >= maxActivates;
}

function exhausted(node: NodeView, { activates, last }: HistoryEntry): Standing {
  const why = last === undefined ? '' : `: ${last.message}`;
  const message = `${node.name} was activated ${String(activates)} times without success${why}`;
  return { kind: 'failed', reason: 'AttemptsExhausted', message };
}

/** The value by which a retry of the target is asked for; absent while nobody knows what a rollback goes to. */
export function retryName({ type, settings, digest }: TargetKey): string | undefined {
  return type === 'config' ? settings : digest;
}

/** True while there is nothing to be tried again. */
export function isUntried(entry: HistoryEntry): boolean {
  return entry.last === undefined && !isExhausted(entry);
}

/** The retry annotation's value when it names this target, optionally with `#n`, and was not used up before. */
function usableRetry(node: NodeView, entry: HistoryEntry, target: TargetKey): string | undefined {
  const value = node.annotations[retryAnnotation];
  const name = retryName(target);
  if (value === undefined || name === undefined) return undefined;
  if (entry.consumedRetry === value || isUntried(entry)) return undefined;
  return value === name || value.startsWith(`${name}#`) ? value : undefined;
}
