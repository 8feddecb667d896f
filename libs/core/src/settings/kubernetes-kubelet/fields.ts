/**
 * The fields of KubeletConfiguration v1beta1 and their types (B-48), as Kubernetes 1.36 has them: the structures in
 * `config/v1beta1/types.go` of k8s.io/kubelet v0.36.3, `logs/api/v1/types.go` and `tracing/api/v1/types.go` of
 * k8s.io/component-base, `Taint` and `ResourceList` of k8s.io/api.
 */
import type { FieldType, ListType, MapType, ObjectType } from './field-type.ts';

const boolean = { kind: 'boolean' } as const;
const text = { kind: 'text' } as const;
const number = { kind: 'number' } as const;
const duration = { kind: 'duration' } as const;
const quantity = { kind: 'quantity' } as const;
const int32 = { kind: 'integer', min: -(2 ** 31), max: 2 ** 31 - 1 } as const;
const uint32 = { kind: 'integer', min: 0, max: 2 ** 32 - 1 } as const;
/** B-21: beyond these, a number of JSON has lost digits here. */
const int64 = {
  kind: 'integer',
  min: Number.MIN_SAFE_INTEGER,
  max: Number.MAX_SAFE_INTEGER,
} as const;
const texts = listOf(text);
const textMap = mapOf(text);

/** What `apiVersion` and `kind` of the file have to say. */
export const header = {
  apiVersion: 'kubelet.config.k8s.io/v1beta1',
  kind: 'KubeletConfiguration',
} as const;

const output = { splitStream: boolean, infoBufferSize: quantity };

