import type { AgentStatus } from '../api/agent-status.ts';
import { otherSlot, type Operation, type OperationTarget, type Phase } from '../api/operation.ts';
import type { OsInstance, OsInstanceSpec } from '../api/os-instance.ts';
import type { Os, OsSpec } from '../api/os.ts';
import { assertNever } from '../errors/kubeos-error.ts';
import type { NodeView } from '../ports/cluster-views.ts';
import { withRetry, withSeq } from '../lifecycle/history.ts';
import { settingsOf, type TargetKey } from '../rollout/target.ts';
import { setsOf, wantedSettings, type SettingsSets } from '../rollout/wanted-settings.ts';
import { swapSlots } from '../settings/request.ts';

/** The next sequence number of a node: above everything the cluster and the agent have seen. */
export function nextSeq(instance: OsInstance): number {
  const { spec, status } = instance;
  return Math.max(spec.history?.seq ?? 0, spec.operation?.seq ?? 0, status.agent?.seq ?? 0) + 1;
}

/** What a new operation is made from. */
export interface NewOperation {
  readonly os: Os;
  readonly spec: OsSpec;
  readonly node: NodeView;
  readonly instance: OsInstance;
  readonly seq: number;
  readonly target: TargetKey;
  readonly retry?: string;
}

/**
 * The spec of the instance with its new operation, and with the sets of settings that it applies: a rollback, which has no
 * Prepare, is admitted already.
 */
export function withNewOperation(
  wanted: NewOperation,
  phase: Phase,
  extra: Pick<Operation, 'admitted' | 'excusedDaemonSetPods'> = {},
): OsInstanceSpec & { readonly operation: Operation } {
  const { os, spec, node, instance, seq } = wanted;
  const operation: Operation = {
    osUid: os.uid,
    osNamespace: os.namespace,
    osName: os.name,
    osGeneration: os.generation,
    nodeUid: node.uid,
    seq,
    type: spec.type,
    phase,
    target: operationTarget(wanted),
    ...(spec.type === 'upgrade' && spec.payload !== undefined ? { payload: spec.payload } : {}),
    parameters: {
      force: spec.force,
      drainTimeoutSeconds: spec.drainTimeoutSeconds,
      confirmTimeoutSeconds: spec.confirmTimeoutSeconds,
      minReadySeconds: spec.minReadySeconds,
    },
    ...extra,
  };
  const { history, sysconfigs: _after, upgradeconfigs: _before, ...rest } = instance.spec;
  return {
    ...rest,
    ...copiedSettings(wanted),
    // Upstream writes `upgrade` for a rollback too; its tools know no other word.
    nodestatus: spec.type === 'config' ? 'config' : 'upgrade',
    namespacedname: { name: os.name, namespace: os.namespace },
    operation,
    history:
      wanted.retry === undefined
        ? withSeq(history, seq)
        : withRetry(history, wanted.target, seq, wanted.retry),
  };
}

/**
 * The sets as the node is to get them. What is not to be applied says what was: a set left from an operation that failed
 * would be applied with this one. The admin speaks of the slots as they are before the switch.
 */
function copiedSettings({ spec, instance: { status } }: NewOperation): SettingsSets {
  const { sysconfigs, upgradeconfigs } = wantedSettings(spec, status);
  const isSwitched = spec.type !== 'config' && sysconfigs !== undefined;
  const after = isSwitched ? swapSlots(sysconfigs) : sysconfigs;
  return setsOf(after ?? status.sysconfigs, upgradeconfigs ?? status.upgradeconfigs);
}

function operationTarget({ spec, instance }: NewOperation): OperationTarget {
  const settings = settingsOf(spec);
  const base = { version: spec.version, ...(settings === undefined ? {} : { settings }) };
  switch (spec.type) {
    case 'upgrade':
      return spec.payload === undefined ? base : { ...base, payloadDigest: spec.payload.digest };
    case 'rollback':
      return { ...base, ...rollbackTarget(instance.status.agent) };
    case 'config':
      return base;
    default:
      return assertNever(spec.type);
  }
}

function rollbackTarget(agent: AgentStatus | undefined): Omit<OperationTarget, 'version'> {
  if (agent?.bootedSlot === undefined) return {};
  const slot = otherSlot(agent.bootedSlot);
  const { slotDigest, payloadDigest } = agent.slots[slot];
  return {
    slot,
    ...(slotDigest === undefined ? {} : { slotDigest }),
    ...(payloadDigest === undefined ? {} : { payloadDigest }),
  };
}
