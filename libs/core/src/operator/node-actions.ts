/** The executors of a node's actions: each writes once, guarded, and believes a write only when its answer shows it. */
import { assertNever, KubeosError } from '../errors/index.ts';
import type { OsInstanceSpec, OsInstanceStatus } from '../api/os-instance.ts';
import type { Operation, OperationEnding } from '../api/operation.ts';
import { operationFields } from '../lifecycle/operation-fields.ts';
import { describeNodeAction, type NodeAction, type OperationView } from '../lifecycle/view.ts';
import type { ClusterEvent } from '../ports/cluster.ts';
import type { WaitReason } from '../rollout/tally.ts';
import { setsOf } from '../rollout/wanted-settings.ts';
import { tell, type OperatorContext } from './context.ts';

type Executors = {
  readonly [K in NodeAction['type']]: (
    context: OperatorContext,
    view: OperationView,
    action: Extract<NodeAction, { readonly type: K }>,
  ) => Promise<WaitReason | undefined>;
};

/** Carries an action out; answers why it has to be waited for, where the cluster said so. */
export async function carryOut(
  context: OperatorContext,
  view: OperationView,
  action: NodeAction,
): Promise<WaitReason | undefined> {
  context.log.info(
    {
      ...operationFields(view.instance.name, view.operation),
      action: describeNodeAction(action),
    },
    'Working on node',
  );
  switch (action.type) {
    case 'writeOperation':
      return executors.writeOperation(context, view, action);
    case 'closeOperation':
      return executors.closeOperation(context, view, action);
    case 'changeNode':
      return executors.changeNode(context, view, action);
    case 'evict':
      return executors.evict(context, view, action);
    case 'recordHistory':
      return executors.recordHistory(context, view, action);
    default:
      return assertNever(action);
  }
}

const executors: Executors = {
  async writeOperation(context, { instance, operation: before }, { operation, history, why }) {
    const spec = { ...instance.spec, operation, ...(history === undefined ? {} : { history }) };
    await writeSpec(context, instance, spec, true);
    if (before.bootIdBefore === undefined && operation.bootIdBefore !== undefined) {
      context.memory.witnessed.add(`${instance.name}/${String(operation.seq)}`);
    }
    // A commit is told as the outcome that follows it.
    if (operation.phase !== 'Confirm') {
      await tell(context, eventOf(instance, operation.ending, operation.phase, why));
    }
    return undefined;
  },

  async closeOperation(context, { instance, operation }, { history, ending }) {
    const { operation: _closed, namespacedname: _owner, ...rest } = instance.spec;
    const kept = ending.result === 'Succeeded' ? rest : withAppliedSets(rest, instance.status);
    await writeSpec(context, instance, { ...kept, nodestatus: 'idle', history }, false);
    const mark = `${instance.name}/${String(operation.seq)}`;
    context.memory.evicting.delete(mark);
    context.memory.witnessed.delete(mark);
    context.memory.leases.delete(instance.name);
    // What was given back has told its outcome.
    if (operation.phase !== 'GiveBack') {
      await tell(context, eventOf(instance, ending, 'Closed', ending.reason));
    }
    return undefined;
  },

  async changeNode(context, { node }, { change }) {
    if (node !== undefined) await context.api.changeNode(node, change);
    return undefined;
  },

  async evict(context, view, { pods }) {
    // An eviction has no guard of its own: that the operation still stands is read past all caches.
    const current = await context.api.getInstance(view.instance.name);
    const { seq, phase } = view.operation;
    if (current?.spec.operation?.seq !== seq || current.spec.operation.phase !== phase) {
      return undefined;
    }
    context.memory.evicting.add(`${view.instance.name}/${String(seq)}`);
    let blocked: WaitReason | undefined;
    for (const pod of pods) {
      const answer = await context.api.evict(pod);
      if (answer.kind !== 'blocked') continue;
      const message = `${pod.namespace}/${pod.name} cannot be evicted: ${answer.message}`;
      blocked ??= { reason: 'EvictionBlocked', message };
    }
    return blocked;
  },

  async recordHistory(context, { instance }, { history, why }) {
    await writeSpec(context, instance, { ...instance.spec, history }, true);
    await tell(context, {
      about: aboutInstance(instance),
      type: 'Warning',
      reason: 'NodeLost',
      message: why,
    });
    return { reason: 'NodeLost', message: why };
  },
};

/** Writes the spec and checks that the server kept it: an older CRD would drop what it does not know. */
export async function writeSpec(
  context: OperatorContext,
  instance: OperationView['instance'],
  spec: OsInstanceSpec,
  withFinalizer: boolean,
): Promise<OperationView['instance']> {
  const stored = await context.api.writeInstance(instance, spec, withFinalizer);
  const wanted = spec.operation;
  const kept = stored.spec.operation;
  const isKept =
    wanted?.seq === kept?.seq &&
    wanted?.phase === kept?.phase &&
    spec.history?.seq === stored.spec.history?.seq;
  if (isKept) return stored;
  throw new KubeosError(
    'CRD_OUTDATED',
    `The API server dropped the operation of OSInstance ${instance.name}; apply the CRDs of this release`,
  );
}

const begins = { Preparing: 'Beginning an operation', Admitted: 'Admitting an operation' } as const;

/** An event about the Node, where people look who wonder what takes its pods away. */
export async function tellOfNode(
  context: OperatorContext,
  node: string,
  operation: Operation,
  reason: 'Preparing' | 'Admitted',
): Promise<void> {
  context.log.info(operationFields(node, operation), begins[reason]);
  const { osNamespace, osName, type, target, nodeUid } = operation;
  const what = target.settings === undefined ? target.version : `settings ${target.settings}`;
  await tell(context, {
    about: { kind: 'Node', name: node, uid: nodeUid },
    type: 'Normal',
    reason,
    message: `${reason}: ${type} to ${what} for OS ${osNamespace}/${osName}`,
  });
}

function aboutInstance(instance: OperationView['instance']): {
  readonly kind: 'OSInstance';
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
} {
  return { kind: 'OSInstance', namespace: 'default', name: instance.name, uid: instance.uid };
}

function eventOf(
  instance: OperationView['instance'],
  ending: OperationEnding | undefined,
  phase: string,
  why: string,
): ClusterEvent {
  const isBad = ending?.result === 'Failed';
  const message = ending === undefined || ending.message === '' ? why : ending.message;
  return {
    about: aboutInstance(instance),
    type: isBad ? 'Warning' : 'Normal',
    reason: ending?.reason ?? phase,
    message: `${phase}: ${message}`,
  };
}

/** Sets that a failed operation did not bring to the node are not what it is wanted to have any more. */
function withAppliedSets(
  { sysconfigs: _after, upgradeconfigs: _before, ...spec }: OsInstanceSpec,
  { sysconfigs, upgradeconfigs }: OsInstanceStatus,
): OsInstanceSpec {
  return { ...spec, ...setsOf(sysconfigs, upgradeconfigs) };
}
