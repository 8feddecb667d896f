/** Events, https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/. */
import { apiGroup, apiVersion, operatorFieldManager, type ClusterEvent } from '@kubeos/core';
import type { ApiClient } from '../client/api-client.ts';
import { microTime } from '../lease/lease.ts';

/** Bytes; the server refuses a longer note. */
const noteLimit = 1024;

/** Writes one event. */
export async function emit(
  api: ApiClient,
  event: ClusterEvent,
  identity: string,
  wallMs: number,
): Promise<void> {
  const { about, type, reason, message } = event;
  // Events about objects without a namespace live in `default`.
  const namespace = about.namespace ?? 'default';
  const isNode = about.kind === 'Node';
  const body = {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { namespace, generateName: 'kubeos-' },
    eventTime: microTime(wallMs),
    reportingController: `${apiGroup}/${operatorFieldManager}`,
    reportingInstance: identity,
    action: reason,
    reason,
    type,
    note: shortened(message),
    regarding: {
      apiVersion: isNode ? 'v1' : `${apiGroup}/${apiVersion}`,
      kind: about.kind,
      name: about.name,
      namespace: about.namespace,
      uid: about.uid,
    },
  };
  await api.request({
    method: 'POST',
    path: `/apis/events.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/events`,
    body,
  });
}

/** A character that is cut in two is left out. */
function shortened(text: string): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= noteLimit) return text;
  const kept = bytes.subarray(0, noteLimit - 3).toString();
  return `${kept.replace(/\uFFFD$/, '')}...`;
}
