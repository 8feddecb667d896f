/** What the model API server stores. Every stored object is immutable: a write puts a new one in its place. */
import type { NodeView, Os, OsInstance, PodView } from '@kubeos/core';

/** A Node with what its view does not tell. */
export interface NodeRecord {
  readonly view: NodeView;
  /** Field manager that set `spec.unschedulable`; `undefined` while it is not set. */
  readonly cordonedBy: string | undefined;
}

/** The renewals of a node's Lease, without one event for each: every ten seconds while the kubelet runs. */
export interface LeaseRecord {
  readonly startedMs: number;
  readonly stoppedMs: number | undefined;
}

/** A Pod with what its view does not tell. */
export interface PodRecord {
  readonly view: PodView;
  /** Empty while the pod waits for the scheduler. */
  readonly node: string;
  /** When its node was chosen and it was bound, and whether the node took pods then; absent where nobody bound it. */
  readonly bound?: {
    readonly chosenMs: number;
    readonly atMs: number;
    readonly openly: boolean;
  };
  /** The workload that looks after it. */
  readonly workload: string;
  /** Seconds between the eviction and the end. */
  readonly graceSeconds: number;
}

/** One change as a watch tells it; `object` is absent after a deletion. */
export type StoredChange = {
  readonly key: string;
  readonly version: number;
} & (
  | { readonly kind: 'os'; readonly object: Os | undefined }
  | { readonly kind: 'node'; readonly object: NodeView | undefined }
  | { readonly kind: 'instance'; readonly object: OsInstance | undefined }
);

/** A workload with a budget: `replicas` pods that a controller keeps alive. */
export interface WorkloadRecord {
  readonly namespace: string;
  readonly name: string;
  readonly replicas: number;
  /** Pods that must stay Ready; absent: no budget. */
  readonly minAvailable?: number;
  /** Seconds between the binding of a pod and its readiness. */
  readonly startSeconds: number;
  readonly graceSeconds: number;
  readonly hasEmptyDir: boolean;
}
