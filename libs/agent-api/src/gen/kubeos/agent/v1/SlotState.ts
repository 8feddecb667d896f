// Original file: proto/kubeos/agent/v1/agent.proto

export const SlotState = {
  SLOT_STATE_UNSPECIFIED: 'SLOT_STATE_UNSPECIFIED',
  SLOT_STATE_EMPTY: 'SLOT_STATE_EMPTY',
  SLOT_STATE_READY: 'SLOT_STATE_READY',
  SLOT_STATE_TRIAL: 'SLOT_STATE_TRIAL',
  SLOT_STATE_GOOD: 'SLOT_STATE_GOOD',
  SLOT_STATE_FAILED: 'SLOT_STATE_FAILED',
} as const;

export type SlotState =
  | 'SLOT_STATE_UNSPECIFIED'
  | 0
  | 'SLOT_STATE_EMPTY'
  | 1
  | 'SLOT_STATE_READY'
  | 2
  | 'SLOT_STATE_TRIAL'
  | 3
  | 'SLOT_STATE_GOOD'
  | 4
  | 'SLOT_STATE_FAILED'
  | 5

export type SlotState__Output = typeof SlotState[keyof typeof SlotState]
