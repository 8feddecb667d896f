import { controlPlaneLabels, nodeSelectorLabel } from '../api/names.ts';
import type { NodeSelector, Os } from '../api/os.ts';
import { compareText } from '../compare-text.ts';
import type { NodeView } from '../ports/cluster-views.ts';

/** True for nodes of the control plane, which no `OS` ever touches. */
export function isControlPlane(node: Pick<NodeView, 'labels'>): boolean {
  return controlPlaneLabels.some((label) => Object.hasOwn(node.labels, label));
}

/** True when the selector chooses the node. The control plane is left out. */
export function isSelected(selector: NodeSelector, node: Pick<NodeView, 'labels'>): boolean {
  if (isControlPlane(node)) return false;
  const value = node.labels[nodeSelectorLabel];
  switch (selector.kind) {
    case 'all':
      return true;
    case 'unlabelled':
      return value === undefined;
    case 'value':
      return value === selector.value;
  }
}

/** Order of seniority: creation, then uid. The older object keeps a node that two select. */
export function compareAge(
  a: Pick<Os, 'creationTimestamp' | 'uid'>,
  b: Pick<Os, 'creationTimestamp' | 'uid'>,
): number {
  return compareText(a.creationTimestamp, b.creationTimestamp) || compareText(a.uid, b.uid);
}
