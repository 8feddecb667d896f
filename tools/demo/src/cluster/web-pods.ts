import { KubeosError, type Clock, type Log } from '@kubeos/core';
import { createStore, type ApiClient, type Store } from '@kubeos/kube';
import * as z from 'zod/mini';

import { webSelector } from './workload.ts';

/** A pod of the Deployment. */
export interface WebPod {
  readonly uid: string;
  readonly resourceVersion: string;
  /** Absent while it is not scheduled. */
  readonly node?: string;
  /** Ready, and not being deleted. */
  readonly isReady: boolean;
}

const podSchema = z.object({
  metadata: z.object({
    uid: z.string(),
    resourceVersion: z.string(),
    deletionTimestamp: z.optional(z.string()),
  }),
  spec: z.object({ nodeName: z.optional(z.string()) }),
  status: z.object({
    conditions: z.optional(z.array(z.object({ type: z.string(), status: z.string() }))),
  }),
});

/** Follows the pods of the Deployment. */
export function followWebPods(api: ApiClient, clock: Clock, log: Log): Store<WebPod> {
  return createStore({
    api,
    clock,
    log,
    path: '/api/v1/namespaces/default/pods',
    labelSelector: webSelector,
    pageSize: 100,
    parse: parseWebPod,
    keyOf: ({ uid }) => uid,
  });
}

function parseWebPod(raw: unknown): WebPod {
  const parsed = podSchema.safeParse(raw);
  if (!parsed.success) throw new KubeosError('BUG', z.prettifyError(parsed.error));
  const { metadata, spec, status } = parsed.data;
  const ready = status.conditions?.find(({ type }) => type === 'Ready')?.status === 'True';
  return {
    uid: metadata.uid,
    resourceVersion: metadata.resourceVersion,
    ...(spec.nodeName === undefined ? {} : { node: spec.nodeName }),
    isReady: ready && metadata.deletionTimestamp === undefined,
  };
}
