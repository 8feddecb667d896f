/** How operations end: through Cancel while the agent may still act, then GiveBack, then closed. */
import type { OperationEnding } from '../api/operation.ts';
import { freshReport } from '../rollout/standing.ts';
import { isCordonOf, uncordonChange } from './cordon.ts';
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

/** Uncordons what we cordoned, then closes. After a switch only on a good slot and a Ready node. */
export function giveBack(view: PresentView): OperationDecision {
  const { operation, node } = view;
  const notYet = operation.bootIdBefore === undefined ? undefined : notBackYet(view);
  if (notYet !== undefined) return wait('GivingBack', notYet);
  if (isCordonOf(node, operation)) {
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
  const { node } = view;
  const agent = freshReport(view);
  if (agent?.bootedSlot === undefined) return `${node.name} has not reported since its last boot`;
  const { A, B } = agent.slots;
  if (A.state === 'trial' || B.state === 'trial') return `${node.name} still has a slot on trial`;
  if (agent.slots[agent.bootedSlot].state !== 'good') {
    return `${node.name} runs from slot ${agent.bootedSlot}, which is not confirmed`;
  }
  return node.ready ? undefined : `${node.name} is not Ready`;
}
