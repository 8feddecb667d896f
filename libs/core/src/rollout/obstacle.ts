import { cordonAnnotation, holdAnnotation } from '../api/names.ts';
import type { NodeView } from '../ports/cluster-views.ts';
import type { WaitReason } from './waiting.ts';

/** What keeps a Node from being taken out of service, before it is started and when its turn comes. */
export function obstacleOn(node: NodeView): WaitReason | undefined {
  const { name, annotations } = node;
  if (Object.hasOwn(annotations, holdAnnotation)) {
    return { reason: 'Held', message: `${name} carries the annotation ${holdAnnotation}` };
  }
  if (node.deleting) return { reason: 'NodeDeleting', message: `${name} is being deleted` };
  if (node.unschedulable && Object.hasOwn(annotations, cordonAnnotation)) {
    // A new operation would keep the pass away that takes it off.
    return { reason: 'GivingBack', message: `The cordon of ${name} is still to be taken off` };
  }
  if (node.unschedulable) {
    return { reason: 'ForeignCordon', message: `${name} was cordoned by somebody else` };
  }
  return node.ready ? undefined : { reason: 'NotReady', message: `${name} is not Ready` };
}
