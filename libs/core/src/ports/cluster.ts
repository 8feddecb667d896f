/** What the operator needs of a cluster. Every write is guarded and throws `CONFLICT` when the guard does not hold. */
import type { Condition } from '../conditions/condition.ts';
import type { OsInstance, OsInstanceSpec } from '../api/os-instance.ts';
import type { Os, OsStatus } from '../api/os.ts';
import type { BudgetView, NodeView, PodView } from './cluster-views.ts';

/** The operator's caches. They may be stale; `holdsOwnWrites` tells whether they hold the operator's own last writes. */
export interface ClusterCache {
  oses(): Iterable<Os>;
  os(uid: string): Os | undefined;
  nodes(): Iterable<NodeView>;
  node(name: string): NodeView | undefined;
  instances(): Iterable<OsInstance>;
  instance(name: string): OsInstance | undefined;
  /** True when every object that this operator wrote is at least as new in the cache as its write. */
  holdsOwnWrites(): boolean;
}

/** Fields of a Node that the operator may change, all in one guarded patch. `null` removes. */
export interface NodeChange {
  readonly unschedulable?: boolean;
  readonly annotations?: Readonly<Record<string, string | null>>;
  readonly labels?: Readonly<Record<string, string | null>>;
}

/** How the API server answered an eviction. */
export type EvictionAnswer =
  | { readonly kind: 'evicted' }
  /** The pod is gone or is another one by now. */
  | { readonly kind: 'gone' }
  /** A budget, a webhook or whatever else refuses this one pod stands in the way. */
  | { readonly kind: 'blocked'; readonly message: string };

/** An event about an object, written on transitions only. */
export interface ClusterEvent {
  readonly about: {
    readonly kind: 'OS' | 'OSInstance' | 'Node';
    readonly namespace?: string;
    readonly name: string;
    readonly uid: string;
  };
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

/** Reads that go to the API server and see every write made before, and guarded writes. */
export interface ClusterApi {
  /** Lists all objects consistently and refreshes the caches with them. Throws `API_UNAVAILABLE`. */
  refresh(): Promise<void>;
  getOs(namespace: string, name: string): Promise<Os | undefined>;
  getNode(name: string): Promise<NodeView | undefined>;
  getInstance(name: string): Promise<OsInstance | undefined>;
  listPods(node: string): Promise<readonly PodView[]>;
  listBudgets(namespaces: readonly string[]): Promise<readonly BudgetView[]>;
  /** A text that changes with each renewal of the node's Lease in `kube-node-lease`. */
  getNodeLease(name: string): Promise<string | undefined>;
  /** Schema revision of the served CRDs; 0 when they carry none. */
  servedSchemaRevision(): Promise<number>;

  /** Creates `default/<node>` with upstream's label and the Node as its owner. An existing one is a `CONFLICT`. */
  createInstance(node: NodeView, spec: OsInstanceSpec): Promise<OsInstance>;
  /** Names the Node as the owner of an instance that has none. */
  adoptInstance(node: NodeView, instance: OsInstance): Promise<OsInstance>;
  /** Replaces spec and our finalizer, guarded by resourceVersion. */
  writeInstance(
    instance: OsInstance,
    spec: OsInstanceSpec,
    withFinalizer: boolean,
  ): Promise<OsInstance>;
  /** Removes an instance whose Node is gone. */
  deleteInstance(instance: OsInstance): Promise<void>;
  /** Server-side apply of the operator's own conditions on the status subresource. */
  applyInstanceConditions(instance: OsInstance, conditions: readonly Condition[]): Promise<void>;
  changeNode(node: NodeView, change: NodeChange): Promise<NodeView>;
  evict(pod: PodView): Promise<EvictionAnswer>;
  /** Replaces the whole status, guarded by resourceVersion; the answer is what the server stored. */
  writeOsStatus(os: Os, status: OsStatus): Promise<Os>;
  setOsFinalizer(os: Os, present: boolean): Promise<Os>;
  emit(event: ClusterEvent): Promise<void>;
}

/** The lease of the leader. */
export interface Leadership {
  /** True while this process may write: the lease is held, with a margin, by its own monotonic clock. */
  isLeading(): boolean;
  /** Rises each time this process becomes leader. */
  term(): number;
}
