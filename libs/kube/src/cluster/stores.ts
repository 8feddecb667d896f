/** The three collections that the operator follows. */
import {
  parseOs,
  parseOsInstance,
  type Clock,
  type Log,
  type NodeView,
  type Os,
  type OsInstance,
} from '@kubeos/core';
import type { ApiClient } from '../client/api-client.ts';
import { createStore, type Store } from '../store/store.ts';
import { parseNode } from './node-view.ts';
import { instancePath, nodePath, osCollectionPath } from './paths.ts';

/** What the stores are built from. */
export interface StoresOptions {
  readonly api: ApiClient;
  readonly clock: Clock;
  readonly log: Log;
}

/** One store for each kind. `OS` objects are keyed by UID, the others by name. */
export type Stores = {
  readonly oses: Store<Os>;
  readonly nodes: Store<NodeView>;
  readonly instances: Store<OsInstance>;
};

/** Nodes are large, so that few of them go into one answer; memory stays flat whatever the size of the fleet. */
const nodePageSize = 100;
const pageSize = 250;

/** Builds the stores; they follow nothing before they are run. */
export function createStores(options: StoresOptions): Stores {
  return {
    oses: createStore({
      ...options,
      path: osCollectionPath,
      pageSize,
      parse: parseOs,
      keyOf: ({ uid }) => uid,
    }),
    nodes: createStore({
      ...options,
      path: nodePath(),
      pageSize: nodePageSize,
      parse: parseNode,
      keyOf: ({ name }) => name,
    }),
    instances: createStore({
      ...options,
      path: instancePath(),
      pageSize,
      parse: parseOsInstance,
      keyOf: ({ name }) => name,
    }),
  };
}
