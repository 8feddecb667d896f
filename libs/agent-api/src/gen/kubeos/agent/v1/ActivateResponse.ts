// Original file: proto/kubeos/agent/v1/agent.proto

import type { PhaseAnswer as _kubeos_agent_v1_PhaseAnswer, PhaseAnswer__Output as _kubeos_agent_v1_PhaseAnswer__Output } from '../../../kubeos/agent/v1/PhaseAnswer.ts';

export interface ActivateResponse {
  'answer'?: (_kubeos_agent_v1_PhaseAnswer | null);
}

export interface ActivateResponse__Output {
  'answer': (_kubeos_agent_v1_PhaseAnswer__Output | null);
}
