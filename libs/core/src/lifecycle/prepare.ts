import type { AgentOperation, OperationProgress } from '../api/agent-status.ts';
import type { Operation, OperationEnding } from '../api/operation.ts';
import { freshReport } from '../rollout/standing.ts';
import { isPrepared } from './course.ts';
import type { PresentView } from './decide-operation.ts';
import { endWith, release } from './endings.ts';
import { act, wait, type NodeAction, type OperationDecision } from './view.ts';

/** Seconds after which a phase that the proxy did not acknowledge is called silent. */
export const silentSeconds = 120;
/** Seconds without a sign of progress after which a phase is given up; the agent's own limit for a payload is 600. */
export const stalledSeconds = 900;

/** Ending of a node whose proxy does not answer. */
export function proxySilent(view: PresentView): OperationEnding {
  return {
    result: 'Failed',
    class: 'blocked',
    reason: 'ProxySilent',
    message: `os-proxy on ${view.node.name} has not acknowledged phase ${view.operation.phase} for ${String(silentSeconds)} s`,
  };
}

/** True when the proxy has read this operation in this phase. */
export function isAcknowledged({ instance, operation }: PresentView): boolean {
  const seen = instance.status.acknowledged;
  return seen?.seq === operation.seq && seen.phase === operation.phase;
}

/** Prepare: the slot is being written, or settings are planned, while the node still serves; ends as prepared or gives up. */
export function decidePrepare(view: PresentView): OperationDecision {
  const { operation, node } = view;
  if (isPrepared(operation)) return wait('Prepared', `${node.name} waits for its turn`);
  if (!isAcknowledged(view)) return unacknowledged(view);
  const agent = freshReport(view);
  const report = agent?.operation?.seq === operation.seq ? agent.operation : undefined;
  const next = report?.result === 'Prepared' ? preparedAs(operation, report) : undefined;
  if (next !== undefined && isPrepared(next.operation)) return act(next);
  return preparing(view, report?.progress);
}

/** The wait for the proxy, which has not read the phase yet: a node that nothing was asked of is let go after a while. */
export function unacknowledged(view: PresentView): OperationDecision {
  const silentFor = view.since(`silent:${String(view.operation.seq)}`);
  if (silentFor >= silentSeconds) return endWith(view, proxySilent(view));
  const message = `Waiting for os-proxy on ${view.node.name}`;
  return wait('ProxyPending', message, silentSeconds - silentFor);
}

/** What is known once the agent is through; the slot of a config is that of one that reboots. */
function preparedAs(
  operation: Operation,
  { slot, slotDigest, disruption }: AgentOperation,
): Extract<NodeAction, { readonly type: 'writeOperation' }> {
  const target = {
    ...operation.target,
    ...(slot === undefined ? {} : { slot }),
    ...(slotDigest === undefined ? {} : { slotDigest }),
  };
  const isConfig = operation.type === 'config';
  return {
    type: 'writeOperation',
    operation: {
      ...operation,
      target,
      ...(isConfig && disruption !== undefined ? { disruption } : {}),
    },
    why: isConfig ? `settings are planned: ${disruption ?? ''}` : `slot ${slot ?? ''} is prepared`,
  };
}

function preparing(view: PresentView, at: OperationProgress | undefined): OperationDecision {
  const progress = at === undefined ? 'none' : `${at.step}:${String(at.bytesDone)}`;
  const stalledFor = view.since(`progress:${String(view.operation.seq)}:${progress}`);
  if (stalledFor < stalledSeconds) {
    return wait('Preparing', preparingMessage(view, at), stalledSeconds - stalledFor);
  }
  return release(view, {
    result: 'Failed',
    class: 'transient',
    reason: 'Stalled',
    message: `Preparing ${view.node.name} made no progress for ${String(stalledSeconds)} s`,
  });
}

function preparingMessage(
  view: PresentView,
  progress:
    { readonly step: string; readonly bytesDone: number; readonly bytesTotal?: number } | undefined,
): string {
  const problem = problemText(view);
  if (problem !== undefined) return problem;
  if (progress === undefined) return `${view.node.name} is preparing`;
  const mebibytes = (bytes: number): string => String(Math.floor(bytes / 1_048_576));
  const of = progress.bytesTotal === undefined ? '' : ` of ${mebibytes(progress.bytesTotal)}`;
  return `${view.node.name} is preparing: ${progress.step} ${mebibytes(progress.bytesDone)}${of} MiB`;
}

/** What the proxy says against the open operation. */
export function problemText({ instance, operation }: PresentView): string | undefined {
  const { problem } = instance.status;
  return problem?.seq === operation.seq ? `${problem.code}: ${problem.message}` : undefined;
}
