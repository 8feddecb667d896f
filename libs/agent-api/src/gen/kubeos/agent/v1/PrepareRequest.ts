// Original file: proto/kubeos/agent/v1/agent.proto

import type { OperationRef as _kubeos_agent_v1_OperationRef, OperationRef__Output as _kubeos_agent_v1_OperationRef__Output } from '../../../kubeos/agent/v1/OperationRef.ts';
import type { Payload as _kubeos_agent_v1_Payload, Payload__Output as _kubeos_agent_v1_Payload__Output } from '../../../kubeos/agent/v1/Payload.ts';

export interface PrepareRequest {
  'operation'?: (_kubeos_agent_v1_OperationRef | null);
  'version'?: (string);
  'payload'?: (_kubeos_agent_v1_Payload | null);
}

export interface PrepareRequest__Output {
  'operation': (_kubeos_agent_v1_OperationRef__Output | null);
  'version': (string);
  'payload': (_kubeos_agent_v1_Payload__Output | null);
}
