/** The wait for the agent to put the settings of a phase in place. */
import type { Operation } from '../api/operation.ts';
import { freshReport, type NodeFacts } from '../rollout/standing.ts';
import type { PresentView } from './decide-operation.ts';
import { release } from './endings.ts';
import { isAcknowledged, problemText, stalledSeconds, unacknowledged } from './prepare.ts';
import { settingsToApply } from './settings-to-apply.ts';
import { wait, type OperationDecision } from './view.ts';

/** True when the settings of Before, or else those of After, are in place, or there are none to apply. */
export function isConfigured(facts: NodeFacts, { seq, phase }: Operation): boolean {
  const applying = phase === 'Before' ? 'Before' : 'After';
  if (facts.instance === undefined || settingsToApply(facts.instance, applying) === undefined) {
    return true;
  }
  const report = freshReport(facts)?.operation;
  if (report?.seq !== seq) return false;
  return (
    report.phase === 'Confirm' || (report.phase === applying && report.result === 'Configured')
  );
}

/** Waits where nothing on the node ends it: one that is not heard of, or takes too long, is let go. */
export function awaitConfigured(view: PresentView): OperationDecision {
  if (!isAcknowledged(view)) return unacknowledged(view);
  const { operation, node } = view;
  const waitedFor = view.since(`configuring:${String(operation.seq)}:${operation.phase}`);
  if (waitedFor < stalledSeconds) {
    return wait('Configuring', configuringText(view), stalledSeconds - waitedFor);
  }
  return release(view, {
    result: 'Failed',
    class: 'transient',
    reason: 'Stalled',
    message: `${node.name} has not applied its settings within ${String(stalledSeconds)} s${lastWord(view)}`,
  });
}

function lastWord(view: PresentView): string {
  const problem = problemText(view);
  return problem === undefined ? '' : `: ${problem}`;
}

/** What the node is at. */
export function configuringText(view: PresentView): string {
  return problemText(view) ?? `${view.node.name} is applying its settings`;
}
