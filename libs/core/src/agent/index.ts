export type {
  ActivateRequest,
  Agent,
  AgentDeps,
  CancelRequest,
  ConfigureAnswer,
  ConfigureRequest,
  ConfirmRequest,
  ConsoleRollback,
  HeldSettings,
  PrepareRequest,
  ReturnPassResult,
  RollbackRequest,
  SettingsDeps,
  SettingsPlanner,
} from './agent.ts';
export { createAgent } from './create-agent.ts';
export { recordSchema } from './record.ts';
export { parseSettingsState, type SettingsState } from './settings/settings-state.ts';
export { agentApiVersion } from './status-of.ts';
export { armedLimitSeconds, defaultConfirmTimeoutSeconds } from './world.ts';
