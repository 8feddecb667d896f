/** A condition as Kubernetes defines it (metav1.Condition); kept as a list keyed by `type`. */
export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  /** CamelCase, never empty. */
  readonly reason: string;
  readonly message: string;
  readonly observedGeneration?: number;
  /** RFC 3339, seconds. */
  readonly lastTransitionTime: string;
}
