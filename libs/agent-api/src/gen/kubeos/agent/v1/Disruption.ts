// Original file: proto/kubeos/agent/v1/agent.proto

export const Disruption = {
  DISRUPTION_UNSPECIFIED: 'DISRUPTION_UNSPECIFIED',
  DISRUPTION_NONE: 'DISRUPTION_NONE',
  DISRUPTION_RESTART: 'DISRUPTION_RESTART',
  DISRUPTION_REBOOT: 'DISRUPTION_REBOOT',
} as const;

export type Disruption =
  | 'DISRUPTION_UNSPECIFIED'
  | 0
  | 'DISRUPTION_NONE'
  | 1
  | 'DISRUPTION_RESTART'
  | 2
  | 'DISRUPTION_REBOOT'
  | 3

export type Disruption__Output = typeof Disruption[keyof typeof Disruption]
