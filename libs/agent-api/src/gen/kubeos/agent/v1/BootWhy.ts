// Original file: proto/kubeos/agent/v1/agent.proto

export const BootWhy = {
  BOOT_WHY_UNSPECIFIED: 'BOOT_WHY_UNSPECIFIED',
  BOOT_WHY_GOOD: 'BOOT_WHY_GOOD',
  BOOT_WHY_TRIAL: 'BOOT_WHY_TRIAL',
  BOOT_WHY_FALLBACK: 'BOOT_WHY_FALLBACK',
  BOOT_WHY_LASTRESORT: 'BOOT_WHY_LASTRESORT',
  BOOT_WHY_MANUAL: 'BOOT_WHY_MANUAL',
  BOOT_WHY_UNKNOWN: 'BOOT_WHY_UNKNOWN',
} as const;

export type BootWhy =
  | 'BOOT_WHY_UNSPECIFIED'
  | 0
  | 'BOOT_WHY_GOOD'
  | 1
  | 'BOOT_WHY_TRIAL'
  | 2
  | 'BOOT_WHY_FALLBACK'
  | 3
  | 'BOOT_WHY_LASTRESORT'
  | 4
  | 'BOOT_WHY_MANUAL'
  | 5
  | 'BOOT_WHY_UNKNOWN'
  | 6

export type BootWhy__Output = typeof BootWhy[keyof typeof BootWhy]
