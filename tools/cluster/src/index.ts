export { VmCluster, type VmClusterOptions } from './cluster.ts';
export { Course, type Moment } from './course.ts';
export { fleetName, fleetObject, upgradeTo } from './fleet.ts';
export type { NodeImages, NodePayload } from './image/node-images.ts';
export type { ClusterNode } from './node/cluster-node.ts';
export { WebClient, type WebRecord } from './serving/web-client.ts';
export { workload } from './serving/workload.ts';
