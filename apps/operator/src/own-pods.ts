/** Which pods are the operator's own. A drain leaves them alone: they restart with their node. */
import type { PodView } from '@kubeos/core';

/** True for pods of this namespace with this label, `KEY=VALUE`. */
export function createIsSpared(namespace: string, label: string): (pod: PodView) => boolean {
  const equals = label.indexOf('=');
  const [key, value] = [label.slice(0, equals), label.slice(equals + 1)];
  return (pod) => pod.namespace === namespace && pod.labels[key] === value;
}
