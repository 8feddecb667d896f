// Original file: proto/kubeos/agent/v1/agent.proto

export const Phase = {
  PHASE_UNSPECIFIED: 'PHASE_UNSPECIFIED',
  PHASE_PREPARE: 'PHASE_PREPARE',
  PHASE_DRAIN: 'PHASE_DRAIN',
  PHASE_BEFORE: 'PHASE_BEFORE',
  PHASE_ACTIVATE: 'PHASE_ACTIVATE',
  PHASE_AFTER: 'PHASE_AFTER',
  PHASE_CONFIRM: 'PHASE_CONFIRM',
  PHASE_GIVE_BACK: 'PHASE_GIVE_BACK',
  PHASE_CANCEL: 'PHASE_CANCEL',
} as const;

export type Phase =
  | 'PHASE_UNSPECIFIED'
  | 0
  | 'PHASE_PREPARE'
  | 1
  | 'PHASE_DRAIN'
  | 2
  | 'PHASE_BEFORE'
  | 3
  | 'PHASE_ACTIVATE'
  | 4
  | 'PHASE_AFTER'
  | 5
  | 'PHASE_CONFIRM'
  | 6
  | 'PHASE_GIVE_BACK'
  | 7
  | 'PHASE_CANCEL'
  | 8

export type Phase__Output = typeof Phase[keyof typeof Phase]
