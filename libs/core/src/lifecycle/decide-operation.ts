/** The state machine of one node's open operation: what the operator does next about it, and why it waits. */
import type { AgentOperation, AgentStatus } from '../api/agent-status.ts';
import type { Operation, OperationEnding } from '../api/operation.ts';
import { errorCodes, isErrorCode } from '../errors/codes.ts';
import { assertNever } from '../errors/kubeos-error.ts';
import type { NodeView } from '../ports/cluster-views.ts';
import { freshReport } from '../rollout/standing.ts';
import { decideActivate, isInTrial } from './activate.ts';
import { decideBefore } from './before.ts';
import { decideConfirm } from './confirm.ts';
import { keepsSlot } from './course.ts';
import { decideDrain } from './drain.ts';
import { endWith, giveBack, release } from './endings.ts';
import { withEnding } from './history.ts';
import { decidePrepare } from './prepare.ts';
import { isSuperseded } from './superseded.ts';
import { act, wait, type OperationDecision, type OperationView } from './view.ts';

/** Grace in seconds beside `confirmTimeoutSeconds` before a node that says nothing is called lost. */
const rebootGraceSeconds = 300;
/** How many such times the operator waits. */
const lostFactor = 3;

/** A view whose Node is there and is the one the operation was made for. */
export type PresentView = OperationView & { readonly node: NodeView };

/** Decides. Total and deterministic in the view. */
export function decideOperation(view: OperationView): OperationDecision {
  if (!isPresent(view)) return nodeGone(view);
  const lostAfter =
    lostFactor * (view.operation.parameters.confirmTimeoutSeconds + rebootGraceSeconds);
  const activatedFor =
    view.operation.bootIdBefore === undefined
      ? 0
      : view.since(`activated:${String(view.operation.seq)}`);
  const decision = settle(view) ?? decidePhase(view);
  if (decision.actions.length > 0 || decision.need !== undefined) return decision;
  if (view.operation.bootIdBefore === undefined) return decision;
  return activatedFor < lostAfter
    ? { ...decision, requeue: withDeadline(decision, lostAfter - activatedFor) }
    : nodeLost(view, decision);
}

function isPresent(view: OperationView): view is PresentView {
  return view.node?.uid === view.operation.nodeUid;
}

function withDeadline(decision: OperationDecision, seconds: number): OperationDecision['requeue'] {
  if (decision.requeue.kind !== 'onChange') return decision.requeue;
  return { kind: 'after', seconds };
}

function nodeGone(view: OperationView): OperationDecision {
  const ending: OperationEnding = {
    result: 'Failed',
    class: 'lost',
    reason: 'NodeGone',
    message: `Node ${view.instance.name} with uid ${view.operation.nodeUid} is gone`,
  };
  const { history } = view.instance.spec;
  return act({
    type: 'closeOperation',
    history: withEnding(history, view.operation, ending, view.wallTime),
    ending,
  });
}

function nodeLost(view: PresentView, decision: OperationDecision): OperationDecision {
  const { operation, node, os } = view;
  const lost: OperationEnding = {
    result: 'Failed',
    class: 'lost',
    reason: 'NodeLost',
    message: `${node.name} ${openOutcome(operation)}; its cordon stays, and a late report still counts`,
  };
  const isKnown = operation.phase === 'GiveBack';
  const ending = isKnown ? (operation.ending ?? lost) : lost;
  const history = withEnding(view.instance.spec.history, operation, ending, view.wallTime);
  if (os?.deleting === true && !node.ready) return act({ type: 'closeOperation', history, ending });
  // It came back late and is looked at as any other; what was counted against it stays.
  if (isKnown || (node.ready && isInTrial(view))) return decision;
  const recorded = view.instance.spec.history?.entries.some(
    ({ last }) => last?.seq === operation.seq && last.reason === 'NodeLost',
  );
  if (recorded === true) return wait('NodeLost', ending.message, 60);
  return act({ type: 'recordHistory', history, why: ending.message });
}

function openOutcome(operation: Operation): string {
  return keepsSlot(operation)
    ? 'has not told what became of its settings'
    : 'has not come back from its reboot';
}

/** What the agent's own word, or a change of the object, settles whatever the phase. */
function settle(view: PresentView): OperationDecision | undefined {
  const { operation } = view;
  if (operation.phase === 'GiveBack') return giveBack(view);
  const outcome = outcomeOf(view);
  if (outcome !== undefined) return endWith(view, outcome);
  if (operation.phase === 'Cancel') return decideCancel(view);
  if (operation.phase !== 'Confirm' && isSuperseded(view)) {
    return release(view, {
      result: 'Cancelled',
      class: 'blocked',
      reason: 'Superseded',
      message: `${operation.osNamespace}/${operation.osName} wants something else by now`,
    });
  }
  return abandoned(view) ?? refused(view);
}

/** Prepared for an object that is gone: nobody will admit it any more. What was admitted is finished from its record. */
function abandoned(view: PresentView): OperationDecision | undefined {
  const { operation, os } = view;
  if (os !== undefined || operation.phase !== 'Prepare') return undefined;
  return release(view, {
    result: 'Cancelled',
    class: 'blocked',
    reason: 'ObjectDeleted',
    message: `${operation.osNamespace}/${operation.osName} is gone`,
  });
}

