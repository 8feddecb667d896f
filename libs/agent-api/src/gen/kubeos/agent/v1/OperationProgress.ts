// Original file: proto/kubeos/agent/v1/agent.proto

import type { Long } from '@grpc/proto-loader';

export interface OperationProgress {
  'step'?: (string);
  'bytesDone'?: (number | string | Long);
  'bytesTotal'?: (number | string | Long);
  '_bytesTotal'?: "bytesTotal";
}

export interface OperationProgress__Output {
  'step': (string);
  'bytesDone': (number);
  'bytesTotal'?: (number);
  '_bytesTotal'?: "bytesTotal";
}
