/** The operator's view of a cluster: caches that follow it, and the reads and writes that do not trust them. */
import type { Clock, ClusterApi, ClusterCache, ClusterChange, Log } from '@kubeos/core';
import type { ApiClient } from '../client/api-client.ts';
import { OwnWrites } from './own-writes.ts';
import { createReads } from './reads.ts';
import { createStores, type Stores } from './stores.ts';
import { createWrites } from './writes.ts';

/** What a cluster is built from. */
export interface ClusterOptions {
  readonly api: ApiClient;
  readonly clock: Clock;
  readonly log: Log;
  /** Which process reports events. */
  readonly identity: string;
}

/** The cluster as the operator uses it. */
export interface Cluster {
  readonly cache: ClusterCache;
  readonly api: ClusterApi;
  /** Size, age and unreadable objects of each cache, for health and metrics. */
  readonly stores: Stores;
  /** Follows the cluster until the signal is aborted; never throws. Call it once. */
  run(signal: AbortSignal): Promise<void>;
  /** Calls the listener for every change that the caches hold by then. */
  onChange(listener: (change: ClusterChange) => void): void;
}

/** Builds the cluster; nothing is read before `run`. */
export function createCluster(options: ClusterOptions): Cluster {
  const { api, clock } = options;
  const stores = createStores(options);
  const ownWrites = new OwnWrites();
  const wallMs = (): number => clock.now().wallMs;
  return {
    cache: createCache(stores, ownWrites),
    api: {
      ...createReads(api, stores),
      ...createWrites({ api, stores, ownWrites, identity: options.identity, wallMs }),
    },
    stores,
    async run(signal) {
      const { oses, nodes, instances } = stores;
      await Promise.all([oses.run(signal), nodes.run(signal), instances.run(signal)]);
    },
    onChange(listener) {
      stores.oses.subscribe(({ key }) => {
        listener({ kind: 'os', uid: key });
      });
      stores.nodes.subscribe(({ key }) => {
        listener({ kind: 'node', name: key });
      });
      stores.instances.subscribe(({ key }) => {
        listener({ kind: 'instance', name: key });
      });
    },
  };
}

function createCache(stores: Stores, ownWrites: OwnWrites): ClusterCache {
  return {
    oses: () => stores.oses.items(),
    os: (uid) => stores.oses.get(uid),
    nodes: () => stores.nodes.items(),
    node: (name) => stores.nodes.get(name),
    instances: () => stores.instances.items(),
    instance: (name) => stores.instances.get(name),
    holdsOwnWrites: () => ownWrites.areHeld(),
  };
}
