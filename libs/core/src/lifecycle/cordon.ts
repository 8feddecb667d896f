/** Cordons: ours carries an annotation of ownership, and one that is not ours is never taken off. */
import { configuringLabel, cordonAnnotation, serialLabel, upgradingLabel } from '../api/names.ts';
import { operationId, type Operation } from '../api/operation.ts';
import type { NodeChange } from '../ports/cluster.ts';
import type { NodeView } from '../ports/cluster-views.ts';

/** The annotation's text for an operation's cordon. */
export function cordonText(operation: Operation): string {
  return `${operation.osUid}/${operationId(operation)}`;
}

/** What the node's cordon is to an operation. */
export type CordonState = 'none' | 'ours' | 'foreign';

/**
 * `ours` when the node carries any KubeOS ownership and the flag was last set by us: the annotation outlives an uncordon
 * and a cordon of somebody else. Only one operation is open on a node.
 */
export function cordonState(node: NodeView): CordonState {
  if (!node.unschedulable) return 'none';
  const owned = Object.hasOwn(node.annotations, cordonAnnotation);
  return owned && node.unschedulableIsOurs ? 'ours' : 'foreign';
}

/** True when the node's annotation names exactly this operation. */
export function isCordonOf(node: NodeView, operation: Operation): boolean {
  return node.annotations[cordonAnnotation] === cordonText(operation);
}

/** The one guarded write that cordons: flag, ownership and upstream's label together. */
export function cordonChange(operation: Operation): NodeChange {
  return {
    unschedulable: true,
    annotations: { [cordonAnnotation]: cordonText(operation) },
    labels: { [operation.type === 'config' ? configuringLabel : upgradingLabel]: '' },
  };
}

/** True for a node that carries the label of settings which are applied without a cordon. */
export function isMarked(node: NodeView): boolean {
  return Object.hasOwn(node.labels, configuringLabel);
}

/** The write that marks a node so. */
export const markChange: NodeChange = { labels: { [configuringLabel]: '' } };

/**
 * The one guarded write that gives the node back. The flag stays when somebody else has set it since: managedFields
 * would name them.
 */
export function uncordonChange(node: NodeView): NodeChange {
  const marks = {
    annotations: { [cordonAnnotation]: null },
    labels: { [upgradingLabel]: null, [configuringLabel]: null, [serialLabel]: null },
  };
  return node.unschedulable && node.unschedulableIsOurs
    ? { unschedulable: false, ...marks }
    : marks;
}

/** The write that cordons a node on a trial that no operation asked for; it is left to its timer. */
export function unownedCordonChange(node: NodeView): NodeChange {
  return { unschedulable: true, annotations: { [cordonAnnotation]: `unowned/${node.bootId}` } };
}
