import type { OperationProgress } from '../api/agent-status.ts';
import type { Digest, OperationEnding, SlotName } from '../api/operation.ts';
import { freshReport } from '../rollout/standing.ts';
import type { PresentView } from './decide-operation.ts';
import { endWith, release } from './endings.ts';
import { act, wait, type OperationDecision } from './view.ts';

/** Seconds after which a phase that the proxy did not acknowledge is called silent. */
export const silentSeconds = 120;
/** Seconds without a sign of progress after which a preparation is given up; the agent's own limit is 600. */
const stalledSeconds = 900;

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

/** Prepare: the slot is being written while the node still serves; ends as prepared or gives up. */
export function decidePrepare(view: PresentView): OperationDecision {
  const { operation, node } = view;
  if (operation.target.slot !== undefined)
    return wait('Prepared', `${node.name} waits for its turn`);
  if (!isAcknowledged(view)) return unacknowledged(view);
  const agent = freshReport(view);
  const report = agent?.operation?.seq === operation.seq ? agent.operation : undefined;
  if (report?.result === 'Prepared' && report.slot !== undefined) {
    return prepared(view, report.slot, report.slotDigest);
  }
  return preparing(view, report?.progress);
}

function unacknowledged(view: PresentView): OperationDecision {
  const silentFor = view.since(`silent:${String(view.operation.seq)}`);
  if (silentFor >= silentSeconds) return endWith(view, proxySilent(view));
  const message = `Waiting for os-proxy on ${view.node.name}`;
  return wait('ProxyPending', message, silentSeconds - silentFor);
}

function prepared(
  { operation }: PresentView,
  slot: SlotName,
  slotDigest: Digest | undefined,
): OperationDecision {
  const target = { ...operation.target, slot };
  return act({
    type: 'writeOperation',
    operation: {
      ...operation,
      target: slotDigest === undefined ? target : { ...target, slotDigest },
    },
    why: `slot ${slot} is prepared`,
  });
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
  const { problem } = view.instance.status;
  if (problem?.seq === view.operation.seq) return `${problem.code}: ${problem.message}`;
  if (progress === undefined) return `${view.node.name} is preparing`;
  const mebibytes = (bytes: number): string => String(Math.floor(bytes / 1_048_576));
  const of = progress.bytesTotal === undefined ? '' : ` of ${mebibytes(progress.bytesTotal)}`;
  return `${view.node.name} is preparing: ${progress.step} ${mebibytes(progress.bytesDone)}${of} MiB`;
}
