// Original file: proto/kubeos/agent/v1/agent.proto

import type { OperationRef as _kubeos_agent_v1_OperationRef, OperationRef__Output as _kubeos_agent_v1_OperationRef__Output } from '../../../kubeos/agent/v1/OperationRef.ts';
import type { Phase as _kubeos_agent_v1_Phase, Phase__Output as _kubeos_agent_v1_Phase__Output } from '../../../kubeos/agent/v1/Phase.ts';
import type { SettingsSet as _kubeos_agent_v1_SettingsSet, SettingsSet__Output as _kubeos_agent_v1_SettingsSet__Output } from '../../../kubeos/agent/v1/SettingsSet.ts';

export interface ConfigureRequest {
  'operation'?: (_kubeos_agent_v1_OperationRef | null);
  'phase'?: (_kubeos_agent_v1_Phase);
  'settings'?: (_kubeos_agent_v1_SettingsSet | null);
  'confirmTimeoutSeconds'?: (number);
  'dryRun'?: (boolean);
  '_confirmTimeoutSeconds'?: "confirmTimeoutSeconds";
}

export interface ConfigureRequest__Output {
  'operation': (_kubeos_agent_v1_OperationRef__Output | null);
  'phase': (_kubeos_agent_v1_Phase__Output);
  'settings': (_kubeos_agent_v1_SettingsSet__Output | null);
  'confirmTimeoutSeconds'?: (number);
  'dryRun': (boolean);
  '_confirmTimeoutSeconds'?: "confirmTimeoutSeconds";
}
