/** From a Node to the few fields that decisions look at. */
import {
  apiGroup,
  controlPlaneLabels,
  operatorFieldManager,
  zoneLabel,
  type NodeView,
} from '@kubeos/core';
import {
  isJsonObject,
  listIn,
  metaOf,
  objectIn,
  textIn,
  textsIn,
  type JsonObject,
} from '../store/object-meta.ts';

const ourPrefix = `${apiGroup}/`;
const keptLabels: ReadonlySet<string> = new Set([...controlPlaneLabels, zoneLabel]);

/** Reads a Node; labels and annotations of others are left out, because a fleet has very many of them. */
export function parseNode(raw: unknown): NodeView {
  const { name, uid, resourceVersion } = metaOf(raw);
  const meta = objectIn(raw, 'metadata');
  const status = objectIn(raw, 'status');
  const system = objectIn(status, 'nodeInfo');
  const unschedulable = objectIn(raw, 'spec')['unschedulable'] === true;
  return {
    name,
    uid,
    resourceVersion,
    labels: kept(meta, 'labels'),
    annotations: kept(meta, 'annotations'),
    unschedulable,
    unschedulableIsOurs: unschedulable && listIn(meta, 'managedFields').some(isOurCordon),
    ready: listIn(status, 'conditions').some(isReady),
    bootId: textIn(system, 'bootID') ?? '',
    osImage: textIn(system, 'osImage') ?? '',
    deleting: textIn(meta, 'deletionTimestamp') !== undefined,
  };
}

function kept(meta: JsonObject, member: string): Readonly<Record<string, string>> {
  const texts = [...textsIn(meta, member)];
  return Object.fromEntries(
    texts.filter(([key]) => key.startsWith(ourPrefix) || keptLabels.has(key)),
  );
}

/** An entry of managedFields, https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management. */
function isOurCordon(entry: unknown): boolean {
  if (!isJsonObject(entry) || entry['manager'] !== operatorFieldManager) return false;
  return 'f:unschedulable' in objectIn(objectIn(entry, 'fieldsV1'), 'f:spec');
}

/** True for the condition `Ready` with status True. */
export function isReady(condition: unknown): boolean {
  return isJsonObject(condition) && condition['type'] === 'Ready' && condition['status'] === 'True';
}
