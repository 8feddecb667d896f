/** The few fields of Kubernetes objects that decisions look at; everything else is pruned when it is read. */

/** A Node. */
export interface NodeView {
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly unschedulable: boolean;
  /** True when managedFields names the operator's field manager for `spec.unschedulable`. */
  readonly unschedulableIsOurs: boolean;
  /** Status of condition Ready is True. */
  readonly ready: boolean;
  readonly bootId: string;
  /** `status.nodeInfo.osImage`. */
  readonly osImage: string;
  readonly deleting: boolean;
}

/** A Pod on a candidate node. */
export interface PodView {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly phase: string;
  readonly ready: boolean;
  /** Has a deletionTimestamp. */
  readonly deleting: boolean;
  /** Annotation `kubernetes.io/config.mirror` is there. */
  readonly mirror: boolean;
  /** The controlling owner (ownerReference with `controller: true`). */
  readonly controller?: { readonly kind: string; readonly name: string; readonly uid: string };
  readonly hasOwner: boolean;
  readonly hasEmptyDir: boolean;
}

/** A PodDisruptionBudget. */
export interface BudgetView {
  readonly namespace: string;
  readonly name: string;
  /** `undefined` selects nothing, an empty selector selects every pod of the namespace (policy/v1). */
  readonly selector?: LabelSelectorView;
  readonly disruptionsAllowed: number;
  readonly unhealthyPodEvictionPolicy: 'IfHealthyBudget' | 'AlwaysAllow';
  /** The status has been computed for the current spec. */
  readonly observed: boolean;
  readonly currentHealthy: number;
  readonly desiredHealthy: number;
}

/** A label selector, https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/. */
export interface LabelSelectorView {
  readonly matchLabels: Readonly<Record<string, string>>;
  readonly matchExpressions: readonly {
    readonly key: string;
    readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
    readonly values: readonly string[];
  }[];
}
