import type { BudgetView, LabelSelectorView, PodView } from '../ports/cluster-views.ts';

/** A running, ready pod of a ReplicaSet; the tests of this folder change what they speak of. */
export function aPod(changes: Partial<PodView> = {}): PodView {
  const name = changes.name ?? 'web-1';
  return {
    namespace: 'shop',
    name,
    uid: `uid-${name}`,
    labels: { app: 'web' },
    phase: 'Running',
    ready: true,
    deleting: false,
    mirror: false,
    controller: { kind: 'ReplicaSet', name: 'web', uid: 'uid-web' },
    hasOwner: true,
    hasEmptyDir: false,
    ...changes,
  };
}

/** A pod of a DaemonSet. */
export function aDaemonSetPod(changes: Partial<PodView> = {}): PodView {
  return aPod({
    namespace: 'kube-system',
    name: 'proxy-1',
    controller: { kind: 'DaemonSet', name: 'proxy', uid: 'uid-proxy' },
    ...changes,
  });
}

/** A budget over `app=web` that lets one pod go. */
export function aBudget(changes: Partial<BudgetView> = {}): BudgetView {
  return {
    namespace: 'shop',
    name: 'web-budget',
    selector: aSelector({ app: 'web' }),
    disruptionsAllowed: 1,
    unhealthyPodEvictionPolicy: 'IfHealthyBudget',
    observed: true,
    currentHealthy: 3,
    desiredHealthy: 2,
    ...changes,
  };
}

/** A selector by labels, with expressions if given. */
export function aSelector(
  matchLabels: LabelSelectorView['matchLabels'],
  matchExpressions: LabelSelectorView['matchExpressions'] = [],
): LabelSelectorView {
  return { matchLabels, matchExpressions };
}
