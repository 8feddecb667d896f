import { isControlPlane, KubeosError, type NodeView } from '@kubeos/core';

/** No OS object touches such a node. */
export function refuseControlPlane(node: NodeView): void {
  if (!isControlPlane(node)) return;
  throw new KubeosError(
    'UNSUPPORTED',
    `${node.name} is of the control plane, which no OS object touches`,
  );
}
