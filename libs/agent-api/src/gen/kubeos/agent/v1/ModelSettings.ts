// Original file: proto/kubeos/agent/v1/agent.proto

import type { Setting as _kubeos_agent_v1_Setting, Setting__Output as _kubeos_agent_v1_Setting__Output } from '../../../kubeos/agent/v1/Setting.ts';
import type { RebootPolicy as _kubeos_agent_v1_RebootPolicy, RebootPolicy__Output as _kubeos_agent_v1_RebootPolicy__Output } from '../../../kubeos/agent/v1/RebootPolicy.ts';

export interface ModelSettings {
  'model'?: (string);
  'configpath'?: (string);
  'contents'?: (_kubeos_agent_v1_Setting)[];
  'restart'?: (boolean);
  'reboot'?: (_kubeos_agent_v1_RebootPolicy);
  '_model'?: "model";
  '_configpath'?: "configpath";
  '_restart'?: "restart";
}

export interface ModelSettings__Output {
  'model'?: (string);
  'configpath'?: (string);
  'contents': (_kubeos_agent_v1_Setting__Output)[];
  'restart'?: (boolean);
  'reboot': (_kubeos_agent_v1_RebootPolicy__Output);
  '_model'?: "model";
  '_configpath'?: "configpath";
  '_restart'?: "restart";
}
