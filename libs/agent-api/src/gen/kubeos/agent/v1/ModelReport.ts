// Original file: proto/kubeos/agent/v1/agent.proto

import type { SettingReport as _kubeos_agent_v1_SettingReport, SettingReport__Output as _kubeos_agent_v1_SettingReport__Output } from '../../../kubeos/agent/v1/SettingReport.ts';

export interface ModelReport {
  'model'?: (string);
  'path'?: (string);
  'settings'?: (_kubeos_agent_v1_SettingReport)[];
  '_path'?: "path";
}

export interface ModelReport__Output {
  'model': (string);
  'path'?: (string);
  'settings': (_kubeos_agent_v1_SettingReport__Output)[];
  '_path'?: "path";
}
