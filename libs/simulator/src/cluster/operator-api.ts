import {
  KubeosError,
  operationFinalizer,
  operatorConditionTypes,
  operatorFieldManager,
  type BudgetView,
  type ClusterApi,
  type ClusterEvent,
  type Condition,
  type EvictionAnswer,
  type NodeChange,
  type NodeView,
  type Os,
  type OsInstance,
  type OsInstanceSpec,
  type OsStatus,
  type PodView,
} from '@kubeos/core';
import type { Actor } from '../engine/actor.ts';
import { requireVersion, type ApiServer } from './api-server.ts';
import type { NodeRecord } from './records.ts';
import type { WatchCache } from './watch-cache.ts';
import type { Workloads } from './workloads.ts';

/** Told of what an operator does, at the moment it takes effect; invariants are checked there. */
export interface OperatorWatch {
  nodeChanged(before: NodeRecord, after: NodeRecord): void;
  evicting(pod: PodView, node: string): void;
  /** `wallMs` is what the clock of the operator says. */
  osStatusWritten(before: Os, after: Os, wallMs: number): void;
  /** `wallMs` is what the clock of the operator says. */
  instanceWritten(before: OsInstance | undefined, after: OsInstance, wallMs: number): void;
}

/** What the port of one operator process talks to. */
export interface OperatorApiDeps {
  readonly actor: Actor;
  readonly server: ApiServer;
  readonly cache: WatchCache;
  readonly workloads: Workloads;
  readonly watch: OperatorWatch;
  readonly onEvent: (event: ClusterEvent) => void;
  readonly wallMs: () => number;
}

/** The `ClusterApi` of one operator process. Every call is one step of the simulation. */
export function createOperatorApi(deps: OperatorApiDeps): ClusterApi {
  const { actor, server, cache, workloads } = deps;
  const request = <T>(point: string, effect: () => T): Promise<T> =>
    actor.call(`api.${point}`, () => {
      server.requireAvailable();
      return effect();
    });
  return {
    refresh: () => request('refresh', () => cache.relist()),
    getOs: (namespace, name) =>
      request(`getOs ${name}`, () =>
        [...server.oses.values()].find((os) => os.namespace === namespace && os.name === name),
      ),
    getNode: (name) => request(`getNode ${name}`, () => server.nodes.get(name)?.view),
    getInstance: (name) => request(`getInstance ${name}`, () => server.instances.get(name)),
    listPods: (node) => request(`listPods ${node}`, () => workloads.podsOn(node)),
    listBudgets: (namespaces) =>
      request<readonly BudgetView[]>('listBudgets', () => workloads.budgets(namespaces)),
    getNodeLease: (name) => request(`getNodeLease ${name}`, () => server.leaseText(name)),
    servedSchemaRevision: () => request('servedSchemaRevision', () => server.schemaRevision),
    createInstance: (node, spec) =>
      request(`createInstance ${node.name}`, () => {
        const created = createInstance(server, node, spec);
        cache.noteOwnWrite('instance', created.name, created.resourceVersion);
        return created;
      }),
    adoptInstance: (node, instance) =>
      request(`adoptInstance ${instance.name}`, () => {
        const stored = server.instances.get(instance.name);
        requireVersion(`OSInstance ${instance.name}`, stored, instance);
        const written = server.putInstance({ ...(stored ?? instance), ownerUid: node.uid });
        cache.noteOwnWrite('instance', written.name, written.resourceVersion);
        return written;
      }),
    writeInstance: (instance, spec, withFinalizer) =>
      request(`writeInstance ${instance.name} ${describeSpec(spec)}`, () => {
        const before = server.instances.get(instance.name);
        const written = writeInstance(server, instance, spec, withFinalizer);
        deps.watch.instanceWritten(before, written, deps.wallMs());
        cache.noteOwnWrite('instance', written.name, written.resourceVersion);
        return written;
      }),
    deleteInstance: (instance) =>
      request(`deleteInstance ${instance.name}`, () => {
        const stored = server.instances.get(instance.name);
        if (stored === undefined) return;
        requireVersion(`OSInstance ${instance.name}`, stored, instance);
        server.putInstance({
          ...stored,
          deleting: true,
          finalizers: withOrWithout(stored.finalizers, false),
        });
      }),
    applyInstanceConditions: (instance, conditions) =>
      request(`applyInstanceConditions ${instance.name}`, () => {
        const written = applyConditions(server, instance, conditions);
        cache.noteOwnWrite('instance', written.name, written.resourceVersion);
      }),
    changeNode: (node, change) =>
      request(`changeNode ${node.name} ${describeChange(change)}`, () => {
        const before = server.nodes.get(node.name);
        const written = changeNode(server, node, change, operatorFieldManager);
        const after = server.nodes.get(node.name);
        if (before !== undefined && after !== undefined) deps.watch.nodeChanged(before, after);
        cache.noteOwnWrite('node', written.name, written.resourceVersion);
        return written;
      }),
    evict: (pod) =>
      request<EvictionAnswer>(`evict ${pod.name}`, () => {
        const node = workloads.pods.get(pod.uid)?.node;
        if (node !== undefined) deps.watch.evicting(pod, node);
        return workloads.evict(pod);
      }),
    writeOsStatus: (os, status) =>
      request(`writeOsStatus ${os.name} ${describeStatus(status)}`, () => {
        const before = server.oses.get(os.uid);
        const written = writeOsStatus(server, os, status);
        if (before !== undefined) deps.watch.osStatusWritten(before, written, deps.wallMs());
        cache.noteOwnWrite('os', written.uid, written.resourceVersion);
        return written;
      }),
    setOsFinalizer: (os, present) =>
      request(`setOsFinalizer ${os.name} ${String(present)}`, () => {
        const stored = server.oses.get(os.uid);
        requireVersion(`OS ${os.name}`, stored, os);
        const finalizers = withOrWithout(stored?.finalizers ?? [], present);
        const written = server.putOs({ ...(stored ?? os), finalizers });
        cache.noteOwnWrite('os', written.uid, written.resourceVersion);
        return written;
      }),
    emit: (event) => request(`emit ${event.reason}`, () => deps.onEvent(event)),
  };
}

