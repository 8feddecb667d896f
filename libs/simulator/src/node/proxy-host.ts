import {
  createProxy,
  type AgentSnapshot,
  type AgentStatus,
  type OsInstance,
  type ProxyDeps,
} from '@kubeos/core';
import { createOwnInstance } from '../cluster/own-instance.ts';
import type { ApiServer } from '../cluster/api-server.ts';
import { Actor, type ActorSurroundings } from '../engine/actor.ts';
import { WorkQueue } from '../engine/work-queue.ts';
import type { AgentHost } from './agent-host.ts';
import { olderProxy } from './older-proxy.ts';

/** What the proxies of one node are built from. */
export interface ProxyHostDeps {
  readonly node: string;
  readonly server: ApiServer;
  readonly agents: AgentHost;
  readonly surroundings: ActorSurroundings;
  readonly log: ProxyDeps['log'];
  /** How late changes reach a proxy's watch and its look at the snapshot file, in milliseconds. */
  readonly delayMs: () => number;
  readonly wallMs: () => number;
  /** How long a crashed proxy stays away, in milliseconds. */
  readonly restartMs: () => number;
  /** Replaces ports of every proxy process; how a test plants a fault. */
  readonly tamper: (deps: ProxyDeps) => ProxyDeps;
  readonly onDefect: (thrown: unknown) => void;
}

interface ProxyProgram {
  readonly actor: Actor;
  readonly queue: WorkQueue<'pass'>;
  readonly stopWatch: () => void;
  cached: OsInstance | undefined;
  snapshot: AgentStatus | undefined;
  /** When the last change that is on its way arrives: a watch is one stream. */
  arrivalMs: number;
  /** It has lost its watch. */
  isBlind: boolean;
  /** How often it has lost its watch: what was on its way then is lost. */
  gaps: number;
}

/** The proxy pods of one node: one as a rule, two while a DaemonSet is rolled, none while the kubelet is away. */
export class ProxyHost {
  private readonly deps: ProxyHostDeps;
  private readonly programs = new Set<ProxyProgram>();
  private published: AgentStatus | undefined;
  private silenced = false;
  private isOlder = false;
  private generation = 0;

  constructor(deps: ProxyHostDeps) {
    this.deps = deps;
  }

  /** The kubelet starts the pod. */
  start(): void {
    if (!this.silenced && this.programs.size === 0) this.startProgram();
  }

  /** A second pod starts beside the first; false when there is no first, or a second already. */
  double(): boolean {
    if (this.silenced || this.programs.size !== 1) return false;
    this.startProgram();
    return true;
  }

  /** All pods of the node end; they come back with the kubelet. */
  end(): void {
    for (const program of this.programs) stop(program);
    this.programs.clear();
    this.generation += 1;
  }

  /** The machine went down: the snapshot file lies in memory. */
  forgetSnapshot(): void {
    this.published = undefined;
  }

  /** Kills the pods; the kubelet starts one again. False when there are none. */
  crash(): boolean {
    const running = [...this.programs];
    for (const { actor } of running) actor.kill();
    return running.length > 0;
  }

  /** Keeps the proxy away for as long as it is set. */
  silence(on: boolean): void {
    this.silenced = on;
    if (on) this.end();
  }

  /** Replaces the pods by those of an older version, or those by the present ones; the kubelet starts them. */
  roll(toOlder: boolean): void {
    if (this.isOlder === toOlder) return;
    this.isOlder = toOlder;
    this.end();
  }

  /** The pods lose their watch until it is mended; one that starts meanwhile has its own. False when there are none. */
  breakWatch(): boolean {
    for (const program of this.programs) {
      program.isBlind = true;
      program.gaps += 1;
    }
    return this.programs.size > 0;
  }

  /** Watches again, which begins with a list. */
  mendWatch(): void {
    for (const program of this.programs) {
      if (!program.isBlind) continue;
      program.isBlind = false;
      this.list(program);
      program.queue.add('pass');
    }
  }

