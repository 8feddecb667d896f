/** How a change of a Node is put to the API server. */
import {
  configuringLabel,
  cordonAnnotation,
  operatorFieldManager,
  upgradingLabel,
  type NodeChange,
  type NodeView,
} from '@kubeos/core';
import { applyPatchType, mergePatchType } from './guarded-patch.ts';

/** The parts of a request that carry the change. */
export interface NodePatch {
  readonly query: Readonly<Record<string, string | boolean>>;
  readonly contentType: string;
  readonly body: object;
}

type Texts = Readonly<Record<string, string | null>>;

/** What the operator writes into Nodes beside the cordon itself. */
const ownNames = [cordonAnnotation, upgradingLabel, configuringLabel];

/**
 * A new cordon is applied: only that makes the server track its owner on every Node, also on one whose managedFields were
 * stripped. Everything else is merged, so that nothing that is there already becomes ours: a cordon of somebody else
 * above all.
 */
export function nodePatch(node: NodeView, change: NodeChange): NodePatch {
  return change.unschedulable === true && !node.unschedulable
    ? cordon(node, change)
    : merge(node, change);
}

/** What was applied before and is left out now would be removed, so that it is said again. */
function cordon(node: NodeView, change: NodeChange): NodePatch {
  const { name, uid, resourceVersion } = node;
  return {
    query: { fieldManager: operatorFieldManager, force: true },
    contentType: applyPatchType,
    body: {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: {
        name,
        uid,
        resourceVersion,
        annotations: present({ ...own(node.annotations), ...change.annotations }),
        labels: present({ ...own(node.labels), ...change.labels }),
      },
      spec: { unschedulable: true },
    },
  };
}

function merge(node: NodeView, { unschedulable, annotations, labels }: NodeChange): NodePatch {
  const { uid, resourceVersion } = node;
  // Uncordoned is the absence of the field: then managedFields names nobody for it.
  const spec = { unschedulable: unschedulable === true ? true : null };
  return {
    query: { fieldManager: operatorFieldManager },
    contentType: mergePatchType,
    body: {
      metadata: { uid, resourceVersion, annotations, labels },
      ...(unschedulable === undefined ? {} : { spec }),
    },
  };
}

function own(texts: Texts): Texts {
  return Object.fromEntries(Object.entries(texts).filter(([name]) => ownNames.includes(name)));
}

function present(texts: Texts): Texts {
  return Object.fromEntries(Object.entries(texts).filter(([, value]) => value !== null));
}
