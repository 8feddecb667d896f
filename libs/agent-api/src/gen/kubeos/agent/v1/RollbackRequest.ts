// Original file: proto/kubeos/agent/v1/agent.proto

import type { OperationRef as _kubeos_agent_v1_OperationRef, OperationRef__Output as _kubeos_agent_v1_OperationRef__Output } from '../../../kubeos/agent/v1/OperationRef.ts';

export interface RollbackRequest {
  'operation'?: (_kubeos_agent_v1_OperationRef | null);
  'version'?: (string);
  'confirmTimeoutSeconds'?: (number);
  '_confirmTimeoutSeconds'?: "confirmTimeoutSeconds";
}

export interface RollbackRequest__Output {
  'operation': (_kubeos_agent_v1_OperationRef__Output | null);
  'version': (string);
  'confirmTimeoutSeconds'?: (number);
  '_confirmTimeoutSeconds'?: "confirmTimeoutSeconds";
}
