export type {
  ActivateRequest,
  Agent,
  AgentDeps,
  CancelRequest,
  ConfirmRequest,
  ConsoleRollback,
  PrepareRequest,
  ReturnPassResult,
  RollbackRequest,
} from './agent.ts';
export { createAgent } from './create-agent.ts';
export { recordSchema } from './record.ts';
export { agentApiVersion } from './status-of.ts';
export { armedLimitSeconds, defaultConfirmTimeoutSeconds } from './world.ts';
