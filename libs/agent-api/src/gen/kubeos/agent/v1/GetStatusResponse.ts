// Original file: proto/kubeos/agent/v1/agent.proto

import type { AgentStatus as _kubeos_agent_v1_AgentStatus, AgentStatus__Output as _kubeos_agent_v1_AgentStatus__Output } from '../../../kubeos/agent/v1/AgentStatus.ts';

export interface GetStatusResponse {
  'status'?: (_kubeos_agent_v1_AgentStatus | null);
}

export interface GetStatusResponse__Output {
  'status': (_kubeos_agent_v1_AgentStatus__Output | null);
}
