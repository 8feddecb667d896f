// Original file: proto/kubeos/agent/v1/agent.proto

import type { OutcomeClass as _kubeos_agent_v1_OutcomeClass, OutcomeClass__Output as _kubeos_agent_v1_OutcomeClass__Output } from '../../../kubeos/agent/v1/OutcomeClass.ts';
import type { Evidence as _kubeos_agent_v1_Evidence, Evidence__Output as _kubeos_agent_v1_Evidence__Output } from '../../../kubeos/agent/v1/Evidence.ts';
import type { Long } from '@grpc/proto-loader';

export interface AgentFailure {
  'seq'?: (number | string | Long);
  'code'?: (string);
  'class'?: (_kubeos_agent_v1_OutcomeClass);
  'message'?: (string);
  'evidence'?: (_kubeos_agent_v1_Evidence | null);
  '_evidence'?: "evidence";
}

export interface AgentFailure__Output {
  'seq': (number);
  'code': (string);
  'class': (_kubeos_agent_v1_OutcomeClass__Output);
  'message': (string);
  'evidence'?: (_kubeos_agent_v1_Evidence__Output | null);
  '_evidence'?: "evidence";
}
