import type { BudgetView, EvictionAnswer, PodView } from '@kubeos/core';
import type { CancelEvent, Scheduler } from '../engine/scheduler.ts';
import type { Random } from '../engine/random.ts';
import type { ApiServer } from './api-server.ts';
import type { PodRecord, WorkloadRecord } from './records.ts';

/** How slow the scheduler is; late bindings are the trace that "5 s after the cordon" is about. */
export interface BindingDelay {
  readonly leastMs: number;
  readonly mostMs: number;
}

/** A DaemonSet whose pods come up some time after their node. */
export interface DaemonSetRecord {
  readonly namespace: string;
  readonly name: string;
}

/** Label that the pods of a workload carry, and that its budget selects. */
const workloadLabel = 'app';

/** Waiting pods are looked at again after this time. */
const retryMs = 5_000;

/**
 * Pods: Deployments whose evicted pods come back on another node, their budgets, and DaemonSet pods.
 *
 * DaemonSet pods are computed when somebody looks, so that idle nodes cost nothing.
 */
export class Workloads {
  readonly pods = new Map<string, PodRecord>();
  readonly daemonSets: DaemonSetRecord[] = [];
  private readonly byNode = new Map<string, Set<string>>();
  private readonly byWorkload = new Map<string, Set<string>>();
  private readonly workloads = new Map<string, WorkloadRecord>();
  private readonly waiting = new Set<string>();
  private retry: CancelEvent | undefined;
  private readonly server: ApiServer;
  private readonly scheduler: Scheduler;
  private readonly random: Random;
  private readonly binding: BindingDelay;
  private readonly daemonSetsReady: (node: string) => boolean;
  private lastPod = 0;

  constructor(deps: {
    readonly server: ApiServer;
    readonly scheduler: Scheduler;
    readonly random: Random;
    readonly binding: BindingDelay;
    /** Whether the DaemonSet pods of a node are Ready. */
    readonly daemonSetsReady: (node: string) => boolean;
  }) {
    this.server = deps.server;
    this.scheduler = deps.scheduler;
    this.random = deps.random;
    this.binding = deps.binding;
    this.daemonSetsReady = deps.daemonSetsReady;
  }

  /** Starts a workload; its pods are bound and Ready at once where `placed` names nodes. */
  addWorkload(workload: WorkloadRecord, placed: readonly string[] = []): void {
    this.workloads.set(workload.name, workload);
    this.byWorkload.set(workload.name, new Set());
    for (let index = 0; index < workload.replicas; index += 1) {
      const node = placed[index % Math.max(placed.length, 1)];
      if (node === undefined) this.create(workload);
      else this.putPod(this.newPod(workload, node, true));
    }
  }

  /** Pods on a node, DaemonSet pods included. */
  podsOn(node: string): readonly PodView[] {
    const own = [...(this.byNode.get(node) ?? [])].flatMap((uid) => this.pods.get(uid)?.view ?? []);
    const ready = this.daemonSetsReady(node);
    return [...own, ...this.daemonSets.map((set) => daemonSetPod(set, node, ready))];
  }

  /** Budgets of these namespaces as the disruption controller keeps them. */
  budgets(namespaces: readonly string[]): readonly BudgetView[] {
    return [...this.workloads.values()]
      .filter((workload) => namespaces.includes(workload.namespace))
      .flatMap((workload) => this.budgetOf(workload) ?? []);
  }

  /** The Eviction API: the pod goes after its grace period unless a budget forbids it. */
  evict(pod: PodView): EvictionAnswer {
    const record = this.pods.get(pod.uid);
    if (record === undefined) return { kind: 'gone' };
    if (record.view.deleting) return { kind: 'evicted' };
    const workload = this.workloads.get(record.workload);
    const budget = workload === undefined ? undefined : this.budgetOf(workload);
    if (budget !== undefined && record.view.ready && budget.disruptionsAllowed < 1) {
      return { kind: 'blocked', message: `Budget ${budget.name} allows no disruption` };
    }
    this.putPod({ ...record, view: { ...record.view, deleting: true } });
    this.scheduler.after(record.graceSeconds * 1000, () => this.remove(pod.uid));
    if (workload !== undefined) this.create(workload);
    return { kind: 'evicted' };
  }

  /** Budgets are given up, so that every drain can come to its end. */
  dropBudgets(): void {
    for (const [name, { minAvailable: _budget, ...workload }] of this.workloads) {
      this.workloads.set(name, workload);
    }
  }

  /** Pods of a node lose their readiness when it goes down. */
  nodeWentDown(node: string): void {
    for (const uid of this.byNode.get(node) ?? []) {
      const record = this.pods.get(uid);
      if (record?.view.ready === true) {
        this.putPod({ ...record, view: { ...record.view, ready: false } });
      }
    }
  }

  /** And get it back some time after it came up. */
  nodeCameUp(node: string): void {
    for (const uid of this.byNode.get(node) ?? []) {
      const record = this.pods.get(uid);
      if (record !== undefined) this.startLater(record);
    }
  }

  /** The pods of a Node that was deleted go with it; their controllers make new ones. */
  nodeIsGone(node: string): void {
    for (const uid of [...(this.byNode.get(node) ?? [])]) {
      const workload = this.workloads.get(this.pods.get(uid)?.workload ?? '');
      this.remove(uid);
      if (workload !== undefined) this.create(workload);
    }
  }

