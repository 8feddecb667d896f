import type { PodView } from '../ports/cluster-views.ts';
import { isDaemonSetPod } from './judge-pod.ts';
import { byPodKey, podKey, someOf } from './pod-key.ts';

/** Whether the DaemonSet pods of a node let its new system be confirmed. */
export type DaemonSetReadiness =
  { readonly ready: true } | { readonly ready: false; readonly message: string };

/**
 * The DaemonSet pods that are not Ready, as `namespace/name`, in order. Taken at admission, they are the ones that
 * the new system is not blamed for.
 */
export function unreadyDaemonSetPods(pods: readonly PodView[]): readonly string[] {
  return pods
    .filter((pod) => isDaemonSetPod(pod) && !pod.ready)
    .sort(byPodKey)
    .map(podKey);
}

/** True when every DaemonSet pod on the node is Ready, except the excused ones. */
export function daemonSetPodsReady(
  pods: readonly PodView[],
  excused: readonly string[],
): DaemonSetReadiness {
  const unready = unreadyDaemonSetPods(pods).filter((key) => !excused.includes(key));
  if (unready.length === 0) return { ready: true };
  return { ready: false, message: `DaemonSet pods not Ready: ${someOf(unready)}` };
}
