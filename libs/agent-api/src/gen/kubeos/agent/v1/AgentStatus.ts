// Original file: proto/kubeos/agent/v1/agent.proto

import type { SlotName as _kubeos_agent_v1_SlotName, SlotName__Output as _kubeos_agent_v1_SlotName__Output } from '../../../kubeos/agent/v1/SlotName.ts';
import type { BootWhy as _kubeos_agent_v1_BootWhy, BootWhy__Output as _kubeos_agent_v1_BootWhy__Output } from '../../../kubeos/agent/v1/BootWhy.ts';
import type { SlotStatus as _kubeos_agent_v1_SlotStatus, SlotStatus__Output as _kubeos_agent_v1_SlotStatus__Output } from '../../../kubeos/agent/v1/SlotStatus.ts';
import type { AgentOperation as _kubeos_agent_v1_AgentOperation, AgentOperation__Output as _kubeos_agent_v1_AgentOperation__Output } from '../../../kubeos/agent/v1/AgentOperation.ts';
import type { AgentFailure as _kubeos_agent_v1_AgentFailure, AgentFailure__Output as _kubeos_agent_v1_AgentFailure__Output } from '../../../kubeos/agent/v1/AgentFailure.ts';
import type { AgentWarning as _kubeos_agent_v1_AgentWarning, AgentWarning__Output as _kubeos_agent_v1_AgentWarning__Output } from '../../../kubeos/agent/v1/AgentWarning.ts';
import type { SettingsStatus as _kubeos_agent_v1_SettingsStatus, SettingsStatus__Output as _kubeos_agent_v1_SettingsStatus__Output } from '../../../kubeos/agent/v1/SettingsStatus.ts';
import type { Long } from '@grpc/proto-loader';

export interface AgentStatus {
  'apiVersion'?: (string);
  'agentVersion'?: (string);
  'capabilities'?: (string)[];
  'revision'?: (number | string | Long);
  'bootId'?: (string);
  'bootedSlot'?: (_kubeos_agent_v1_SlotName);
  'bootWhy'?: (_kubeos_agent_v1_BootWhy);
  'version'?: (string);
  'slots'?: ({[key: string]: _kubeos_agent_v1_SlotStatus});
  'seq'?: (number | string | Long);
  'held'?: (boolean);
  'operation'?: (_kubeos_agent_v1_AgentOperation | null);
  'lastFailure'?: (_kubeos_agent_v1_AgentFailure | null);
  'warnings'?: (_kubeos_agent_v1_AgentWarning)[];
  'settings'?: (_kubeos_agent_v1_SettingsStatus | null);
  '_operation'?: "operation";
  '_lastFailure'?: "lastFailure";
  '_settings'?: "settings";
}

export interface AgentStatus__Output {
  'apiVersion': (string);
  'agentVersion': (string);
  'capabilities': (string)[];
  'revision': (number);
  'bootId': (string);
  'bootedSlot': (_kubeos_agent_v1_SlotName__Output);
  'bootWhy': (_kubeos_agent_v1_BootWhy__Output);
  'version': (string);
  'slots': ({[key: string]: _kubeos_agent_v1_SlotStatus__Output});
  'seq': (number);
  'held': (boolean);
  'operation'?: (_kubeos_agent_v1_AgentOperation__Output | null);
  'lastFailure'?: (_kubeos_agent_v1_AgentFailure__Output | null);
  'warnings': (_kubeos_agent_v1_AgentWarning__Output)[];
  'settings'?: (_kubeos_agent_v1_SettingsStatus__Output | null);
  '_operation'?: "operation";
  '_lastFailure'?: "lastFailure";
  '_settings'?: "settings";
}
