// Original file: proto/kubeos/agent/v1/agent.proto

import type { OperationRef as _kubeos_agent_v1_OperationRef, OperationRef__Output as _kubeos_agent_v1_OperationRef__Output } from '../../../kubeos/agent/v1/OperationRef.ts';

export interface CancelRequest {
  'operation'?: (_kubeos_agent_v1_OperationRef | null);
}

export interface CancelRequest__Output {
  'operation': (_kubeos_agent_v1_OperationRef__Output | null);
}
