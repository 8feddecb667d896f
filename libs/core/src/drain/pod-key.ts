import { compareText } from '../compare-text.ts';
import type { PodView } from '../ports/cluster-views.ts';

/** A pod as people and records name it: `namespace/name`. */
export function podKey(pod: Pick<PodView, 'namespace' | 'name'>): string {
  return `${pod.namespace}/${pod.name}`;
}

/** Orders pods by namespace, then name. */
export function byPodKey(a: PodView, b: PodView): number {
  return compareText(a.namespace, b.namespace) || compareText(a.name, b.name);
}

/** The first few of a list of names, with the number of those left out. */
export function someOf(names: readonly string[]): string {
  const shown = names.slice(0, shownNames).join(', ');
  const hidden = names.length - shownNames;
  return hidden > 0 ? `${shown} and ${String(hidden)} more` : shown;
}

const shownNames = 3;