/** The whole configuration. */
export const kubeletConfiguration: ObjectType = objectOf({
  apiVersion: { kind: 'constant', value: header.apiVersion },
  kind: { kind: 'constant', value: header.kind },
  enableServer: boolean,
  staticPodPath: text,
  podLogsDir: text,
  syncFrequency: duration,
  fileCheckFrequency: duration,
  httpCheckFrequency: duration,
  staticPodURL: text,
  staticPodURLHeader: mapOf(texts),
  address: text,
  port: int32,
  readOnlyPort: int32,
  tlsCertFile: text,
  tlsPrivateKeyFile: text,
  tlsCipherSuites: texts,
  tlsCurvePreferences: listOf(int32),
  tlsMinVersion: text,
  rotateCertificates: boolean,
  serverTLSBootstrap: boolean,
  authentication: objectOf({
    x509: objectOf({ clientCAFile: text }),
    webhook: objectOf({ enabled: boolean, cacheTTL: duration }),
    anonymous: objectOf({ enabled: boolean }),
  }),
  authorization: objectOf({
    mode: text,
    webhook: objectOf({ cacheAuthorizedTTL: duration, cacheUnauthorizedTTL: duration }),
  }),
  registryPullQPS: int32,
  registryBurst: int32,
  imagePullCredentialsVerificationPolicy: text,
  preloadedImagesVerificationAllowlist: texts,
  eventRecordQPS: int32,
  eventBurst: int32,
  enableDebuggingHandlers: boolean,
  enableContentionProfiling: boolean,
  healthzPort: int32,
  healthzBindAddress: text,
  oomScoreAdj: int32,
  clusterDomain: text,
  clusterDNS: texts,
  streamingConnectionIdleTimeout: duration,
  nodeStatusUpdateFrequency: duration,
  nodeStatusReportFrequency: duration,
  nodeLeaseDurationSeconds: int32,
  imageMinimumGCAge: duration,
  imageMaximumGCAge: duration,
  imageGCHighThresholdPercent: int32,
  imageGCLowThresholdPercent: int32,
  volumeStatsAggPeriod: duration,
  kubeletCgroups: text,
  systemCgroups: text,
  cgroupRoot: text,
  cgroupsPerQOS: boolean,
  cgroupDriver: text,
  cpuManagerPolicy: text,
  singleProcessOOMKill: boolean,
  cpuManagerPolicyOptions: textMap,
  cpuManagerReconcilePeriod: duration,
  memoryManagerPolicy: text,
  topologyManagerPolicy: text,
  topologyManagerScope: text,
  topologyManagerPolicyOptions: textMap,
  qosReserved: textMap,
  runtimeRequestTimeout: duration,
  hairpinMode: text,
  maxPods: int32,
  podCIDR: text,
  podPidsLimit: int64,
  resolvConf: text,
  runOnce: boolean,
  cpuCFSQuota: boolean,
  cpuCFSQuotaPeriod: duration,
  nodeStatusMaxImages: int32,
  maxOpenFiles: int64,
  contentType: text,
  kubeAPIQPS: int32,
  kubeAPIBurst: int32,
  serializeImagePulls: boolean,
  maxParallelImagePulls: int32,
  evictionHard: textMap,
  evictionSoft: textMap,
  evictionSoftGracePeriod: textMap,
  evictionPressureTransitionPeriod: duration,
  evictionMaxPodGracePeriod: int32,
  evictionMinimumReclaim: textMap,
  mergeDefaultEvictionSettings: boolean,
  podsPerCore: int32,
  enableControllerAttachDetach: boolean,
  protectKernelDefaults: boolean,
  makeIPTablesUtilChains: boolean,
  iptablesMasqueradeBit: int32,
  iptablesDropBit: int32,
  featureGates: mapOf(boolean),
  failSwapOn: boolean,
  memorySwap: objectOf({ swapBehavior: text }),
  containerLogMaxSize: text,
  containerLogMaxFiles: int32,
  containerLogMaxWorkers: int32,
  containerLogMonitorInterval: duration,
  configMapAndSecretChangeDetectionStrategy: text,
  systemReserved: textMap,
  kubeReserved: textMap,
  reservedSystemCPUs: text,
  showHiddenMetricsForVersion: text,
  systemReservedCgroup: text,
  kubeReservedCgroup: text,
  enforceNodeAllocatable: texts,
  allowedUnsafeSysctls: texts,
  volumePluginDir: text,
  providerID: text,
  kernelMemcgNotification: boolean,
  logging: objectOf({
    format: text,
    flushFrequency: { kind: 'logFlush' },
    verbosity: uint32,
    vmodule: listOf(objectOf({ filePattern: text, verbosity: uint32 })),
    options: objectOf({ text: objectOf(output), json: objectOf(output) }),
  }),
  enableSystemLogHandler: boolean,
  enableSystemLogQuery: boolean,
  shutdownGracePeriod: duration,
  shutdownGracePeriodCriticalPods: duration,
  shutdownGracePeriodByPodPriority: listOf(
    objectOf({ priority: int32, shutdownGracePeriodSeconds: int64 }),
  ),
  crashLoopBackOff: objectOf({ maxContainerRestartPeriod: duration }),
  reservedMemory: listOf(objectOf({ numaNode: int32, limits: mapOf(quantity) })),
  enableProfilingHandler: boolean,
  enableDebugFlagsHandler: boolean,
  seccompDefault: boolean,
  memoryThrottlingFactor: number,
  memoryReservationPolicy: text,
  registerWithTaints: listOf(
    objectOf({ key: text, value: text, effect: text, timeAdded: { kind: 'time' } }),
  ),
  registerNode: boolean,
  tracing: objectOf({ endpoint: text, samplingRatePerMillion: int32 }),
  localStorageCapacityIsolation: boolean,
  containerRuntimeEndpoint: text,
  imageServiceEndpoint: text,
  failCgroupV1: boolean,
  userNamespaces: objectOf({ idsPerPod: int64 }),
});

function listOf(of: FieldType): ListType {
  return { kind: 'list', of };
}

function mapOf(of: FieldType): MapType {
  return { kind: 'map', of };
}

function objectOf(fields: Readonly<Record<string, FieldType>>): ObjectType {
  return { kind: 'object', fields: new Map(Object.entries(fields)) };
}
