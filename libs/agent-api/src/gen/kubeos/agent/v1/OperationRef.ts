// Original file: proto/kubeos/agent/v1/agent.proto

import type { OperationType as _kubeos_agent_v1_OperationType, OperationType__Output as _kubeos_agent_v1_OperationType__Output } from '../../../kubeos/agent/v1/OperationType.ts';
import type { Long } from '@grpc/proto-loader';

export interface OperationRef {
  'id'?: (string);
  'seq'?: (number | string | Long);
  'type'?: (_kubeos_agent_v1_OperationType);
}

export interface OperationRef__Output {
  'id': (string);
  'seq': (number);
  'type': (_kubeos_agent_v1_OperationType__Output);
}
