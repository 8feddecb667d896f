// Original file: proto/kubeos/agent/v1/agent.proto

import type { DriftPolicy as _kubeos_agent_v1_DriftPolicy, DriftPolicy__Output as _kubeos_agent_v1_DriftPolicy__Output } from '../../../kubeos/agent/v1/DriftPolicy.ts';
import type { ModelSettings as _kubeos_agent_v1_ModelSettings, ModelSettings__Output as _kubeos_agent_v1_ModelSettings__Output } from '../../../kubeos/agent/v1/ModelSettings.ts';

export interface SettingsSet {
  'version'?: (string);
  'drift'?: (_kubeos_agent_v1_DriftPolicy);
  'configs'?: (_kubeos_agent_v1_ModelSettings)[];
  '_version'?: "version";
}

export interface SettingsSet__Output {
  'version'?: (string);
  'drift': (_kubeos_agent_v1_DriftPolicy__Output);
  'configs': (_kubeos_agent_v1_ModelSettings__Output)[];
  '_version'?: "version";
}
