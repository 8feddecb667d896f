// Original file: proto/kubeos/agent/v1/agent.proto

import type { SettingNotes as _kubeos_agent_v1_SettingNotes, SettingNotes__Output as _kubeos_agent_v1_SettingNotes__Output } from '../../../kubeos/agent/v1/SettingNotes.ts';

export interface SettingsStatus {
  'before'?: (string);
  'after'?: (string);
  'refused'?: (_kubeos_agent_v1_SettingNotes | null);
  'drift'?: (_kubeos_agent_v1_SettingNotes | null);
  'pendingRestarts'?: (string)[];
  'rebootPending'?: (boolean);
  '_before'?: "before";
  '_after'?: "after";
}

export interface SettingsStatus__Output {
  'before'?: (string);
  'after'?: (string);
  'refused': (_kubeos_agent_v1_SettingNotes__Output | null);
  'drift': (_kubeos_agent_v1_SettingNotes__Output | null);
  'pendingRestarts': (string)[];
  'rebootPending': (boolean);
  '_before'?: "before";
  '_after'?: "after";
}
