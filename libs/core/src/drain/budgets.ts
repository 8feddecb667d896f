import type { BudgetView, PodView } from '../ports/cluster-views.ts';
import { isFinished } from './judge-pod.ts';
import { selectorMatches } from './label-selector.ts';
import type { DrainPlan } from './plan-drain.ts';
import { podKey, someOf } from './pod-key.ts';

/** Whether a drain can begin, as far as can be known before the node is cordoned. */
export type EvictionFeasibility =
  | { readonly feasible: true }
  | {
      readonly feasible: false;
      readonly reason: 'EvictionBlocked' | 'PodBlocksDrain';
      /** Names the pods, and the budget that holds them. */
      readonly message: string;
    };

/**
 * Foretells whether the API server would let every pod of the plan go.
 *
 * One allowed disruption is enough for any number of pods behind a budget: they go one after the other as their
 * replacements become healthy.
 */
export function evictionFeasibility(
  plan: DrainPlan,
  budgets: readonly BudgetView[],
): EvictionFeasibility {
  if (plan.blockers.length > 0) {
    const each = plan.blockers.map(({ pod, message }) => `pod ${podKey(pod)} ${message}`);
    return { feasible: false, reason: 'PodBlocksDrain', message: capitalise(someOf(each)) };
  }
  const held = heldPods(plan, budgets).map(({ pod, why }) => `pod ${podKey(pod)} is held: ${why}`);
  if (held.length === 0) return { feasible: true };
  return { feasible: false, reason: 'EvictionBlocked', message: capitalise(someOf(held)) };
}

/** A pod that disruption budgets let not go. */
export interface HeldPod {
  readonly pod: PodView;
  /** The budgets that cover it; more than one is refused by the API server. */
  readonly budgets: readonly BudgetView[];
  readonly why: string;
}

/** Pods to evict that the API server would not let go. */
export function heldPods(
  { evict }: Pick<DrainPlan, 'evict'>,
  budgets: readonly BudgetView[],
): readonly HeldPod[] {
  return evict.flatMap((pod) => {
    const covering = budgets.filter((budget) => covers(budget, pod));
    const why = whyHeld(pod, covering);
    return why === undefined ? [] : [{ pod, budgets: covering, why }];
  });
}

/**
 * The rules of the eviction subresource, in its order
 * (kubernetes/kubernetes, pkg/registry/core/pod/storage/eviction.go).
 */
function whyHeld(pod: PodView, covering: readonly BudgetView[]): string | undefined {
  if (isFinished(pod) || pod.phase === 'Pending') return undefined;
  const [budget] = covering;
  if (budget === undefined) return undefined;
  if (covering.length > 1) {
    const names = someOf(covering.map((each) => each.name));
    return `more than one PodDisruptionBudget covers it (${names}), which the API server refuses`;
  }
  return letsGo(pod, budget) ? undefined : whyBudgetHolds(budget);
}

function covers(budget: BudgetView, pod: PodView): boolean {
  return (
    budget.namespace === pod.namespace &&
    budget.selector !== undefined &&
    selectorMatches(budget.selector, pod.labels)
  );
}

function letsGo(pod: PodView, budget: BudgetView): boolean {
  if (!pod.ready && budget.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true;
  // Numbers computed for another spec say nothing about this one.
  if (!budget.observed) return false;
  const isBudgetHealthy =
    budget.currentHealthy >= budget.desiredHealthy && budget.desiredHealthy > 0;
  return (!pod.ready && isBudgetHealthy) || budget.disruptionsAllowed > 0;
}

function whyBudgetHolds(budget: BudgetView): string {
  const name = `PodDisruptionBudget ${budget.namespace}/${budget.name}`;
  if (!budget.observed) return `${name} has not been computed for its current spec yet`;
  const healthy = `${String(budget.currentHealthy)} healthy of ${String(budget.desiredHealthy)} needed`;
  return `${name} allows no disruption (${healthy})`;
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
