// Original file: proto/kubeos/agent/v1/agent.proto

import type { OperationRef as _kubeos_agent_v1_OperationRef, OperationRef__Output as _kubeos_agent_v1_OperationRef__Output } from '../../../kubeos/agent/v1/OperationRef.ts';
import type { SlotName as _kubeos_agent_v1_SlotName, SlotName__Output as _kubeos_agent_v1_SlotName__Output } from '../../../kubeos/agent/v1/SlotName.ts';

export interface ConfirmRequest {
  'operation'?: (_kubeos_agent_v1_OperationRef | null);
  'bootId'?: (string);
  'slot'?: (_kubeos_agent_v1_SlotName);
  'slotDigest'?: (string);
  '_slotDigest'?: "slotDigest";
}

export interface ConfirmRequest__Output {
  'operation': (_kubeos_agent_v1_OperationRef__Output | null);
  'bootId': (string);
  'slot': (_kubeos_agent_v1_SlotName__Output);
  'slotDigest'?: (string);
  '_slotDigest'?: "slotDigest";
}
