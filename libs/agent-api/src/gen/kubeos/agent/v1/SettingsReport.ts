// Original file: proto/kubeos/agent/v1/agent.proto

import type { ModelReport as _kubeos_agent_v1_ModelReport, ModelReport__Output as _kubeos_agent_v1_ModelReport__Output } from '../../../kubeos/agent/v1/ModelReport.ts';
import type { Disruption as _kubeos_agent_v1_Disruption, Disruption__Output as _kubeos_agent_v1_Disruption__Output } from '../../../kubeos/agent/v1/Disruption.ts';

export interface SettingsReport {
  'models'?: (_kubeos_agent_v1_ModelReport)[];
  'disruption'?: (_kubeos_agent_v1_Disruption);
  'pendingRestarts'?: (string)[];
  'rebootPending'?: (boolean);
}

export interface SettingsReport__Output {
  'models': (_kubeos_agent_v1_ModelReport__Output)[];
  'disruption': (_kubeos_agent_v1_Disruption__Output);
  'pendingRestarts': (string)[];
  'rebootPending': (boolean);
}
