/** A cluster in memory with the guards of an API server: just enough to run the operator's loop by hand. */
import { KubeosError } from '../errors/index.ts';
import { operationFinalizer, schemaRevision } from '../api/names.ts';
import type { OsInstance, OsInstanceSpec } from '../api/os-instance.ts';
import type { Os, OsStatus } from '../api/os.ts';
import type { BudgetView, NodeView, PodView } from '../ports/cluster-views.ts';
import type {
  ClusterApi,
  ClusterCache,
  ClusterEvent,
  EvictionAnswer,
  NodeChange,
} from '../ports/cluster.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import { createOperator, type OperatorLoop } from './create-operator.ts';
import type { ReconcileKey } from './keys.ts';

/** The cluster; its maps can be changed by the test at will. */
export class MemoryCluster implements ClusterCache, ClusterApi {
  readonly osByUid = new Map<string, Os>();
  readonly nodeByName = new Map<string, NodeView>();
  readonly instanceByName = new Map<string, OsInstance>();
  readonly pods = new Map<string, readonly PodView[]>();
  readonly events: ClusterEvent[] = [];
  budgets: readonly BudgetView[] = [];
  evictionAnswer: EvictionAnswer = { kind: 'evicted' };
  leases = new Map<string, string>();
  served = schemaRevision;
  isCurrent = true;
  isLeading = true;
  term = 1;
  nowMs = 0;
  wallMs = Date.parse('2026-06-01T12:00:00Z');
  /** Drops what an outdated CRD would drop. */
  prunes = false;
  /** Calls until every call fails, as in a crash or an outage. */
  callsLeft = Infinity;
  /** Names of the writes so far. */
  readonly writes: string[] = [];
  #version = 1;

  oses(): Iterable<Os> {
    return this.osByUid.values();
  }
  os(uid: string): Os | undefined {
    return this.osByUid.get(uid);
  }
  nodes(): Iterable<NodeView> {
    return this.nodeByName.values();
  }
  node(name: string): NodeView | undefined {
    return this.nodeByName.get(name);
  }
  instances(): Iterable<OsInstance> {
    return this.instanceByName.values();
  }
  instance(name: string): OsInstance | undefined {
    return this.instanceByName.get(name);
  }
  holdsOwnWrites(): boolean {
    return this.isCurrent;
  }

  /** Puts a node with its instance in place. */
  add(node: NodeView, instance?: OsInstance): void {
    this.nodeByName.set(node.name, node);
    if (instance !== undefined) this.instanceByName.set(node.name, instance);
  }

