export type {
  ActivateRequest,
  Agent,
  AgentDeps,
  CancelRequest,
  ConfirmRequest,
  PrepareRequest,
  ReturnPassResult,
  RollbackRequest,
} from './agent.ts';
