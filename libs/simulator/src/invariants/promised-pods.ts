import { judgePod, type PodView } from '@kubeos/core';

/** Pods on a node that a drain with these parameters promises to move before a reboot. */
export function promisedPods(
  pods: readonly PodView[],
  options: { readonly force: boolean; readonly isSpared: (pod: PodView) => boolean },
): readonly PodView[] {
  return pods.filter((pod) => !options.isSpared(pod) && judgePod(pod, options).kind !== 'ignore');
}