  private create(workload: WorkloadRecord): void {
    const record = this.newPod(workload, '', false);
    this.putPod(record);
    this.bindLater(record.view.uid);
  }

  private newPod(workload: WorkloadRecord, node: string, ready: boolean): PodRecord {
    this.lastPod += 1;
    const name = `${workload.name}-${String(this.lastPod)}`;
    return {
      node,
      workload: workload.name,
      graceSeconds: workload.graceSeconds,
      view: {
        namespace: workload.namespace,
        name,
        uid: `pod-${name}`,
        labels: { [workloadLabel]: workload.name },
        phase: node === '' ? 'Pending' : 'Running',
        ready,
        deleting: false,
        mirror: false,
        controller: { kind: 'ReplicaSet', name: workload.name, uid: `rs-${workload.name}` },
        hasOwner: true,
        hasEmptyDir: workload.hasEmptyDir,
      },
    };
  }

  /** The scheduler chooses a node now and binds the pod a moment later, whatever happened to the node meanwhile. */
  private bindLater(uid: string): void {
    const candidates = [...this.server.nodes.values()].filter(
      ({ view }) => view.ready && !view.unschedulable && !view.deleting,
    );
    if (candidates.length === 0) {
      this.waiting.add(uid);
      this.retry ??= this.scheduler.after(retryMs, () => this.retryWaiting());
      return;
    }
    const chosen = this.random.pick(candidates).view.name;
    const delayMs = this.random.between(this.binding.leastMs, this.binding.mostMs);
    const chosenMs = this.scheduler.now;
    this.scheduler.after(delayMs, () => this.bind(uid, chosen, chosenMs));
  }

  private retryWaiting(): void {
    this.retry = undefined;
    const uids = [...this.waiting];
    this.waiting.clear();
    for (const uid of uids) if (this.pods.has(uid)) this.bindLater(uid);
  }

  private bind(uid: string, node: string, chosenMs: number): void {
    const record = this.pods.get(uid);
    if (record === undefined || record.view.deleting) return;
    const target = this.server.nodes.get(node);
    if (target === undefined) {
      this.bindLater(uid);
      return;
    }
    const openly = !target.view.unschedulable;
    const binding = { chosenMs, atMs: this.scheduler.now, openly };
    const bound = { ...record, node, bound: binding, view: { ...record.view, phase: 'Running' } };
    this.putPod(bound);
    this.startLater(bound);
  }

  private startLater(record: PodRecord): void {
    const startSeconds = this.workloads.get(record.workload)?.startSeconds ?? 0;
    this.scheduler.after(startSeconds * 1000, () => {
      const current = this.pods.get(record.view.uid);
      if (current?.node !== record.node) return;
      if (this.server.nodes.get(record.node)?.view.ready !== true) return;
      this.putPod({ ...current, view: { ...current.view, ready: true } });
    });
  }

  private budgetOf(workload: WorkloadRecord): BudgetView | undefined {
    if (workload.minAvailable === undefined) return undefined;
    let healthy = 0;
    for (const uid of this.byWorkload.get(workload.name) ?? []) {
      const view = this.pods.get(uid)?.view;
      if (view?.ready === true && !view.deleting) healthy += 1;
    }
    return {
      namespace: workload.namespace,
      name: workload.name,
      selector: { matchLabels: { [workloadLabel]: workload.name }, matchExpressions: [] },
      disruptionsAllowed: Math.max(0, healthy - workload.minAvailable),
      unhealthyPodEvictionPolicy: 'IfHealthyBudget',
      observed: true,
      currentHealthy: healthy,
      desiredHealthy: workload.minAvailable,
    };
  }

  private putPod(record: PodRecord): void {
    const { uid } = record.view;
    const previous = this.pods.get(uid);
    this.pods.set(uid, record);
    if (previous?.node !== record.node) {
      if (previous !== undefined) this.byNode.get(previous.node)?.delete(uid);
      setOf(this.byNode, record.node).add(uid);
    }
    setOf(this.byWorkload, record.workload).add(uid);
  }

  private remove(uid: string): void {
    const record = this.pods.get(uid);
    if (record === undefined) return;
    this.pods.delete(uid);
    this.waiting.delete(uid);
    this.byNode.get(record.node)?.delete(uid);
    this.byWorkload.get(record.workload)?.delete(uid);
  }
}

function setOf(map: Map<string, Set<string>>, key: string): Set<string> {
  const existing = map.get(key);
  if (existing !== undefined) return existing;
  const created = new Set<string>();
  map.set(key, created);
  return created;
}

function daemonSetPod(set: DaemonSetRecord, node: string, ready: boolean): PodView {
  return {
    namespace: set.namespace,
    name: `${set.name}-${node}`,
    uid: `ds-${set.name}-${node}`,
    labels: { [workloadLabel]: set.name },
    phase: 'Running',
    ready,
    deleting: false,
    mirror: false,
    controller: { kind: 'DaemonSet', name: set.name, uid: `ds-${set.name}` },
    hasOwner: true,
    hasEmptyDir: false,
  };
}
