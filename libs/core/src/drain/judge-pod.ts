import type { PodView } from '../ports/cluster-views.ts';

/** What a drain does about one pod. `reason` is one CamelCase word, `message` is for people. */
export type PodVerdict =
  | { readonly kind: 'evict' }
  | { readonly kind: 'ignore'; readonly reason: 'MirrorPod' | 'DaemonSetPod' }
  | {
      readonly kind: 'block';
      readonly reason: 'LocalStorage' | 'Unmanaged';
      readonly message: string;
    };

const evict: PodVerdict = { kind: 'evict' };

/**
 * Decides whether a pod leaves its node, stays on it, or stands in the way.
 *
 * Mirror and DaemonSet pods stay in both modes: the first cannot be evicted and the second would come straight back.
 * A finished pod loses nothing. Without `force` a pod with local data or without an owner blocks, because nobody
 * would bring back what is lost with it.
 */
export function judgePod(pod: PodView, options: { readonly force: boolean }): PodVerdict {
  if (pod.mirror) return { kind: 'ignore', reason: 'MirrorPod' };
  if (isDaemonSetPod(pod)) return { kind: 'ignore', reason: 'DaemonSetPod' };
  if (isFinished(pod) || options.force) return evict;
  if (pod.hasEmptyDir) {
    return {
      kind: 'block',
      reason: 'LocalStorage',
      message: 'keeps data in an emptyDir volume (evictpodforce gives it up)',
    };
  }
  if (!pod.hasOwner) {
    return {
      kind: 'block',
      reason: 'Unmanaged',
      message: 'has no owner that would create it again (evictpodforce evicts it all the same)',
    };
  }
  return evict;
}

/** True for a pod whose controlling owner is a DaemonSet. */
function isDaemonSetPod(pod: PodView): boolean {
  return pod.controller?.kind === 'DaemonSet';
}

/** True when all containers of the pod have ended for good. */
export function isFinished(pod: PodView): boolean {
  return pod.phase === 'Succeeded' || pod.phase === 'Failed';
}
