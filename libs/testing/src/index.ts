export { describeAgentCalls } from './agent-calls-contract.ts';
export type { ContractDeadlines, OpenCalls } from './agent-calls-contract.ts';
export { fullAgentStatus, leanAgentStatus, sampleDigest } from './agent-status.ts';
export { stubAgent } from './agent-stub.ts';
export type { StubbedAgent } from './agent-stub.ts';
export { createTestAuthority } from './certificates.ts';
export type { TestAuthority, TestCertificate } from './certificates.ts';
export { ManualClock, settle } from './manual-clock.ts';
export { silentLog } from './silent-log.ts';
