// Original file: proto/kubeos/agent/v1/agent.proto

import type { SlotState as _kubeos_agent_v1_SlotState, SlotState__Output as _kubeos_agent_v1_SlotState__Output } from '../../../kubeos/agent/v1/SlotState.ts';
import type { Long } from '@grpc/proto-loader';

export interface SlotStatus {
  'state'?: (_kubeos_agent_v1_SlotState);
  'version'?: (string);
  'payloadDigest'?: (string);
  'slotDigest'?: (string);
  'sizeBytes'?: (number | string | Long);
  '_version'?: "version";
  '_payloadDigest'?: "payloadDigest";
  '_slotDigest'?: "slotDigest";
  '_sizeBytes'?: "sizeBytes";
}

export interface SlotStatus__Output {
  'state': (_kubeos_agent_v1_SlotState__Output);
  'version'?: (string);
  'payloadDigest'?: (string);
  'slotDigest'?: (string);
  'sizeBytes'?: (number);
  '_version'?: "version";
  '_payloadDigest'?: "payloadDigest";
  '_slotDigest'?: "slotDigest";
  '_sizeBytes'?: "sizeBytes";
}
