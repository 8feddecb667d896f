// Original file: proto/kubeos/agent/v1/agent.proto

import type { OperationProgress as _kubeos_agent_v1_OperationProgress, OperationProgress__Output as _kubeos_agent_v1_OperationProgress__Output } from '../../../kubeos/agent/v1/OperationProgress.ts';
import type { PhaseAnswer as _kubeos_agent_v1_PhaseAnswer, PhaseAnswer__Output as _kubeos_agent_v1_PhaseAnswer__Output } from '../../../kubeos/agent/v1/PhaseAnswer.ts';

export interface PrepareResponse {
  'progress'?: (_kubeos_agent_v1_OperationProgress | null);
  'answer'?: (_kubeos_agent_v1_PhaseAnswer | null);
  'event'?: "progress"|"answer";
}

export interface PrepareResponse__Output {
  'progress'?: (_kubeos_agent_v1_OperationProgress__Output | null);
  'answer'?: (_kubeos_agent_v1_PhaseAnswer__Output | null);
  'event'?: "progress"|"answer";
}
