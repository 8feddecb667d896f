// Original file: proto/kubeos/agent/v1/agent.proto

import type { OperationType as _kubeos_agent_v1_OperationType, OperationType__Output as _kubeos_agent_v1_OperationType__Output } from '../../../kubeos/agent/v1/OperationType.ts';
import type { Phase as _kubeos_agent_v1_Phase, Phase__Output as _kubeos_agent_v1_Phase__Output } from '../../../kubeos/agent/v1/Phase.ts';
import type { OperationState as _kubeos_agent_v1_OperationState, OperationState__Output as _kubeos_agent_v1_OperationState__Output } from '../../../kubeos/agent/v1/OperationState.ts';
import type { PhaseResult as _kubeos_agent_v1_PhaseResult, PhaseResult__Output as _kubeos_agent_v1_PhaseResult__Output } from '../../../kubeos/agent/v1/PhaseResult.ts';
import type { OperationProgress as _kubeos_agent_v1_OperationProgress, OperationProgress__Output as _kubeos_agent_v1_OperationProgress__Output } from '../../../kubeos/agent/v1/OperationProgress.ts';
import type { SlotName as _kubeos_agent_v1_SlotName, SlotName__Output as _kubeos_agent_v1_SlotName__Output } from '../../../kubeos/agent/v1/SlotName.ts';
import type { AgentFailure as _kubeos_agent_v1_AgentFailure, AgentFailure__Output as _kubeos_agent_v1_AgentFailure__Output } from '../../../kubeos/agent/v1/AgentFailure.ts';
import type { Disruption as _kubeos_agent_v1_Disruption, Disruption__Output as _kubeos_agent_v1_Disruption__Output } from '../../../kubeos/agent/v1/Disruption.ts';
import type { Long } from '@grpc/proto-loader';

export interface AgentOperation {
  'id'?: (string);
  'seq'?: (number | string | Long);
  'type'?: (_kubeos_agent_v1_OperationType);
  'phase'?: (_kubeos_agent_v1_Phase);
  'state'?: (_kubeos_agent_v1_OperationState);
  'result'?: (_kubeos_agent_v1_PhaseResult);
  'progress'?: (_kubeos_agent_v1_OperationProgress | null);
  'slot'?: (_kubeos_agent_v1_SlotName);
  'slotDigest'?: (string);
  'version'?: (string);
  'failure'?: (_kubeos_agent_v1_AgentFailure | null);
  'disruption'?: (_kubeos_agent_v1_Disruption);
  '_progress'?: "progress";
  '_slotDigest'?: "slotDigest";
  '_version'?: "version";
  '_failure'?: "failure";
}

export interface AgentOperation__Output {
  'id': (string);
  'seq': (number);
  'type': (_kubeos_agent_v1_OperationType__Output);
  'phase': (_kubeos_agent_v1_Phase__Output);
  'state': (_kubeos_agent_v1_OperationState__Output);
  'result': (_kubeos_agent_v1_PhaseResult__Output);
  'progress'?: (_kubeos_agent_v1_OperationProgress__Output | null);
  'slot': (_kubeos_agent_v1_SlotName__Output);
  'slotDigest'?: (string);
  'version'?: (string);
  'failure'?: (_kubeos_agent_v1_AgentFailure__Output | null);
  'disruption': (_kubeos_agent_v1_Disruption__Output);
  '_progress'?: "progress";
  '_slotDigest'?: "slotDigest";
  '_version'?: "version";
  '_failure'?: "failure";
}
