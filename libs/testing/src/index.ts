export { fullAgentStatus, leanAgentStatus, sampleDigest } from './agent-status.ts';
