import type { NodeView } from '@kubeos/core';
import type { CancelEvent, Scheduler } from '../engine/scheduler.ts';
import type { ApiServer } from '../cluster/api-server.ts';
import type { Workloads } from '../cluster/workloads.ts';
import type { KnobHealth } from './knob.ts';
import type { Session } from './machine.ts';

/** How long the kubelet takes, in milliseconds. */
export interface KubeletDurations {
  /** From os-agent until the kubelet reports the new boot. */
  readonly registerMs: number;
  /** From then until the Node is Ready. */
  readonly readyMs: number;
  /** From then until its DaemonSet pods are Ready. */
  readonly daemonSetsMs: number;
}

/** What a kubelet talks to. */
export interface KubeletDeps {
  readonly node: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly server: ApiServer;
  readonly workloads: Workloads;
  readonly scheduler: Scheduler;
  /** Asked at every boot. */
  readonly durations: () => KubeletDurations;
  /** What its file makes of it when it starts. */
  readonly knobHealth: () => KnobHealth;
  /** The Node is Ready: pods of DaemonSets, the proxy among them, can start. */
  readonly onReady: (session: Session) => void;
}

/** The node controller marks a Node not Ready when its Lease was not renewed for so long. */
const leaseGraceMs = 40_000;
/** A kubelet writes its Node so often though nothing has changed (nodeStatusReportFrequency, kubelet configuration). */
const reportMs = 300_000;
/** Everybody asks an API server that does not answer again after this time. */
const retryMs = 5_000;

/** A stand-in for the kubelet of one node and for what the node controller does about it. */
export class Kubelet {
  private readonly deps: KubeletDeps;
  private session: Session | undefined;
  private durations: KubeletDurations;
  private readySinceMs: number | undefined;
  private notReady: CancelEvent | undefined;
  private reporting: CancelEvent | undefined;
  private isSilent = false;

  constructor(deps: KubeletDeps) {
    this.deps = deps;
    this.durations = deps.durations();
  }

  /** True while the DaemonSet pods of the node are Ready. */
  get daemonSetsReady(): boolean {
    const { scheduler } = this.deps;
    if (this.session === undefined || this.readySinceMs === undefined) return false;
    if (this.session.image.health === 'daemonSetsNeverReady') return false;
    return scheduler.now >= this.readySinceMs + this.durations.daemonSetsMs;
  }

  /** The boot has started it. */
  get isStarted(): boolean {
    return this.session !== undefined;
  }

  /** A node that has been running for long: registered, Ready, nothing to wait for. */
  startRunning(session: Session): void {
    this.session = session;
    this.readySinceMs = -Infinity;
    const { server, node } = this.deps;
    server.leases.set(node, { startedMs: 0, stoppedMs: undefined });
    server.putNode({ cordonedBy: undefined, view: this.freshNode(session, true) });
    this.reportLater(session);
  }

  /** os-agent can run, so the kubelet can too. */
  start(session: Session): void {
    this.session = session;
    this.durations = this.deps.durations();
    if (!this.isSound(session)) return;
    this.later(session, this.durations.registerMs, () => this.register(session));
  }

  /**
   * It is started anew with the file as it is now; pods go on meanwhile. A sound one reports again before the node
   * controller misses it.
   *
   * @returns what speaks against it, where it does not come up
   */
  restart(): string | undefined {
    const { session } = this;
    const problem = this.deps.knobHealth() === 'fails' ? 'its state is failed' : undefined;
    if (session === undefined) return problem;
    if (!this.isSound(session)) this.fallSilent();
    else if (this.isSilent)
      this.later(session, this.durations.registerMs, () => this.register(session));
    return problem;
  }

  /** The machine went down. */
  stop(): void {
    const { node, workloads } = this.deps;
    this.session = undefined;
    workloads.nodeWentDown(node);
    this.fallSilent();
  }

