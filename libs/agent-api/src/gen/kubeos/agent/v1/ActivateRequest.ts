// Original file: proto/kubeos/agent/v1/agent.proto

import type { OperationRef as _kubeos_agent_v1_OperationRef, OperationRef__Output as _kubeos_agent_v1_OperationRef__Output } from '../../../kubeos/agent/v1/OperationRef.ts';
import type { OperationTarget as _kubeos_agent_v1_OperationTarget, OperationTarget__Output as _kubeos_agent_v1_OperationTarget__Output } from '../../../kubeos/agent/v1/OperationTarget.ts';

export interface ActivateRequest {
  'operation'?: (_kubeos_agent_v1_OperationRef | null);
  'target'?: (_kubeos_agent_v1_OperationTarget | null);
  'confirmTimeoutSeconds'?: (number);
  '_confirmTimeoutSeconds'?: "confirmTimeoutSeconds";
}

export interface ActivateRequest__Output {
  'operation': (_kubeos_agent_v1_OperationRef__Output | null);
  'target': (_kubeos_agent_v1_OperationTarget__Output | null);
  'confirmTimeoutSeconds'?: (number);
  '_confirmTimeoutSeconds'?: "confirmTimeoutSeconds";
}
