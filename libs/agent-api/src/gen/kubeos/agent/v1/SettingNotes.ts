// Original file: proto/kubeos/agent/v1/agent.proto

import type { SettingNote as _kubeos_agent_v1_SettingNote, SettingNote__Output as _kubeos_agent_v1_SettingNote__Output } from '../../../kubeos/agent/v1/SettingNote.ts';

export interface SettingNotes {
  'total'?: (number);
  'first'?: (_kubeos_agent_v1_SettingNote)[];
}

export interface SettingNotes__Output {
  'total': (number);
  'first': (_kubeos_agent_v1_SettingNote__Output)[];
}
