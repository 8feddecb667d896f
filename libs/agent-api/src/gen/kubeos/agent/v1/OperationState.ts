// Original file: proto/kubeos/agent/v1/agent.proto

export const OperationState = {
  OPERATION_STATE_UNSPECIFIED: 'OPERATION_STATE_UNSPECIFIED',
  OPERATION_STATE_RUNNING: 'OPERATION_STATE_RUNNING',
  OPERATION_STATE_DONE: 'OPERATION_STATE_DONE',
  OPERATION_STATE_FAILED: 'OPERATION_STATE_FAILED',
} as const;

export type OperationState =
  | 'OPERATION_STATE_UNSPECIFIED'
  | 0
  | 'OPERATION_STATE_RUNNING'
  | 1
  | 'OPERATION_STATE_DONE'
  | 2
  | 'OPERATION_STATE_FAILED'
  | 3

export type OperationState__Output = typeof OperationState[keyof typeof OperationState]
