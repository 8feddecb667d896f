// Original file: proto/kubeos/agent/v1/agent.proto

export const DriftPolicy = {
  DRIFT_POLICY_UNSPECIFIED: 'DRIFT_POLICY_UNSPECIFIED',
  DRIFT_POLICY_REPORT: 'DRIFT_POLICY_REPORT',
  DRIFT_POLICY_HEAL: 'DRIFT_POLICY_HEAL',
} as const;

export type DriftPolicy =
  | 'DRIFT_POLICY_UNSPECIFIED'
  | 0
  | 'DRIFT_POLICY_REPORT'
  | 1
  | 'DRIFT_POLICY_HEAL'
  | 2

export type DriftPolicy__Output = typeof DriftPolicy[keyof typeof DriftPolicy]
