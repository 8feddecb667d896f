/** The cluster as a person's program reads it, everything at one moment. */
import type { OsInstance } from '../api/os-instance.ts';
import type { Os } from '../api/os.ts';
import type { BudgetView, NodeView, PodView } from '../ports/cluster-views.ts';

/** When something about a node was written, as the API server keeps it; RFC 3339, absent where nobody knows. */
export interface NodeTimes {
  /** The operator last wrote the spec of the `OSInstance`: the phase of the operation. */
  readonly phase?: string;
  /** Condition Ready of the Node last turned. */
  readonly ready?: string;
  /** Somebody last wrote `spec.unschedulable` of the Node. */
  readonly cordon?: string;
  /** Somebody last wrote the annotation that holds the Node. */
  readonly hold?: string;
}

/** What is known of a cluster. */
export interface ObservedCluster {
  readonly oses: readonly Os[];
  readonly nodes: readonly NodeView[];
  readonly instances: readonly OsInstance[];
  readonly times: ReadonlyMap<string, NodeTimes>;
  /** Pods of the nodes whose pods were read, by node. */
  readonly pods: ReadonlyMap<string, readonly PodView[]>;
  /** Disruption budgets of the namespaces of those pods. */
  readonly budgets: readonly BudgetView[];
  /** True for the operator's own pods, which no drain evicts. */
  readonly isSpared: (pod: PodView) => boolean;
  readonly wallMs: number;
  /** IANA name of the zone that windows without one use. */
  readonly operatorZone: string;
  readonly servedSchemaRevision: number;
}
