import { freshReport } from '../rollout/standing.ts';
import { cordonChange, isCordonOf, isMarked, markChange } from './cordon.ts';
import { isUnnoticed } from './course.ts';
import type { PresentView } from './decide-operation.ts';
import { isAcknowledged, proxySilent, silentSeconds } from './prepare.ts';
import { act, wait, type OperationDecision } from './view.ts';

/**
 * From Drain to Confirm nobody else may make the node schedulable: a pod bound now would be rebooted away. A node whose
 * settings nobody notices only carries the label.
 */
export function claimNode(view: PresentView): OperationDecision | undefined {
  if (isUnnoticed(view.operation)) {
    if (isMarked(view.node)) return undefined;
    return act({ type: 'changeNode', change: markChange, why: 'mark' });
  }
  if (view.node.unschedulable && isCordonOf(view.node, view.operation)) return undefined;
  return act({ type: 'changeNode', change: cordonChange(view.operation), why: 'cordon again' });
}

/** True when the node runs the candidate of this operation, on trial, in another boot than before. */
export function isInTrial(view: PresentView): boolean {
  const { operation, node } = view;
  const agent = freshReport(view);
  if (agent?.bootedSlot === undefined || node.bootId === operation.bootIdBefore) return false;
  return (
    agent.seq === operation.seq &&
    agent.bootedSlot === operation.target.slot &&
    agent.slots[agent.bootedSlot].state === 'trial'
  );
}

/** Activate: the agent arms the candidate and reboots; the trial is seen in the report of the next boot. */
export function decideActivate(view: PresentView): OperationDecision {
  const { operation, node, instance } = view;
  if (isInTrial(view)) {
    return act({
      type: 'writeOperation',
      operation: { ...operation, phase: 'After' },
      why: `slot ${operation.target.slot ?? ''} is on trial`,
    });
  }
  const cordon = claimNode(view);
  if (cordon !== undefined) return cordon;
  const key = `ack:${String(operation.seq)}:Activate:${String(isAcknowledged(view))}`;
  const waited = view.since(key);
  if (!isAcknowledged(view)) {
    return waited >= silentSeconds
      ? wait('ProxySilent', proxySilent(view).message)
      : wait('ProxyPending', `Waiting for os-proxy on ${node.name}`, silentSeconds - waited);
  }
  const { problem } = instance.status;
  if (problem?.seq === operation.seq && problem.phase === operation.phase) {
    return wait('ActivateRefused', `${problem.code}: ${problem.message}`);
  }
  return wait('Rebooting', `${node.name} is switching to slot ${operation.target.slot ?? ''}`);
}