function createInstance(server: ApiServer, node: NodeView, spec: OsInstanceSpec): OsInstance {
  if (server.instances.has(node.name)) {
    throw new KubeosError('CONFLICT', `Creating OSInstance ${node.name}: there is one already`);
  }
  const created = server.putInstance({
    name: node.name,
    uid: server.newUid('osi'),
    resourceVersion: '0',
    finalizers: [],
    ownerUid: node.uid,
    deleting: false,
    spec,
    status: {},
  });
  // The garbage collector removes what is born with an owner that is gone.
  if (server.nodes.get(node.name)?.view.uid !== node.uid) server.deleteInstance(node.name);
  return created;
}

function writeInstance(
  server: ApiServer,
  instance: OsInstance,
  spec: OsInstanceSpec,
  withFinalizer: boolean,
): OsInstance {
  const stored = server.instances.get(instance.name);
  requireVersion(`OSInstance ${instance.name}`, stored, instance);
  const base = stored ?? instance;
  const added = withFinalizer && !base.finalizers.includes(operationFinalizer);
  if (base.deleting && added) {
    throw new KubeosError(
      'API_REJECTED',
      `Adding a finalizer to ${instance.name}: it is being deleted`,
    );
  }
  return server.putInstance({
    ...base,
    spec,
    finalizers: withOrWithout(base.finalizers, withFinalizer),
  });
}

/** Server-side apply: what the operator does not apply any more goes, what is not its own stays. */
function applyConditions(
  server: ApiServer,
  instance: OsInstance,
  conditions: readonly Condition[],
): OsInstance {
  const stored = server.instances.get(instance.name);
  requireVersion(`OSInstance ${instance.name}`, stored, instance);
  const base = stored ?? instance;
  return server.putInstance({
    ...base,
    status: {
      ...base.status,
      conditions: [
        ...(base.status.conditions ?? []).filter(({ type }) => !operatorConditionTypes.has(type)),
        ...conditions.filter(({ type }) => operatorConditionTypes.has(type)),
      ],
    },
  });
}

/** Conditions are a list keyed by type: an applied one takes the place of its namesake, the others stay. */
export function mergeConditions(
  held: readonly Condition[] | undefined,
  applied: readonly Condition[],
): readonly Condition[] {
  const types = new Set(applied.map((condition) => condition.type));
  return [...(held ?? []).filter((condition) => !types.has(condition.type)), ...applied];
}

/** Changes a Node as one field manager; who sets `unschedulable` owns the cordon, who repeats it does not. */
export function changeNode(
  server: ApiServer,
  node: NodeView,
  change: NodeChange,
  fieldManager: string,
): NodeView {
  const stored = server.nodes.get(node.name);
  requireVersion(`Node ${node.name}`, stored?.view, node);
  const view = stored?.view ?? node;
  const unschedulable = change.unschedulable ?? view.unschedulable;
  let cordonedBy = stored?.cordonedBy;
  if (!unschedulable) cordonedBy = undefined;
  else if (!view.unschedulable) cordonedBy = fieldManager;
  return server.putNode({
    cordonedBy,
    view: {
      ...view,
      unschedulable,
      unschedulableIsOurs: cordonedBy === operatorFieldManager,
      labels: merged(view.labels, change.labels),
      annotations: merged(view.annotations, change.annotations),
    },
  });
}

function writeOsStatus(server: ApiServer, os: Os, status: OsStatus): Os {
  const stored = server.oses.get(os.uid);
  requireVersion(`OS ${os.name}`, stored, os);
  return server.putOs({ ...(stored ?? os), status });
}

function merged(
  held: Readonly<Record<string, string>>,
  change: Readonly<Record<string, string | null>> | undefined,
): Readonly<Record<string, string>> {
  if (change === undefined) return held;
  const entries = Object.entries({ ...held, ...change });
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => entry[1] !== null),
  );
}

function withOrWithout(finalizers: readonly string[], present: boolean): readonly string[] {
  const others = finalizers.filter((finalizer) => finalizer !== operationFinalizer);
  return present ? [...others, operationFinalizer] : others;
}

function describeSpec(spec: OsInstanceSpec): string {
  const operation = spec.operation;
  if (operation === undefined) return 'idle';
  return `#${String(operation.seq)} ${operation.type} ${operation.phase}`;
}

function describeChange(change: NodeChange): string {
  const words: string[] = [];
  if (change.unschedulable !== undefined) words.push(change.unschedulable ? 'cordon' : 'uncordon');
  for (const [key, value] of Object.entries({ ...change.labels, ...change.annotations })) {
    words.push(`${key.split('/').at(-1) ?? key}=${value ?? '-'}`);
  }
  return words.join(' ');
}

function describeStatus(status: OsStatus): string {
  const pending = status.admission?.pending ?? [];
  const waiting = status.waiting ?? [];
  const words = [
    `pending=[${pending.map((entry) => `${entry.node}#${String(entry.seq)}`).join(' ')}]`,
    ...waiting.map(({ reason, count }) => `${reason}=${String(count)}`),
    status.message ?? '',
  ];
  return words.join(' ').trimEnd();
}
