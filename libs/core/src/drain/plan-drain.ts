import type { PodView } from '../ports/cluster-views.ts';
import { judgePod } from './judge-pod.ts';
import { byPodKey } from './pod-key.ts';

/** A pod that must not be evicted and does not go by itself. */
export interface DrainBlocker {
  readonly pod: PodView;
  /** One CamelCase word. */
  readonly reason: string;
  readonly message: string;
}

/** What a drain has to do on a node; each list is ordered by namespace and name. A drained node has three empty lists. */
export interface DrainPlan {
  readonly evict: readonly PodView[];
  /** Already terminating: only waited for. */
  readonly leaving: readonly PodView[];
  readonly blockers: readonly DrainBlocker[];
}

/** How a node is drained. */
export interface DrainOptions {
  /** `evictpodforce`: pods with local data and pods without an owner go too. */
  readonly force: boolean;
  /** The operator's own pods: neither evicted nor waited for; they restart with the node. */
  readonly isSpared: (pod: PodView) => boolean;
}

/** Sorts the pods of one node into those to evict, those that are leaving and those that stand in the way. */
export function planDrain(pods: readonly PodView[], options: DrainOptions): DrainPlan {
  const evict: PodView[] = [];
  const leaving: PodView[] = [];
  const blockers: DrainBlocker[] = [];
  for (const pod of [...pods].sort(byPodKey)) {
    if (options.isSpared(pod)) continue;
    const verdict = judgePod(pod, options);
    if (verdict.kind === 'ignore') continue;
    // Asked to go by somebody already: its data is given up whatever we think of it.
    if (pod.deleting) leaving.push(pod);
    else if (verdict.kind === 'evict') evict.push(pod);
    else blockers.push({ pod, reason: verdict.reason, message: verdict.message });
  }
  return { evict, leaving, blockers };
}
