/** Events, https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/. */
import { apiGroup, apiVersion, operatorFieldManager, type ClusterEvent } from '@kubeos/core';
import type { ApiClient } from '../client/api-client.ts';
import { microTime } from '../lease/lease.ts';

/** The server refuses a longer note. */
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
    metadata: { namespace, generateName: `${about.name}.` },
    eventTime: microTime(wallMs),
    reportingController: `${apiGroup}/${operatorFieldManager}`,
    reportingInstance: identity,
    action: reason,
    reason,
    type,
    note: message.length > noteLimit ? `${message.slice(0, noteLimit - 1)}…` : message,
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
