// Original file: proto/kubeos/agent/v1/agent.proto

export const RebootPolicy = {
  REBOOT_POLICY_UNSPECIFIED: 'REBOOT_POLICY_UNSPECIFIED',
  REBOOT_POLICY_NEVER: 'REBOOT_POLICY_NEVER',
  REBOOT_POLICY_IF_NEEDED: 'REBOOT_POLICY_IF_NEEDED',
} as const;

export type RebootPolicy =
  | 'REBOOT_POLICY_UNSPECIFIED'
  | 0
  | 'REBOOT_POLICY_NEVER'
  | 1
  | 'REBOOT_POLICY_IF_NEEDED'
  | 2

export type RebootPolicy__Output = typeof RebootPolicy[keyof typeof RebootPolicy]
