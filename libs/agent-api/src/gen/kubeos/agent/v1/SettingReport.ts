// Original file: proto/kubeos/agent/v1/agent.proto

import type { SettingOutcome as _kubeos_agent_v1_SettingOutcome, SettingOutcome__Output as _kubeos_agent_v1_SettingOutcome__Output } from '../../../kubeos/agent/v1/SettingOutcome.ts';

export interface SettingReport {
  'key'?: (string);
  'outcome'?: (_kubeos_agent_v1_SettingOutcome);
  'reason'?: (string);
  '_reason'?: "reason";
}

export interface SettingReport__Output {
  'key': (string);
  'outcome': (_kubeos_agent_v1_SettingOutcome__Output);
  'reason'?: (string);
  '_reason'?: "reason";
}