  /** The agent replaced its snapshot file. */
  publish(status: AgentStatus): void {
    this.published = status;
    for (const program of this.programs) this.showSnapshot(program);
  }

  /** A file watch tells late that there is something new, and the reader then finds the newest. */
  private showSnapshot(program: ProxyProgram): void {
    this.deps.surroundings.scheduler.after(this.deps.delayMs(), () => {
      if (!program.actor.alive || program.snapshot === this.published) return;
      program.snapshot = this.published;
      program.queue.add('pass');
    });
  }

  private startProgram(): void {
    const { deps } = this;
    const { node, server, surroundings } = deps;
    const nodeUid = server.nodes.get(node)?.view.uid;
    // Without a Node nobody makes pods for it.
    if (nodeUid === undefined) return;
    const actor = new Actor(`proxy/${node}`, surroundings);
    const program: ProxyProgram = {
      actor,
      cached: undefined,
      snapshot: this.published,
      arrivalMs: 0,
      isBlind: false,
      gaps: 0,
      queue: new WorkQueue({
        actor,
        scheduler: surroundings.scheduler,
        concurrency: 1,
        textOf: (key) => key,
        work: () => proxy.pass(),
        onError: deps.onDefect,
      }),
      stopWatch: server.watchInstance(node, (instance) => this.showInstance(program, instance)),
    };
    const snapshot: AgentSnapshot = { current: () => program.snapshot };
    const version = this.isOlder ? olderProxy : presentProxy;
    const proxy = createProxy(
      version(
        deps.tamper({
          instance: createOwnInstance({ actor, server, node, cached: () => program.cached }),
          agent: deps.agents.callsOf(actor),
          snapshot,
          clock: {
            now: () => ({ wallMs: deps.wallMs(), monotonicMs: surroundings.scheduler.now }),
            sleep: (milliseconds, signal) => actor.sleep(milliseconds, signal),
          },
          log: deps.log,
          nodeUid: () => nodeUid,
          proxyVersion: '1.0.0',
          wake: () => program.queue.add('pass'),
        }),
      ),
    );
    this.programs.add(program);
    this.list(program);
    actor.onKill(() => this.noteEnd(program));
    program.queue.add('pass');
  }

  /** A list may be some time old, though not older than what was seen; the watch then brings the rest. */
  private list(program: ProxyProgram): void {
    const { node, server } = this.deps;
    const { listed } = server;
    if (listed.version >= Number(program.cached?.resourceVersion ?? 0)) {
      program.cached = listed.instances.get(node);
    }
    const newest = server.instances.get(node);
    if (newest !== program.cached) this.showInstance(program, newest);
  }

  private showInstance(program: ProxyProgram, instance: OsInstance | undefined): void {
    if (program.isBlind) return;
    const { gaps } = program;
    const { scheduler } = this.deps.surroundings;
    program.arrivalMs = Math.max(program.arrivalMs, scheduler.now + this.deps.delayMs());
    scheduler.after(program.arrivalMs - scheduler.now, () => {
      if (!program.actor.alive || program.gaps !== gaps) return;
      if (isOlder(instance, program.cached)) return;
      program.cached = instance;
      program.queue.add('pass');
    });
  }

  /** A pod that dies by itself is started again by the kubelet. */
  private noteEnd(program: ProxyProgram): void {
    if (!this.programs.delete(program)) return;
    stop(program);
    const { generation } = this;
    this.deps.surroundings.scheduler.after(this.deps.restartMs(), () => {
      if (this.generation === generation) this.start();
    });
  }
}

const presentProxy = (deps: ProxyDeps): ProxyDeps => deps;

function isOlder(instance: OsInstance | undefined, than: OsInstance | undefined): boolean {
  if (instance === undefined || than === undefined) return false;
  return Number(instance.resourceVersion) < Number(than.resourceVersion);
}

function stop(program: ProxyProgram): void {
  program.stopWatch();
  program.queue.stop();
  program.actor.kill();
}
