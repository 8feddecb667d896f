// Original file: proto/kubeos/agent/v1/agent.proto

import type { SlotName as _kubeos_agent_v1_SlotName, SlotName__Output as _kubeos_agent_v1_SlotName__Output } from '../../../kubeos/agent/v1/SlotName.ts';

export interface OperationTarget {
  'version'?: (string);
  'payloadDigest'?: (string);
  'slot'?: (_kubeos_agent_v1_SlotName);
  'slotDigest'?: (string);
  '_payloadDigest'?: "payloadDigest";
  '_slotDigest'?: "slotDigest";
}

export interface OperationTarget__Output {
  'version': (string);
  'payloadDigest'?: (string);
  'slot': (_kubeos_agent_v1_SlotName__Output);
  'slotDigest'?: (string);
  '_payloadDigest'?: "payloadDigest";
  '_slotDigest'?: "slotDigest";
}