  /** Changes a node as somebody else would. */
  alterNode(name: string, change: Partial<NodeView>): void {
    const node = this.#need(this.nodeByName.get(name));
    this.nodeByName.set(name, { ...node, ...change, resourceVersion: this.#next() });
  }

  /** Changes the report of a node as its proxy would. */
  alterStatus(name: string, status: Partial<OsInstance['status']>): void {
    const instance = this.#need(this.instanceByName.get(name));
    const next = { ...instance.status, ...status };
    this.instanceByName.set(name, { ...instance, status: next, resourceVersion: this.#next() });
  }

  refresh(): Promise<void> {
    return this.#call(() => undefined);
  }
  getOs(namespace: string, name: string): Promise<Os | undefined> {
    const isIt = (os: Os): boolean => os.namespace === namespace && os.name === name;
    return this.#call(() => [...this.osByUid.values()].find(isIt));
  }
  getNode(name: string): Promise<NodeView | undefined> {
    return this.#call(() => this.nodeByName.get(name));
  }
  getInstance(name: string): Promise<OsInstance | undefined> {
    return this.#call(() => this.instanceByName.get(name));
  }
  listPods(node: string): Promise<readonly PodView[]> {
    return this.#call(() => this.pods.get(node) ?? []);
  }
  listBudgets(): Promise<readonly BudgetView[]> {
    return this.#call(() => this.budgets);
  }
  getNodeLease(name: string): Promise<string | undefined> {
    return this.#call(() => this.leases.get(name));
  }
  servedSchemaRevision(): Promise<number> {
    return this.#call(() => this.served);
  }

  createInstance(node: NodeView, spec: OsInstanceSpec): Promise<OsInstance> {
    return this.#write(`create ${node.name}`, () => {
      const instance: OsInstance = {
        name: node.name,
        uid: `osi-${node.name}`,
        resourceVersion: this.#next(),
        finalizers: [],
        ownerUid: node.uid,
        deleting: false,
        spec,
        status: {},
      };
      this.instanceByName.set(node.name, instance);
      return instance;
    });
  }
  adoptInstance(node: NodeView, instance: OsInstance): Promise<OsInstance> {
    return this.#write(`adopt ${node.name}`, () => {
      const current = this.#guard(this.instanceByName.get(instance.name), instance);
      const next = { ...current, ownerUid: node.uid, resourceVersion: this.#next() };
      this.instanceByName.set(instance.name, next);
      return next;
    });
  }
  writeInstance(
    instance: OsInstance,
    spec: OsInstanceSpec,
    withFinalizer: boolean,
  ): Promise<OsInstance> {
    const phase = spec.operation?.phase ?? 'closed';
    return this.#write(`${instance.name} ${phase}`, () => {
      const current = this.#guard(this.instanceByName.get(instance.name), instance);
      const { operation: _operation, ...pruned } = spec;
      const finalizers = withFinalizer ? [operationFinalizer] : [];
      const next: OsInstance = {
        ...current,
        spec: this.prunes ? pruned : spec,
        finalizers,
        resourceVersion: this.#next(),
      };
      this.instanceByName.set(instance.name, next);
      return next;
    });
  }
  deleteInstance(instance: OsInstance): Promise<void> {
    return this.#write(`delete ${instance.name}`, () => {
      this.instanceByName.delete(instance.name);
    });
  }
  applyInstanceConditions(
    instance: OsInstance,
    conditions: NonNullable<OsInstance['status']['conditions']>,
  ): Promise<void> {
    return this.#call(() => {
      const current = this.#need(this.instanceByName.get(instance.name));
      const status = { ...current.status, conditions };
      this.instanceByName.set(instance.name, { ...current, status, resourceVersion: this.#next() });
    });
  }
  changeNode(node: NodeView, change: NodeChange): Promise<NodeView> {
    const what =
      change.unschedulable === undefined ? 'mark' : change.unschedulable ? 'cordon' : 'uncordon';
    return this.#write(`${what} ${node.name}`, () => {
      const current = this.#guard(this.nodeByName.get(node.name), node);
      const next: NodeView = {
        ...current,
        unschedulable: change.unschedulable ?? current.unschedulable,
        unschedulableIsOurs: change.unschedulable ?? current.unschedulableIsOurs,
        annotations: merged(current.annotations, change.annotations),
        labels: merged(current.labels, change.labels),
        resourceVersion: this.#next(),
      };
      this.nodeByName.set(node.name, next);
      return next;
    });
  }
  evict(pod: PodView): Promise<EvictionAnswer> {
    return this.#write(`evict ${pod.name}`, () => {
      if (this.evictionAnswer.kind === 'blocked') return this.evictionAnswer;
      for (const [node, pods] of this.pods) {
        this.pods.set(
          node,
          pods.filter(({ uid }) => uid !== pod.uid),
        );
      }
      return this.evictionAnswer;
    });
  }
  writeOsStatus(os: Os, status: OsStatus): Promise<Os> {
    return this.#write(`status ${os.name}`, () => {
      const current = this.#guard(this.osByUid.get(os.uid), os);
      const { admission: _admission, ...pruned } = status;
      const next: Os = {
        ...current,
        status: this.prunes ? pruned : status,
        resourceVersion: this.#next(),
      };
      this.osByUid.set(os.uid, next);
      return next;
    });
  }
  setOsFinalizer(os: Os, present: boolean): Promise<Os> {
    return this.#write(`${present ? 'hold' : 'free'} ${os.name}`, () => {
      const current = this.#guard(this.osByUid.get(os.uid), os);
      const next: Os = {
        ...current,
        finalizers: present ? [operationFinalizer] : [],
        resourceVersion: this.#next(),
      };
      this.osByUid.set(os.uid, next);
      return next;
    });
  }
  emit(event: ClusterEvent): Promise<void> {
    return this.#call(() => {
      this.events.push(event);
    });
  }

  #call<T>(answer: () => T): Promise<T> {
    this.callsLeft -= 1;
    if (this.callsLeft < 0) {
      return Promise.reject(new KubeosError('API_UNAVAILABLE', 'The API server does not answer'));
    }
    try {
      return Promise.resolve(answer());
    } catch (error) {
      return Promise.reject(KubeosError.from(error));
    }
  }

  #write<T>(name: string, answer: () => T): Promise<T> {
    return this.#call(() => {
      const result = answer();
      this.writes.push(name);
      return result;
    });
  }

  #next(): string {
    this.#version += 1;
    return String(this.#version);
  }

  #need<T>(found: T | undefined): T {
    if (found === undefined) throw new KubeosError('NOT_FOUND', 'There is no such object');
    return found;
  }

  #guard<T extends { readonly resourceVersion: string }>(
    found: T | undefined,
    given: { readonly resourceVersion: string },
  ): T {
    const current = this.#need(found);
    if (current.resourceVersion === given.resourceVersion) return current;
    throw new KubeosError('CONFLICT', 'The object has changed');
  }
}

function merged(
  current: Readonly<Record<string, string>>,
  change: Readonly<Record<string, string | null>> = {},
): Readonly<Record<string, string>> {
  const next = { ...current };
  for (const [key, value] of Object.entries(change)) {
    if (value === null) Reflect.deleteProperty(next, key);
    else next[key] = value;
  }
  return next;
}

/** An operator on such a cluster; what it says at level info goes to `onInfo`. */
export function operatorOn(
  cluster: MemoryCluster,
  onInfo: Log['info'] = () => undefined,
  retiring = false,
): OperatorLoop {
  const clock: Clock = {
    now: () => ({ wallMs: cluster.wallMs + cluster.nowMs, monotonicMs: cluster.nowMs }),
    sleep: () => Promise.resolve(),
  };
  const silent = (): void => undefined;
  return createOperator({
    cache: cluster,
    api: cluster,
    leadership: { isLeading: () => cluster.isLeading, term: () => cluster.term },
    clock,
    log: { debug: silent, info: onInfo, warn: silent, error: silent },
    settings: { operatorZone: 'UTC', isSpared: () => false, retiring },
  });
}

/** Runs every key once, objects before nodes, as if each had changed. */
export async function passOver(operator: OperatorLoop, cluster: MemoryCluster): Promise<void> {
  const keys: ReconcileKey[] = [];
  for (const { uid } of cluster.oses()) keys.push({ kind: 'os', uid });
  for (const { name } of [...cluster.nodes(), ...cluster.instances()]) {
    operator.keysOf({ kind: 'node', name });
    keys.push({ kind: 'node', name });
  }
  for (const { uid } of cluster.oses()) operator.keysOf({ kind: 'os', uid });
  for (const key of keys) await operator.reconcile(key);
}
