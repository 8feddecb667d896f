// Original file: proto/kubeos/agent/v1/agent.proto

import type { SettingsSet as _kubeos_agent_v1_SettingsSet, SettingsSet__Output as _kubeos_agent_v1_SettingsSet__Output } from '../../../kubeos/agent/v1/SettingsSet.ts';
import type { SettingsStatus as _kubeos_agent_v1_SettingsStatus, SettingsStatus__Output as _kubeos_agent_v1_SettingsStatus__Output } from '../../../kubeos/agent/v1/SettingsStatus.ts';

export interface GetSettingsResponse {
  'before'?: (_kubeos_agent_v1_SettingsSet | null);
  'after'?: (_kubeos_agent_v1_SettingsSet | null);
  'status'?: (_kubeos_agent_v1_SettingsStatus | null);
  '_before'?: "before";
  '_after'?: "after";
  '_status'?: "status";
}

export interface GetSettingsResponse__Output {
  'before'?: (_kubeos_agent_v1_SettingsSet__Output | null);
  'after'?: (_kubeos_agent_v1_SettingsSet__Output | null);
  'status'?: (_kubeos_agent_v1_SettingsStatus__Output | null);
  '_before'?: "before";
  '_after'?: "after";
  '_status'?: "status";
}
