// Original file: proto/kubeos/agent/v1/agent.proto

import type { PhaseResult as _kubeos_agent_v1_PhaseResult, PhaseResult__Output as _kubeos_agent_v1_PhaseResult__Output } from '../../../kubeos/agent/v1/PhaseResult.ts';
import type { SlotName as _kubeos_agent_v1_SlotName, SlotName__Output as _kubeos_agent_v1_SlotName__Output } from '../../../kubeos/agent/v1/SlotName.ts';

export interface PhaseAnswer {
  'result'?: (_kubeos_agent_v1_PhaseResult);
  'slot'?: (_kubeos_agent_v1_SlotName);
  'slotDigest'?: (string);
  'version'?: (string);
  '_slotDigest'?: "slotDigest";
  '_version'?: "version";
}

export interface PhaseAnswer__Output {
  'result': (_kubeos_agent_v1_PhaseResult__Output);
  'slot': (_kubeos_agent_v1_SlotName__Output);
  'slotDigest'?: (string);
  'version'?: (string);
  '_slotDigest'?: "slotDigest";
  '_version'?: "version";
}
