import type { PodView } from '../ports/cluster-views.ts';
import { byPodKey, podKey, someOf } from './pod-key.ts';

/** Whether the DaemonSet pods of a node let its new system be confirmed. */
export type DaemonSetReadiness =
  { readonly ready: true } | { readonly ready: false; readonly message: string };

interface UnreadyPod {
  readonly pod: string;
  readonly set: string;
}

function unreadyPods(pods: readonly PodView[]): readonly UnreadyPod[] {
  return [...pods].sort(byPodKey).flatMap((pod) => {
    if (pod.controller?.kind !== 'DaemonSet' || pod.ready) return [];
    return [{ pod: podKey(pod), set: podKey({ ...pod, name: pod.controller.name }) }];
  });
}

/**
 * The DaemonSets with a pod that is not Ready, as `namespace/name`, in order. Taken at admission, they are the ones that
 * the new system is not blamed for; the pods themselves may be replaced until then.
 */
export function unreadyDaemonSets(pods: readonly PodView[]): readonly string[] {
  return [...new Set(unreadyPods(pods).map(({ set }) => set))].sort();
}

/** True when every DaemonSet pod on the node is Ready, except those of the excused sets. */
export function daemonSetPodsReady(
  pods: readonly PodView[],
  excused: readonly string[],
): DaemonSetReadiness {
  const unready = unreadyPods(pods).filter(({ set }) => !excused.includes(set));
  if (unready.length === 0) return { ready: true };
  const names = someOf(unready.map(({ pod }) => pod));
  return { ready: false, message: `DaemonSet pods not Ready: ${names}` };
}
