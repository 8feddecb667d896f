import { holdAnnotation } from '../api/names.ts';
import type { OperationEnding } from '../api/operation.ts';
import { planDrain, type DrainPlan } from '../drain/index.ts';
import type { PodView } from '../ports/cluster-views.ts';
import { freshReport } from '../rollout/standing.ts';
import { cordonChange, cordonState, isCordonOf } from './cordon.ts';
import { keepsSlot } from './course.ts';
import type { PresentView } from './decide-operation.ts';
import { endWith, release } from './endings.ts';
import { withActivate } from './history.ts';
import { proxySilent, silentSeconds } from './prepare.ts';
import { settingsToApply } from './settings-to-apply.ts';
import { act, needPods, wait, type OperationDecision } from './view.ts';

/** Seconds between the last write of the cordon and the pod list that is believed: pods bound late must show. */
const settleSeconds = 5;
/** Pause in seconds after evictions: a pod that needs no time to end is gone by then. */
const firstLookSeconds = 2;
/** Pause in seconds between two looks at pods that leave. */
const lookAgainSeconds = 5;

/** Drain: cordon with ownership, evict, and believe it only after listing the pods again. */
export function decideDrain(view: PresentView): OperationDecision {
  const { operation } = view;
  const drainedFor = view.since(`drain:${String(operation.seq)}`);
  const notReady = proxyNotReady(view);
  if (notReady !== undefined) return notReady;
  const unwanted = unwantedEnding(view);
  if (unwanted !== undefined) return release(view, unwanted);
  if (!isCordonOf(view.node, operation) || !view.node.unschedulable) {
    return act({ type: 'changeNode', change: cordonChange(operation), why: 'cordon' });
  }
  if (view.pods === undefined) return needPods;
  // Asked only here, of a Node read in this pass: a cached one may show a cordon that is gone by now.
  const cordonedFor = view.since(`cordon:${String(operation.seq)}`);
  const plan = planDrain(view.pods, { force: operation.parameters.force, isSpared: view.isSpared });
  const blocked = plan.blockers[0];
  if (blocked !== undefined && !view.evicting) {
    return release(view, failedDrain('PodBlocksDrain', blocked.message));
  }
  if (isEmpty(plan)) return settled(view, cordonedFor);
  const left = operation.parameters.drainTimeoutSeconds - drainedFor;
  return left <= 0
    ? release(view, failedDrain('DrainTimeout', `Pods left after the deadline: ${podNames(plan)}`))
    : drainOn(plan, left);
}

function drainOn(plan: DrainPlan, secondsLeft: number): OperationDecision {
  const pause = plan.evict.length === 0 ? lookAgainSeconds : firstLookSeconds;
  const seconds = Math.min(secondsLeft, pause);
  const waiting = { reason: 'Draining', message: `Waiting for ${podNames(plan)} to leave` };
  const actions = plan.evict.length === 0 ? [] : [{ type: 'evict' as const, pods: plan.evict }];
  return { actions, waiting, requeue: { kind: 'after', seconds } };
}

function isEmpty(plan: DrainPlan): boolean {
  return plan.evict.length + plan.leaving.length + plan.blockers.length === 0;
}

function podNames(plan: DrainPlan): string {
  const pods: readonly PodView[] = [
    ...plan.blockers.map(({ pod }) => pod),
    ...plan.evict,
    ...plan.leaving,
  ];
  const names = pods.slice(0, 3).map((pod) => `${pod.namespace}/${pod.name}`);
  const more = pods.length > names.length ? ` and ${String(pods.length - names.length)} more` : '';
  return `${names.join(', ')}${more}`;
}

function settled(view: PresentView, cordonedFor: number): OperationDecision {
  return cordonedFor < settleSeconds
    ? wait('DrainSettling', 'The node is empty; looking once more', settleSeconds - cordonedFor)
    : drained(view);
}

function failedDrain(reason: string, message: string): OperationEnding {
  return { result: 'Failed', class: 'blocked', reason, message };
}

/** The proxy must have read this operation, and its report must be of this boot, before the node is touched. */
function proxyNotReady(view: PresentView): OperationDecision | undefined {
  const { operation, instance, node } = view;
  const echoed = instance.status.acknowledged?.seq === operation.seq;
  if (echoed && freshReport(view) !== undefined) return undefined;
  const silentFor = view.since(`silent:${String(operation.seq)}`);
  if (silentFor >= silentSeconds) return endWith(view, proxySilent(view));
  return wait('ProxyPending', `Waiting for os-proxy on ${node.name}`, silentSeconds - silentFor);
}

/** Until the first eviction the node can be left alone without a trace. */
function unwantedEnding(view: PresentView): OperationEnding | undefined {
  const { node, operation } = view;
  const cancelled = (reason: string, message: string): OperationEnding => ({
    result: 'Cancelled',
    class: 'blocked',
    reason,
    message,
  });
  if (cordonState(node) === 'foreign') {
    return cancelled('ForeignCordon', `${node.name} was cordoned by somebody else`);
  }
  if (view.evicting) return undefined;
  if (Object.hasOwn(node.annotations, holdAnnotation)) {
    return cancelled('Held', `${node.name} carries the annotation ${holdAnnotation}`);
  }
  if (view.os !== undefined && !view.selected) {
    const by = `${operation.osNamespace}/${operation.osName}`;
    return cancelled('NotSelected', `${by} does not select ${node.name} any more`);
  }
  return undefined;
}

/** An empty node goes on as its operation needs it: settings of the old system first, a reboot only where one is needed. */
function drained(view: PresentView): OperationDecision {
  const { operation, instance } = view;
  if (operation.phase === 'Drain' && settingsToApply(instance, 'Before') !== undefined) {
    return act({
      type: 'writeOperation',
      operation: { ...operation, phase: 'Before' },
      why: 'drained; settings come before the switch',
    });
  }
  return keepsSlot(operation)
    ? begin(view, 'After', 'drained; applying settings')
    : begin(view, 'Activate', `drained; switching to slot ${operation.target.slot ?? 'unknown'}`);
}

/** The write from which the trial counts as begun, with the attempt counted in the same write. */
function begin(view: PresentView, phase: 'Activate' | 'After', why: string): OperationDecision {
  const { operation, node, instance } = view;
  const next = { ...operation, phase, bootIdBefore: node.bootId };
  return act({
    type: 'writeOperation',
    operation: next,
    history: withActivate(instance.spec.history, next),
    why,
  });
}
