/** The metrics of the programs: the programs export what stands here, and the reference page is written from it. */

/** A metric as Prometheus knows it. */
export interface MetricDescription {
  readonly name: string;
  readonly type: 'gauge' | 'counter' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
}

type Descriptions = Readonly<Record<string, MetricDescription>>;

/** What os-operator exports beside the metrics of its process. */
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
  osNodes: {
    name: 'kubeos_os_nodes',
    type: 'gauge',
    help: 'Nodes of an OS object by state: all, updated, preparing, working, failed, waiting; told by the leader',
    labels: ['namespace', 'name', 'state'],
  },
  passes: {
    name: 'kubeos_reconcile_seconds',
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
    help: 'Objects that cannot be read',
    labels: ['kind'],
  },
  cacheAge: {
    name: 'kubeos_cache_age_seconds',
    type: 'gauge',
    help: 'Time since the API server was last heard of',
    labels: ['kind'],
  },
} as const satisfies Descriptions;

/** What os-proxy exports. */
export const proxyMetrics = {
  info: {
    name: 'kubeos_proxy_info',
    type: 'gauge',
    help: 'Version of the proxy; the value is 1',
    labels: ['version'],
  },
  passes: {
    name: 'kubeos_proxy_passes_total',
    type: 'counter',
    help: 'Passes of the loop',
    labels: [],
  },
  failedPasses: {
    name: 'kubeos_proxy_failed_passes_total',
    type: 'counter',
    help: 'Passes that failed',
    labels: [],
  },
  apiAge: {
    name: 'kubeos_proxy_api_age_seconds',
    type: 'gauge',
    help: 'Time since the API server was last heard of',
    labels: [],
  },
  residentMemory: {
    name: 'process_resident_memory_bytes',
    type: 'gauge',
    help: 'Resident memory',
    labels: [],
  },
  agentInfo: {
    name: 'kubeos_agent_info',
    type: 'gauge',
    help: 'Version of the agent and of the running system; the value is 1',
    labels: ['version', 'system'],
  },
  slotInfo: {
    name: 'kubeos_slot_info',
    type: 'gauge',
    help: 'What each slot holds, its state and whether it is booted; the value is 1',
    labels: ['slot', 'state', 'version', 'booted'],
  },
  agentHeld: {
    name: 'kubeos_agent_held',
    type: 'gauge',
    help: 'Whether a rollback at the console holds the node: 1 or 0',
    labels: [],
  },
  agentWarnings: {
    name: 'kubeos_agent_warnings',
    type: 'gauge',
    help: 'Warnings of the agent',
    labels: [],
  },
  operationRunning: {
    name: 'kubeos_operation_running',
    type: 'gauge',
    help: 'Whether a phase is at work on this node: 1 or 0',
    labels: [],
  },
  operationProgress: {
    name: 'kubeos_operation_progress_bytes',
    type: 'gauge',
    help: 'How far the phase at work has come',
    labels: [],
  },
  settingsRefused: {
    name: 'kubeos_settings_refused',
    type: 'gauge',
    help: 'Settings that were asked of this node and could not be applied',
    labels: [],
  },
  settingsDrifted: {
    name: 'kubeos_settings_drifted',
    type: 'gauge',
    help: 'Settings that this node was found to have otherwise',
    labels: [],
  },
} as const satisfies Descriptions;