/** The terminal outcome that the agent reports for this very operation in this very boot. */
function outcomeOf(view: PresentView): OperationEnding | undefined {
  const agent = freshReport(view);
  const { operation } = view;
  if (agent === undefined) return undefined;
  if (recordsLost(view)) {
    return {
      result: 'Failed',
      class: 'lost',
      reason: 'RecordsLost',
      message: `The agent of ${view.node.name} does not know operation ${String(operation.seq)} any more`,
    };
  }
  const report = agent.operation;
  if (report?.seq !== operation.seq || agent.seq !== operation.seq) return undefined;
  return endingOf(view, report, runsGoodSlot(agent));
}

function runsGoodSlot({ bootedSlot, slots }: AgentStatus): boolean {
  return bootedSlot !== undefined && slots[bootedSlot].state === 'good';
}

/** What a result of the agent means for the operation; `undefined` while it is still open. */
function endingOf(
  view: PresentView,
  report: AgentOperation,
  runsGood: boolean,
): OperationEnding | undefined {
  switch (report.result) {
    case 'Committed':
      return succeeded();
    case 'Booted':
      return runsGood ? succeeded() : undefined;
    case 'Returned':
      return returned(view, report);
    case 'Cancelled':
    case 'Failed':
      return view.operation.ending ?? failed(report, unexplained[report.result]);
    case 'Prepared':
    case 'Configured':
    case 'Armed':
    case undefined:
      return undefined;
    default:
      return assertNever(report.result);
  }
}

const unexplained = { Cancelled: 'Cancelled on the node', Failed: 'The agent gave no reason' };

function succeeded(): OperationEnding {
  return { result: 'Succeeded', reason: 'Confirmed', message: '' };
}

function failed(report: AgentOperation, otherwise: string): OperationEnding {
  const failure = report.failure;
  return {
    result: 'Failed',
    class: failure?.class ?? 'transient',
    reason: failure === undefined ? 'Failed' : errorCodes[failure.code].reason,
    message: failure?.message ?? otherwise,
  };
}

/** A return while the operator was away proves nothing against the candidate. */
function returned(view: PresentView, report: AgentOperation): OperationEnding {
  const { ending: known, phase } = view.operation;
  if (known !== undefined && phase === 'Cancel') return known;
  const old = keepsSlot(view.operation) ? 'settings' : 'slot';
  const ending = failed(report, `${view.node.name} returned to its old ${old}`);
  if (ending.class === 'unconfirmed' && !view.witnessed) {
    return { ...ending, class: 'interrupted', reason: 'Interrupted' };
  }
  return ending;
}

/**
 * The agent was reinstalled or lost its records after the switch: it runs a good slot and does not know the operation.
 * The boot sector keeps the number when only the records on PERSIST are gone.
 */
function recordsLost(view: PresentView): boolean {
  const agent = freshReport(view);
  const { operation, node } = view;
  if (agent === undefined || !runsGoodSlot(agent)) return false;
  const isForgotten = agent.operation?.seq !== operation.seq;
  // Settings were in place when Confirm was asked for, so that the agent has known them.
  if (keepsSlot(operation) && operation.phase === 'Confirm') return isForgotten;
  if (operation.bootIdBefore === undefined || node.bootId === operation.bootIdBefore) return false;
  if (isAfterSwitch(operation)) return agent.seq <= operation.seq && isForgotten;
  // A rollback is told to the agent with Activate only.
  return operation.type !== 'rollback' && agent.seq < operation.seq;
}

function isAfterSwitch(operation: Operation): boolean {
  return operation.phase === 'After' || operation.phase === 'Confirm';
}

/** A refusal that will not change by asking again ends the operation, through Cancel so that nothing stays armed. */
function refused(view: PresentView): OperationDecision | undefined {
  const { problem } = view.instance.status;
  const { operation } = view;
  if (problem?.seq !== operation.seq || problem.phase !== operation.phase) return undefined;
  if (operation.phase === 'Confirm' || !isErrorCode(problem.code)) return undefined;
  const { kind, outcome, reason } = errorCodes[problem.code];
  if (kind === 'transient' || kind === 'conflict' || kind === 'bug') return undefined;
  // What a new system refuses it will refuse on the next node too, after another drain and another reboot.
  const isOfSystem = operation.phase === 'After' && !keepsSlot(operation) && outcome === 'blocked';
  const ending = isOfSystem ? 'bad' : outcome;
  return release(view, { result: 'Failed', class: ending, reason, message: problem.message });
}

/** A cancelled operation waits for the agent's word; one that never armed anything does not wait for ever. */
function decideCancel(view: PresentView): OperationDecision {
  const { operation } = view;
  const waited = view.since(`cancel:${String(operation.seq)}`);
  const ending = operation.ending ?? {
    result: 'Cancelled',
    class: 'blocked',
    reason: 'Cancelled',
    message: '',
  };
  const message = `${ending.reason}: waiting for the agent of ${view.node.name} to stop`;
  if (operation.bootIdBefore !== undefined) return wait('Cancelling', message);
  if (waited >= cancelSeconds) return endWith(view, ending);
  return wait('Cancelling', message, cancelSeconds - waited);
}

/** Longest time in seconds that a Cancel of something never armed waits for its acknowledgment. */
const cancelSeconds = 120;

function decidePhase(view: PresentView): OperationDecision {
  switch (view.operation.phase) {
    case 'Prepare':
      return decidePrepare(view);
    case 'Drain':
      return decideDrain(view);
    case 'Before':
      return decideBefore(view);
    case 'Activate':
      return decideActivate(view);
    case 'After':
    case 'Confirm':
      return decideConfirm(view);
    case 'GiveBack':
      return giveBack(view);
    case 'Cancel':
      return decideCancel(view);
    default:
      return assertNever(view.operation.phase);
  }
}
