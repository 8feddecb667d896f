// Original file: proto/kubeos/agent/v1/agent.proto

import type { SettingsStatus as _kubeos_agent_v1_SettingsStatus, SettingsStatus__Output as _kubeos_agent_v1_SettingsStatus__Output } from '../../../kubeos/agent/v1/SettingsStatus.ts';

export interface GetDriftResponse {
  'status'?: (_kubeos_agent_v1_SettingsStatus | null);
}

export interface GetDriftResponse__Output {
  'status': (_kubeos_agent_v1_SettingsStatus__Output | null);
}
