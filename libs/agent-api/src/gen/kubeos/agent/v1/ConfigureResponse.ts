// Original file: proto/kubeos/agent/v1/agent.proto

import type { PhaseAnswer as _kubeos_agent_v1_PhaseAnswer, PhaseAnswer__Output as _kubeos_agent_v1_PhaseAnswer__Output } from '../../../kubeos/agent/v1/PhaseAnswer.ts';
import type { SettingsReport as _kubeos_agent_v1_SettingsReport, SettingsReport__Output as _kubeos_agent_v1_SettingsReport__Output } from '../../../kubeos/agent/v1/SettingsReport.ts';

export interface ConfigureResponse {
  'answer'?: (_kubeos_agent_v1_PhaseAnswer | null);
  'report'?: (_kubeos_agent_v1_SettingsReport | null);
  '_answer'?: "answer";
}

export interface ConfigureResponse__Output {
  'answer'?: (_kubeos_agent_v1_PhaseAnswer__Output | null);
  'report': (_kubeos_agent_v1_SettingsReport__Output | null);
  '_answer'?: "answer";
}
