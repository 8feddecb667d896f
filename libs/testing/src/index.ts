export { describeAgentCalls } from './agent-calls-contract.ts';
export type { ContractDeadlines, OpenCalls } from './agent-calls-contract.ts';
export { fullAgentStatus, leanAgentStatus, sampleDigest } from './agent-status.ts';
export { stubAgent } from './agent-stub.ts';
export type { StubbedAgent } from './agent-stub.ts';
export { describeBootEnvironment } from './boot-environment-contract.ts';
export { createTestAuthority } from './certificates.ts';
export type { TestAuthority, TestCertificate } from './certificates.ts';
export { describeClusterApi } from './cluster-api-contract.ts';
export type { OpenCluster } from './cluster-api-contract.ts';
export { keepRunning } from './keep-running.ts';
export { ManualClock, settle } from './manual-clock.ts';
export { describeNodeLock } from './node-lock-contract.ts';
export type { OpenLock } from './node-lock-contract.ts';
export { describeRecordFile } from './record-file-contract.ts';
export type { RecordFile } from './record-file-contract.ts';
export { describeSettingsFiles } from './settings-files-contract.ts';
export type { OpenSettingsFiles } from './settings-files-contract.ts';
export { silentLog } from './silent-log.ts';
export { describeSlotStore } from './slot-store-contract.ts';
export type { OpenSlots } from './slot-store-contract.ts';
export { startDaemon, type Daemon } from './daemon.ts';
export { absentDigest, indexOf, indexType, openRepository, type Repository } from './oci-image.ts';
export {
  login,
  passOn,
  serveTokens,
  startRegistry,
  type RegistryServer,
  type RegistrySetup,
} from './registry-server.ts';
