// Original file: proto/kubeos/agent/v1/agent.proto

export const OperationType = {
  OPERATION_TYPE_UNSPECIFIED: 'OPERATION_TYPE_UNSPECIFIED',
  OPERATION_TYPE_UPGRADE: 'OPERATION_TYPE_UPGRADE',
  OPERATION_TYPE_ROLLBACK: 'OPERATION_TYPE_ROLLBACK',
  OPERATION_TYPE_CONFIG: 'OPERATION_TYPE_CONFIG',
} as const;

export type OperationType =
  | 'OPERATION_TYPE_UNSPECIFIED'
  | 0
  | 'OPERATION_TYPE_UPGRADE'
  | 1
  | 'OPERATION_TYPE_ROLLBACK'
  | 2
  | 'OPERATION_TYPE_CONFIG'
  | 3

export type OperationType__Output = typeof OperationType[keyof typeof OperationType]
