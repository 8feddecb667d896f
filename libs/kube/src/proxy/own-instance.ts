/** The one `OSInstance` of a proxy's node: followed, read, and its status written. */
import {
  parseOsInstance,
  proxyFieldManager,
  type Clock,
  type Log,
  type OsInstance,
  type OwnInstance,
  type StatusPatch,
} from '@kubeos/core';
import type { ApiClient } from '../client/api-client.ts';
import { guardedSteps, jsonPatchType, type PatchStep } from '../cluster/guarded-patch.ts';
import { instancePath } from '../cluster/paths.ts';
import { readObject } from '../cluster/reads.ts';
import { createStore } from '../store/store.ts';

/** What it is built from. */
export interface OwnInstanceOptions {
  readonly api: ApiClient;
  readonly clock: Clock;
  readonly log: Log;
  /** Name of the node, and so of the object. */
  readonly nodeName: string;
}

/** The object with what follows it. */
export interface FollowedInstance extends OwnInstance {
  /** Follows the object until the signal is aborted; never throws. Call it once. */
  run(signal: AbortSignal): Promise<void>;
  onChange(listener: () => void): void;
  /** The API server was asked at least once whether there is such an object. */
  isSynced(): boolean;
  /** Seconds since the API server was last heard of. */
  ageSeconds(): number;
}

/** Builds it; nothing is read before `run`. */
export function createOwnInstance(options: OwnInstanceOptions): FollowedInstance {
  const { api, nodeName } = options;
  const store = createStore({
    ...options,
    path: instancePath(),
    fieldSelector: `metadata.name=${nodeName}`,
    pageSize: 1,
    parse: parseOsInstance,
    keyOf: ({ name }) => name,
  });
  return {
    cached: () => store.get(nodeName),
    read: () => readObject(api, instancePath(nodeName), parseOsInstance),
    async writeStatus(instance, status) {
      const answer = await api.request({
        method: 'PATCH',
        path: `${instancePath(nodeName)}/status`,
        query: { fieldManager: proxyFieldManager },
        contentType: jsonPatchType,
        body: guardedSteps(instance.resourceVersion, statusSteps(instance, status)),
      });
      return parseOsInstance(answer);
    },
    run: (signal) => store.run(signal),
    onChange(listener) {
      store.subscribe(listener);
    },
    isSynced: () => store.isSynced(),
    ageSeconds: () => store.ageSeconds(),
  };
}

/** Each member is replaced whole. An object that never had a status gets it first. */
export function statusSteps(instance: OsInstance, patch: StatusPatch): readonly PatchStep[] {
  const stored: Readonly<Record<string, unknown>> = { ...instance.status };
  const isFirst = Object.keys(stored).length === 0;
  const steps = Object.entries(patch).flatMap(([key, value]): PatchStep[] => {
    const path = `/status/${key}`;
    if (value !== null && value !== undefined) return [{ op: 'add', path, value }];
    return value === null && stored[key] !== undefined ? [{ op: 'remove', path }] : [];
  });
  return isFirst ? [{ op: 'add', path: '/status', value: {} }, ...steps] : steps;
}
