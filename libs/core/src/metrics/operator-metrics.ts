/** The metrics of os-operator: the program exports what stands here, and the reference page is written from it. */
import type { MetricDescriptions } from './description.ts';

/** What os-operator exports beside the metrics of its process. What is said of the fleet is said by the leader alone. */
export const operatorMetrics = {
  info: {
    name: 'kubeos_operator_info',
    type: 'gauge',
    help: 'Version of the operator; the value is 1',
    labels: ['version'],
  },
  leading: {
    name: 'kubeos_leading',
    type: 'gauge',
    help: 'Whether this replica holds the Lease: 1 or 0',
    labels: [],
  },
  osInfo: {
    name: 'kubeos_os_info',
    type: 'gauge',
    help: 'What an OS object asks for; the value is 1; absent for an object with a mistake; told by the leader',
    labels: ['os_namespace', 'os', 'type', 'version'],
  },
  osCondition: {
    name: 'kubeos_os_condition',
    type: 'gauge',
    help: 'The conditions of an OS object as they are; the value is 1; told by the leader',
    labels: ['os_namespace', 'os', 'type', 'status', 'reason'],
  },
  osNodes: {
    name: 'kubeos_os_nodes',
    type: 'gauge',
    help: 'Nodes of an OS object by state: all, updated, preparing, working, failed, waiting; told by the leader',
    labels: ['os_namespace', 'os', 'state'],
  },
  osWaiting: {
    name: 'kubeos_os_waiting_nodes',
    type: 'gauge',
    help: 'Nodes of an OS object that wait, by reason; told by the leader',
    labels: ['os_namespace', 'os', 'reason'],
  },
  nodeVersions: {
    name: 'kubeos_node_versions',
    type: 'gauge',
    help: 'Nodes by component (system, agent, proxy) and its version; the rarest versions are one, "other"; told by the leader',
    labels: ['component', 'version'],
  },
  leftCordoned: {
    name: 'kubeos_nodes_left_cordoned',
    type: 'gauge',
    help: 'Nodes with a cordon of ours and no open operation; told by the leader',
    labels: [],
  },
  operations: {
    name: 'kubeos_operations',
    type: 'gauge',
    help: 'Open operations by type and step; told by the leader',
    labels: ['type', 'step'],
  },
  oldestStep: {
    name: 'kubeos_oldest_step_seconds',
    type: 'gauge',
    help: 'For how long the operation that has been longest in a step is in it; 0 where none is; told by the leader',
    labels: ['step'],
  },
  stepDuration: {
    name: 'kubeos_step_duration_seconds',
    type: 'histogram',
    help: 'Duration of the steps of operations, by type and step: prepare, wait (for its turn), drain, settings, reboot, confirm, cancel, giveback; counted by the leader',
    labels: ['type', 'step'],
  },
  finished: {
    name: 'kubeos_operations_finished_total',
    type: 'counter',
    help: 'Operations that ended, by type and result: Succeeded, Failed, Cancelled; counted by the leader',
    labels: ['type', 'result'],
  },
  failures: {
    name: 'kubeos_operation_failures_total',
    type: 'counter',
    help: 'Failures of operations by reason; one that is of no known reason is Other; counted by the leader',
    labels: ['reason'],
  },
  fallbacks: {
    name: 'kubeos_boot_fallbacks_total',
    type: 'counter',
    help: 'Operations whose node went back to its old slot after it had booted the new one, or had tried to; counted by the leader',
    labels: [],
  },
  schemaRevision: {
    name: 'kubeos_crd_schema_revision',
    type: 'gauge',
    help: 'Schema revision of the CRDs: the one that is needed, and the one that was served when the leader last looked; 0 is none',
    labels: ['of'],
  },
  passes: {
    name: 'kubeos_reconcile_duration_seconds',
    type: 'histogram',
    help: 'Duration of passes by kind of key and result: done, failed',
    labels: ['kind', 'result'],
  },
  apiRequests: {
    name: 'kubeos_api_requests_total',
    type: 'counter',
    help: 'Requests to the API server by method and status; status 0 is no answer',
    labels: ['method', 'status'],
  },
  apiDuration: {
    name: 'kubeos_api_request_duration_seconds',
    type: 'histogram',
    help: 'Time until the API server began to answer, or until that was given up',
    labels: ['method'],
  },
  queueReady: {
    name: 'kubeos_queue_ready',
    type: 'gauge',
    help: 'Keys that wait for a worker',
    labels: [],
  },
  queueDelayed: {
    name: 'kubeos_queue_delayed',
    type: 'gauge',
    help: 'Keys that wait for their time',
    labels: [],
  },
  queueRunning: {
    name: 'kubeos_queue_running',
    type: 'gauge',
    help: 'Keys at work',
    labels: [],
  },
  cachedObjects: {
    name: 'kubeos_cached_objects',
    type: 'gauge',
    help: 'Objects in the cache by kind: oses, nodes, instances',
    labels: ['kind'],
  },
  unreadableObjects: {
    name: 'kubeos_unreadable_objects',
    type: 'gauge',
    help: 'Objects that cannot be read, or not in full, by kind: oses, nodes, instances',
    labels: ['kind'],
  },
  cacheAge: {
    name: 'kubeos_cache_age_seconds',
    type: 'gauge',
    help: 'Time since the API server was last heard of',
    labels: ['kind'],
  },
} as const satisfies MetricDescriptions;
