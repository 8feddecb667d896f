/**
 * The ticket of an `OS`: admission by compare-and-set on its status, and its carrying through. A crash anywhere leaves
 * either no ticket or one that the next leader carries through; never a node taken out of service that is not counted.
 */
import { KubeosError } from '../errors/index.ts';
import {
  hasUnreadableTicket,
  type Admission,
  type Os,
  type OsSpec,
  type PendingAdmission,
} from '../api/os.ts';
import type { Operation } from '../api/operation.ts';
import type { OsInstance } from '../api/os-instance.ts';
import { unreadyDaemonSets } from '../drain/index.ts';
import { isPrepared, isUnnoticed } from '../lifecycle/course.ts';
import type { NodeView } from '../ports/cluster-views.ts';
import { standingOf, startOf } from '../rollout/standing.ts';
import type { OperatorContext } from './context.ts';
import { nextSeq, withNewOperation } from './new-operation.ts';
import { tellOfNode, writeSpec } from './node-actions.ts';

/** The ticket of an object that never had one. */
export const noTicket: Admission = { epoch: 0, pending: [] };

/** Writes the ticket and checks that the server kept it. */
export async function writeTicket(
  context: OperatorContext,
  os: Os,
  admission: Admission,
): Promise<Os> {
  const stored = await context.api.writeOsStatus(os, { ...os.status, admission });
  const kept = stored.status.admission;
  const isKept =
    kept?.epoch === admission.epoch &&
    kept.lastTime === admission.lastTime &&
    kept.pending.length === admission.pending.length;
  if (isKept) return stored;
  throw new KubeosError(
    'CRD_OUTDATED',
    `The API server dropped the admission ticket of ${os.namespace}/${os.name}; apply the CRDs of this release`,
  );
}

/**
 * Raises the epoch once a term, so that whatever an older leader still writes on this object conflicts.
 *
 * A ticket that cannot be read is answered as it is: a new one would forget what is out of service.
 *
 * @throws KubeosError `NOT_LEADING` when somebody has raised it since: a newer leader is at work.
 */
export async function raiseEpoch(context: OperatorContext, os: Os): Promise<Os> {
  const { term } = context;
  const raised = context.memory.epochs.get(os.uid);
  if (raised?.term === term) {
    if ((os.status.admission?.epoch ?? 0) <= raised.epoch) return os;
    throw new KubeosError(
      'NOT_LEADING',
      `A newer leader has taken over ${os.namespace}/${os.name}`,
    );
  }
  const current = await context.api.getOs(os.namespace, os.name);
  if (current?.uid !== os.uid) throw new KubeosError('CONFLICT', `OS ${os.name} was replaced`);
  if (hasUnreadableTicket(current)) return current;
  const ticket = current.status.admission ?? noTicket;
  const epoch = ticket.epoch + 1;
  const stored = await writeTicket(context, current, { ...ticket, epoch });
  context.memory.epochs.set(os.uid, { term, epoch });
  return stored;
}

/** Carries every entry through; an entry that is done already is recognised by its node's records. */
export async function rollForward(
  context: OperatorContext,
  os: Os,
  pending: readonly PendingAdmission[],
): Promise<void> {
  for (const entry of pending) await rollForwardOne(context, os, entry);
}

async function rollForwardOne(
  context: OperatorContext,
  os: Os,
  entry: PendingAdmission,
): Promise<void> {
  const node = await context.api.getNode(entry.node);
  const instance = await context.api.getInstance(entry.node);
  if (node?.uid !== entry.nodeUid || instance === undefined) return;
  const { operation, history } = instance.spec;
  if (operation?.seq === entry.seq) return admitPrepared(context, os, instance, operation);
  const isNew = operation === undefined && (history?.seq ?? 0) < entry.seq;
  const spec = specToBegin(os);
  if (!isNew || spec === undefined) return;
  await createAdmitted(context, os, spec, instance, node, entry.seq);
}

/** What a ticket alone may still begin: all but a rollback begin with Prepare, and for an object that goes nothing begins. */
function specToBegin({ spec, deleting }: Os): OsSpec | undefined {
  return deleting || spec?.type !== 'rollback' ? undefined : spec;
}

/** Numbers are of the node, not of the object: another object may have used this one since the ticket was written. */
async function admitPrepared(
  context: OperatorContext,
  os: Os,
  instance: OsInstance,
  operation: Operation,
): Promise<void> {
  if (operation.osUid !== os.uid || operation.phase !== 'Prepare') return;
  if (!isPrepared(operation)) return;
  const admitted = await admittedFrom(context, instance.name, operation);
  await writeSpec(context, instance, { ...instance.spec, operation: admitted }, true);
  await tellOfNode(context, instance.name, admitted, 'Admitted');
}

/** The next phase: settings that nobody on the node notices need neither drain nor budget. */
async function admittedFrom(
  { api }: OperatorContext,
  node: string,
  operation: Operation,
): Promise<Operation> {
  if (isUnnoticed(operation)) return { ...operation, phase: 'After' };
  const excusedDaemonSetPods = unreadyDaemonSets(await api.listPods(node));
  return { ...operation, phase: 'Drain', admitted: true, excusedDaemonSetPods };
}

/** A rollback has no Prepare: its operation is created when it is admitted. */
async function createAdmitted(
  context: OperatorContext,
  os: Os,
  spec: OsSpec,
  instance: OsInstance,
  node: NodeView,
  seq: number,
): Promise<void> {
  // By the fresh reads; a pause before it was over when the ticket was written.
  const start = startOf(standingOf(os, spec, { node, instance }));
  if (start === undefined || nextSeq(instance) !== seq) return;
  const excusedDaemonSetPods = unreadyDaemonSets(await context.api.listPods(node.name));
  const next = withNewOperation({ os, spec, node, instance, seq, ...start }, 'Drain', {
    admitted: true,
    excusedDaemonSetPods,
  });
  await writeSpec(context, instance, next, true);
  await tellOfNode(context, node.name, next.operation, 'Admitted');
}
