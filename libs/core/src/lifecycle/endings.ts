/** How operations end: through Cancel while the agent may still act, then GiveBack, then closed. */
import type { AgentStatus } from '../api/agent-status.ts';
import type { OperationEnding } from '../api/operation.ts';
import type { NodeView } from '../ports/cluster-views.ts';
import { freshReport } from '../rollout/standing.ts';
import { isCordonOf, isMarked, uncordonChange } from './cordon.ts';
import { keepsSlot } from './course.ts';
import type { PresentView } from './decide-operation.ts';
import { withEnding } from './history.ts';
import { act, wait, type OperationDecision } from './view.ts';

/** Asks the agent to stop; the ending is carried along and takes effect once it did. */
export function release(view: PresentView, ending: OperationEnding): OperationDecision {
  return act({
    type: 'writeOperation',
    operation: { ...view.operation, phase: 'Cancel', ending },
    why: ending.reason,
  });
}

/** The agent has nothing left to do for it: the node is given back. */
export function endWith(view: PresentView, ending: OperationEnding): OperationDecision {
  return act({
    type: 'writeOperation',
    operation: { ...view.operation, phase: 'GiveBack', ending },
    why: ending.reason,
  });
}

/** Uncordons what we cordoned, then closes. After a trial only on a Ready node, and after a switch on a good slot. */
export function giveBack(view: PresentView): OperationDecision {
  const { operation, node } = view;
  const notYet = operation.bootIdBefore === undefined ? undefined : notBackYet(view);
  if (notYet !== undefined) return wait('GivingBack', notYet);
  if (isCordonOf(node, operation) || (operation.type === 'config' && isMarked(node))) {
    return act({ type: 'changeNode', change: uncordonChange(node), why: 'uncordon' });
  }
  const ending = operation.ending ?? { result: 'Succeeded', reason: 'Done', message: '' };
  return act({
    type: 'closeOperation',
    history: withEnding(view.instance.spec.history, operation, ending, view.wallTime),
    ending,
  });
}

function notBackYet(view: PresentView): string | undefined {
  const { node, operation } = view;
  const agent = freshReport(view);
  if (agent === undefined) return `${node.name} has not reported since its last boot`;
  const unsafe = keepsSlot(operation) ? undefined : notOnGoodSlot(node, agent);
  return unsafe ?? (node.ready ? undefined : `${node.name} is not Ready`);
}

function notOnGoodSlot({ name }: NodeView, { bootedSlot, slots }: AgentStatus): string | undefined {
  if (bootedSlot === undefined) return `${name} did not boot from a known slot`;
  if (slots.A.state === 'trial' || slots.B.state === 'trial') {
    return `${name} still has a slot on trial`;
  }
  return slots[bootedSlot].state === 'good'
    ? undefined
    : `${name} runs from slot ${bootedSlot}, which is not confirmed`;
}
