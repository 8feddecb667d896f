// Original file: proto/kubeos/agent/v1/agent.proto

export const SlotName = {
  SLOT_NAME_UNSPECIFIED: 'SLOT_NAME_UNSPECIFIED',
  SLOT_NAME_A: 'SLOT_NAME_A',
  SLOT_NAME_B: 'SLOT_NAME_B',
} as const;

export type SlotName =
  | 'SLOT_NAME_UNSPECIFIED'
  | 0
  | 'SLOT_NAME_A'
  | 1
  | 'SLOT_NAME_B'
  | 2

export type SlotName__Output = typeof SlotName[keyof typeof SlotName]
