export {
  createApiClient,
  type ApiClient,
  type ApiClientOptions,
  type ApiRequest,
} from './client/api-client.ts';
export { loadKubeConfig } from './client/kube-config.ts';
export { createClock } from './clock.ts';
export { createCluster, type Cluster, type ClusterOptions } from './cluster/cluster.ts';
export type { Stores } from './cluster/stores.ts';
export { createLeadership, type Election, type LeadershipOptions } from './lease/leadership.ts';
export { serveEndpoints, type Endpoints, type EndpointsOptions } from './pod/endpoints.ts';
export {
  createOwnInstance,
  type FollowedInstance,
  type OwnInstanceOptions,
} from './proxy/own-instance.ts';
export { nodeUidOfToken } from './proxy/token-node.ts';
export {
  createWorkQueue,
  pauseSeconds,
  type WorkQueue,
  type WorkQueueCounts,
  type WorkQueueOptions,
} from './queue/work-queue.ts';
export { createStore, type Store, type StoreOptions } from './store/store.ts';
export type { StoreChange, Versioned } from './store/contents.ts';
export { observeCluster, observePods, type ObserveOptions } from './observe/observe-cluster.ts';
export {
  contextNamespace,
  loadUserKubeConfig,
  type UserConfigChoice,
} from './client/user-config.ts';
export { changeObject, type ChangeOptions } from './observe/change-object.ts';
export { observeEvents } from './observe/observe-events.ts';
export { appliersOf } from './observe/written-at.ts';
export { parseNode } from './cluster/node-view.ts';
export { instancePath, nodePath, osCollectionOf, osPath } from './cluster/paths.ts';
export { readList as listObjects } from './cluster/reads.ts';
