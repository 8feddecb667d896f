import { KubeosError, type NodeView, type Os, type OsInstance } from '@kubeos/core';
import type { StoredChange, LeaseRecord, NodeRecord } from './records.ts';

/** How long a node's Lease goes between renewals, as kubelets do (nodeLeaseDurationSeconds 40, a quarter of it). */
export const leaseRenewalMs = 10_000;

/** What a list finds: everything as of one moment. */
export interface Listing {
  readonly version: number;
  readonly nodes: ReadonlyMap<string, NodeRecord>;
  readonly oses: ReadonlyMap<string, Os>;
  readonly instances: ReadonlyMap<string, OsInstance>;
}

type Watcher = (change: StoredChange) => void;
type InstanceWatcher = (instance: OsInstance | undefined) => void;

/**
 * The state of the model API server: objects with resource versions, watchers, and how well it serves.
 *
 * It knows what an API server guarantees (guards, finalizers, owner references, pruning) and nothing of what KubeOS does
 * with it. Reads and writes here are instantaneous; the ports around it add latency and failures.
 */
export class ApiServer implements Listing {
  readonly nodes = new Map<string, NodeRecord>();
  readonly oses = new Map<string, Os>();
  readonly instances = new Map<string, OsInstance>();
  readonly leases = new Map<string, LeaseRecord>();
  /** False during an outage: every request fails. */
  available = true;
  /** Schema revision of the served CRDs. */
  schemaRevision: number;
  /** True while the served CRDs do not know `OS.status.admission`: what is written of it is lost. */
  prunes = false;
  /** What lists at the start of a watch find while they lag behind; the watch brings the rest. */
  private old: Listing | undefined;
  /** True while the served CRDs do not know the operations of an `OSInstance`: any write loses them. */
  prunesInstances = false;
  private readonly watchers = new Set<Watcher>();
  private readonly instanceWatchers = new Map<string, Set<InstanceWatcher>>();
  private readonly now: () => number;
  private lastVersion = 1;
  private lastUid = 0;

  constructor(now: () => number, schemaRevision: number) {
    this.now = now;
    this.schemaRevision = schemaRevision;
  }

  /** Version of the newest write. */
  get version(): number {
    return this.lastVersion;
  }

  /** A uid that was never given before; uids sort by age. */
  newUid(kind: string): string {
    this.lastUid += 1;
    return `${kind}-${String(this.lastUid).padStart(6, '0')}`;
  }

  /** Throws `API_UNAVAILABLE` during an outage. */
  requireAvailable(): void {
    if (!this.available) {
      throw new KubeosError('API_UNAVAILABLE', 'Asking the API server: it does not answer');
    }
  }

  /** What a list finds before a watch begins: the present, or what was a while ago. */
  get listed(): Listing {
    return this.old ?? this;
  }

  /** Lists before a watch find from now on what is now, whatever comes. */
  freezeLists(): void {
    this.old = {
      version: this.version,
      nodes: new Map(this.nodes),
      oses: new Map(this.oses),
      instances: new Map(this.instances),
    };
  }

  /** Lists find the present again. */
  thawLists(): void {
    this.old = undefined;
  }

  watch(watcher: Watcher): () => void {
    this.watchers.add(watcher);
    return () => void this.watchers.delete(watcher);
  }

  /** Watches one `OSInstance` only. */
  watchInstance(name: string, watcher: InstanceWatcher): () => void {
    const watchers = this.instanceWatchers.get(name) ?? new Set();
    this.instanceWatchers.set(name, watchers.add(watcher));
    return () => void watchers.delete(watcher);
  }

  putNode(record: NodeRecord): NodeView {
    const version = this.nextVersion();
    const view = { ...record.view, resourceVersion: String(version) };
    this.nodes.set(view.name, { ...record, view });
    this.tell({ kind: 'node', key: view.name, object: view, version });
    return view;
  }

  /** Removes a Node and, as the garbage collector does, what it owns. */
  removeNode(name: string): void {
    const record = this.nodes.get(name);
    if (record === undefined) return;
    this.nodes.delete(name);
    this.leases.delete(name);
    this.tell({ kind: 'node', key: name, object: undefined, version: this.nextVersion() });
    const owned = this.instances.get(name);
    if (owned?.ownerUid === record.view.uid) this.deleteInstance(name);
  }

  putOs(os: Os): Os {
    if (os.deleting && os.finalizers.length === 0) {
      this.oses.delete(os.uid);
      this.tell({ kind: 'os', key: os.uid, object: undefined, version: this.nextVersion() });
      return os;
    }
    const version = this.nextVersion();
    const stored = this.prune({ ...os, resourceVersion: String(version) });
    this.oses.set(os.uid, stored);
    this.tell({ kind: 'os', key: os.uid, object: stored, version });
    return stored;
  }

  deleteOs(uid: string): void {
    const os = this.oses.get(uid);
    if (os !== undefined) this.putOs({ ...os, deleting: true });
  }

  putInstance(instance: OsInstance): OsInstance {
    const version = this.nextVersion();
    const stored = this.pruneInstance({ ...instance, resourceVersion: String(version) });
    if (instance.deleting && instance.finalizers.length === 0) {
      this.instances.delete(instance.name);
      this.tell({ kind: 'instance', key: instance.name, object: undefined, version });
      return stored;
    }
    this.instances.set(instance.name, stored);
    this.tell({ kind: 'instance', key: instance.name, object: stored, version });
    return stored;
  }

  deleteInstance(name: string): void {
    const instance = this.instances.get(name);
    if (instance !== undefined) this.putInstance({ ...instance, deleting: true });
  }

  /** A text that changes with each renewal of the node's Lease. */
  leaseText(node: string): string | undefined {
    const lease = this.leases.get(node);
    if (lease === undefined) return undefined;
    const lastMs = lease.stoppedMs ?? this.now();
    return `${String(lease.startedMs)}+${String(Math.floor((lastMs - lease.startedMs) / leaseRenewalMs))}`;
  }

  private prune(os: Os): Os {
    if (!this.prunes || os.status.admission === undefined) return os;
    const { admission: _admission, schemaRevision: _revision, ...status } = os.status;
    return { ...os, status };
  }

  private pruneInstance(instance: OsInstance): OsInstance {
    if (!this.prunesInstances) return instance;
    const { operation: _operation, history: _history, ...spec } = instance.spec;
    return { ...instance, spec };
  }

  private nextVersion(): number {
    this.lastVersion += 1;
    return this.lastVersion;
  }

  private tell(change: StoredChange): void {
    for (const watcher of this.watchers) watcher(change);
    if (change.kind !== 'instance') return;
    for (const watcher of this.instanceWatchers.get(change.key) ?? []) watcher(change.object);
  }
}

/** Throws `CONFLICT` unless the stored object is the one that the writer read. */
export function requireVersion(
  what: string,
  stored: { readonly resourceVersion: string; readonly uid: string } | undefined,
  given: { readonly resourceVersion: string; readonly uid: string },
): void {
  if (stored === undefined) {
    throw new KubeosError('NOT_FOUND', `Writing ${what}: it is gone`);
  }
  if (stored.uid !== given.uid || stored.resourceVersion !== given.resourceVersion) {
    throw new KubeosError('CONFLICT', `Writing ${what}: it was changed in the meantime`);
  }
}
