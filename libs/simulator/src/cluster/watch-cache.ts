import type { ClusterCache, NodeView, Os, OsInstance } from '@kubeos/core';
import type { Scheduler } from '../engine/scheduler.ts';
import type { ApiServer, Listing } from './api-server.ts';
import type { StoredChange } from './records.ts';

/** What the cache of one operator process depends on. */
export interface WatchCacheDeps {
  readonly server: ApiServer;
  readonly scheduler: Scheduler;
  /** How late a change arrives, in milliseconds; asked for every change. */
  readonly delayMs: () => number;
  /** Told of every change that reached the cache. */
  readonly onChange: (change: StoredChange) => void;
}

/**
 * The caches of one operator: what its watches delivered so far, in order, possibly late.
 *
 * A gap (`breakWatch`) loses nothing for good: real watches list again after a disconnect, so the end of a gap is a list.
 */
export class WatchCache implements ClusterCache {
  private readonly deps: WatchCacheDeps;
  private readonly osObjects = new Map<string, Os>();
  private readonly nodeObjects = new Map<string, NodeView>();
  private readonly instanceObjects = new Map<string, OsInstance>();
  /** Versions of own writes that have not arrived yet, by kind and key. */
  private readonly awaited = new Map<string, number>();
  private readonly arrived = new Map<string, number>();
  private inFlight: StoredChange[] = [];
  private readonly lastArrivalMs = { os: 0, node: 0, instance: 0 };
  private broken = false;
  /** Version of the newest thing that was seen. */
  private seenVersion = 0;
  private stopWatch: (() => void) | undefined;

  constructor(deps: WatchCacheDeps) {
    this.deps = deps;
  }

  /** Lists, then watches. */
  start(): void {
    this.listAndCatchUp();
    this.stopWatch = this.deps.server.watch((change) => this.enqueue(change));
  }

  stop(): void {
    this.stopWatch?.();
    this.inFlight = [];
  }

  /** Loses the watch connection: nothing arrives until it is mended. */
  breakWatch(): void {
    this.broken = true;
    this.inFlight = [];
  }

  /** Connects again, which begins with a list. */
  mendWatch(): void {
    if (!this.broken) return;
    this.broken = false;
    this.listAndCatchUp();
  }

  /** Takes over the state of the API server and tells of every difference. */
  relist(): void {
    this.takeOver(this.deps.server);
    this.awaited.clear();
  }

  /** A list before a watch may be some time old, though not older than what was seen; the watch then brings the rest. */
  private listAndCatchUp(): void {
    const { server } = this.deps;
    if (server.listed.version >= this.seenVersion) this.takeOver(server.listed);
    const rest = this.differences(server);
    const ids = new Set(rest.map(idOf));
    for (const id of [...this.awaited.keys()]) if (!ids.has(id)) this.awaited.delete(id);
    for (const change of rest) this.enqueue(change);
  }

  private takeOver(listing: Listing): void {
    this.inFlight = [];
    for (const change of this.differences(listing)) this.apply(change);
    this.seenVersion = Math.max(this.seenVersion, listing.version);
  }

  /** What a list finds other than it is held. */
  private differences({ version, oses, nodes, instances }: Listing): readonly StoredChange[] {
    const gone = (
      held: ReadonlyMap<string, unknown>,
      stored: ReadonlyMap<string, unknown>,
    ): string[] => [...held.keys()].filter((key) => !stored.has(key));
    const object = undefined;
    const found: StoredChange[] = [
      ...gone(this.osObjects, oses).map((key) => ({ kind: 'os' as const, key, object, version })),
      ...gone(this.nodeObjects, nodes).map((key) => ({
        kind: 'node' as const,
        key,
        object,
        version,
      })),
      ...gone(this.instanceObjects, instances).map((key) => ({
        kind: 'instance' as const,
        key,
        object,
        version,
      })),
    ];
    for (const [key, os] of oses) {
      if (this.osObjects.get(key) !== os) found.push({ kind: 'os', key, object: os, version });
    }
    for (const [key, { view }] of nodes) {
      if (this.nodeObjects.get(key) !== view)
        found.push({ kind: 'node', key, object: view, version });
    }
    for (const [key, instance] of instances) {
      if (this.instanceObjects.get(key) !== instance) {
        found.push({ kind: 'instance', key, object: instance, version });
      }
    }
    return found;
  }

  /** Notes a write of this operator; the cache is behind until that version arrives. */
  noteOwnWrite(kind: StoredChange['kind'], key: string, version: string): void {
    const id = `${kind}/${key}`;
    if ((this.arrived.get(id) ?? 0) < Number(version)) this.awaited.set(id, Number(version));
  }

  oses(): Iterable<Os> {
    return this.osObjects.values();
  }

  os(uid: string): Os | undefined {
    return this.osObjects.get(uid);
  }

  nodes(): Iterable<NodeView> {
    return this.nodeObjects.values();
  }

  node(name: string): NodeView | undefined {
    return this.nodeObjects.get(name);
  }

  instances(): Iterable<OsInstance> {
    return this.instanceObjects.values();
  }

  instance(name: string): OsInstance | undefined {
    return this.instanceObjects.get(name);
  }

  holdsOwnWrites(): boolean {
    return this.awaited.size === 0;
  }

  private enqueue(change: StoredChange): void {
    if (this.broken) return;
    const { scheduler, delayMs } = this.deps;
    // The watch of one kind is one stream: a late change holds up those behind it, but not those of another kind.
    const arrivalMs = Math.max(this.lastArrivalMs[change.kind], scheduler.now + delayMs());
    this.lastArrivalMs[change.kind] = arrivalMs;
    this.inFlight.push(change);
    scheduler.after(arrivalMs - scheduler.now, () => {
      const index = this.inFlight.indexOf(change);
      if (index < 0) return;
      this.inFlight.splice(index, 1);
      this.apply(change);
    });
  }

  private apply(change: StoredChange): void {
    const id = idOf(change);
    this.seenVersion = Math.max(this.seenVersion, change.version);
    const before = this.take(change);
    this.arrived.set(id, change.version);
    const awaited = this.awaited.get(id);
    if (awaited !== undefined && awaited <= change.version) this.awaited.delete(id);
    // A new version alone is told to nobody: kubelets write their Node all the time.
    if (!isSameView(before, change.object)) this.deps.onChange(change);
  }

  /** Holds what a change brought; gives what was held before. */
  private take(change: StoredChange): View {
    switch (change.kind) {
      case 'os':
        return put(this.osObjects, change.key, change.object);
      case 'node':
        return put(this.nodeObjects, change.key, change.object);
      case 'instance':
        return put(this.instanceObjects, change.key, change.object);
    }
  }
}

type View = Os | NodeView | OsInstance | undefined;

function isSameView(a: View, b: View): boolean {
  if (a === undefined || b === undefined) return a === b;
  return (
    JSON.stringify({ ...a, resourceVersion: '' }) === JSON.stringify({ ...b, resourceVersion: '' })
  );
}

function idOf({ kind, key }: StoredChange): string {
  return `${kind}/${key}`;
}

function put<T>(map: Map<string, T>, key: string, object: T | undefined): T | undefined {
  const before = map.get(key);
  if (object === undefined) map.delete(key);
  else map.set(key, object);
  return before;
}