  /** The Node object was deleted: a running kubelet makes a new one when it is started again. */
  registerAgain(): void {
    if (this.session?.reached === true) this.register(this.session);
  }

  /** Starts what is missing of the node's pods. */
  startPods(): void {
    if (this.session !== undefined && this.readySinceMs !== undefined) {
      this.deps.onReady(this.session);
    }
  }

  /** Somebody looks after the node: what should run is started. */
  mend(): void {
    if (!this.deps.server.nodes.has(this.deps.node)) this.registerAgain();
    else this.startPods();
  }

  private isSound(session: Session): boolean {
    return session.image.health !== 'neverReady' && this.deps.knobHealth() === 'ready';
  }

  /** It renews its Lease no more; the node controller notices after a while. */
  private fallSilent(): void {
    const { node, server, scheduler } = this.deps;
    this.isSilent = true;
    this.readySinceMs = undefined;
    const lease = server.leases.get(node);
    if (lease !== undefined) server.leases.set(node, { ...lease, stoppedMs: scheduler.now });
    this.notReady?.();
    this.notReady = scheduler.after(leaseGraceMs, () => this.markNotReady());
  }

  private register(session: Session): void {
    const { node, server, scheduler } = this.deps;
    if (!this.isSound(session)) return;
    this.isSilent = false;
    const stored = server.nodes.get(node);
    server.leases.set(node, { startedMs: scheduler.now, stoppedMs: undefined });
    this.notReady?.();
    if (stored === undefined) {
      server.putNode({ cordonedBy: undefined, view: this.freshNode(session, false) });
    } else {
      const facts = { bootId: session.bootId, osImage: osImageOf(session) };
      server.putNode({ ...stored, view: { ...stored.view, ...facts } });
    }
    this.later(session, this.durations.readyMs, () => this.markReady(session));
    this.reportLater(session);
  }

  /** Says again and again what it has said: the Node gets another version, and is as it was. */
  private reportLater(session: Session): void {
    const { node, server, scheduler } = this.deps;
    this.reporting?.();
    this.reporting = scheduler.after(reportMs, () => {
      if (this.session !== session) return;
      const stored = server.nodes.get(node);
      if (stored !== undefined && server.available && !this.isSilent) server.putNode(stored);
      this.reportLater(session);
    });
  }

  private markReady(session: Session): void {
    const { node, server, scheduler, workloads } = this.deps;
    const stored = server.nodes.get(node);
    if (stored === undefined) return;
    this.readySinceMs = scheduler.now;
    if (!stored.view.ready) {
      server.putNode({ ...stored, view: { ...stored.view, ready: true } });
    }
    workloads.nodeCameUp(node);
    this.deps.onReady(session);
  }

  private markNotReady(): void {
    const { node, server, scheduler } = this.deps;
    if (!server.available) {
      this.notReady = scheduler.after(retryMs, () => this.markNotReady());
      return;
    }
    const stored = server.nodes.get(node);
    if (stored?.view.ready !== true) return;
    server.putNode({ ...stored, view: { ...stored.view, ready: false } });
  }

  private freshNode(session: Session, ready: boolean): NodeView {
    const { node, labels, server } = this.deps;
    return {
      name: node,
      uid: server.newUid('node'),
      resourceVersion: '0',
      labels,
      annotations: {},
      unschedulable: false,
      unschedulableIsOurs: false,
      ready,
      bootId: session.bootId,
      osImage: osImageOf(session),
      deleting: false,
    };
  }

  /** Something the kubelet does in this boot, once the API server answers. */
  private later(session: Session, delayMs: number, act: () => void): void {
    this.deps.scheduler.after(delayMs, () => {
      if (this.session !== session || session.rebooting) return;
      if (this.deps.server.available) act();
      else this.later(session, retryMs, act);
    });
  }
}

function osImageOf(session: Session): string {
  const { health, version } = session.image;
  return health === 'otherOsImage' ? `${version} (unknown build)` : version;
}
