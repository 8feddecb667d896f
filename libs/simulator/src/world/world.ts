import {
  hasCode,
  KubeosError,
  schemaRevision,
  zoneLabel,
  type AgentDeps,
  type ClusterEvent,
  type NodeView,
  type Log,
  type OperatorDeps,
  type PodView,
  type ProxyDeps,
  type SlotName,
} from '@kubeos/core';
import { ApiServer } from '../cluster/api-server.ts';
import { LeaderLease } from '../cluster/lease.ts';
import { OperatorHost } from '../cluster/operator-host.ts';
import type { OperatorWatch } from '../cluster/operator-api.ts';
import { People } from '../cluster/people.ts';
import { Workloads, type BindingDelay } from '../cluster/workloads.ts';
import type { ActorSurroundings, Weather } from '../engine/actor.ts';
import { createRandom, type Random } from '../engine/random.ts';
import { Scheduler } from '../engine/scheduler.ts';
import { Trace } from '../engine/trace.ts';
import { ClusterWatch } from '../invariants/cluster-watch.ts';
import { Readiness } from '../invariants/readiness.ts';
import type { ReportViolation, Violation } from '../invariants/violation.ts';
import { PayloadServer, type ImageModel } from '../node/images.ts';
import type { Session } from '../node/machine.ts';
import { SimNode, type NodeTimes } from '../node/sim-node.ts';

/** Replaces ports of the programs under test; how a test plants a fault. */
export interface Tampering {
  readonly operator?: (deps: OperatorDeps) => OperatorDeps;
  readonly agent?: (deps: AgentDeps) => AgentDeps;
  readonly proxy?: (deps: ProxyDeps) => ProxyDeps;
}

/** One node of the fleet at the start. */
export interface NodePlan {
  readonly name: string;
  readonly zone?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly booted: SlotName;
  readonly image: ImageModel;
  /** What the other slot holds; nothing where absent. */
  readonly otherImage?: ImageModel;
  /** Where it fetches from; absent: where everybody does. */
  readonly payloads?: PayloadServer;
}

/** What a world is made from. */
export interface WorldOptions {
  readonly seed: number;
  readonly nodes: readonly NodePlan[];
  /** Replicas of the operator; one alone leads without elections. */
  readonly operators: number;
  readonly times: (random: Random) => NodeTimes & { readonly binding: BindingDelay };
  readonly weather: (random: Random) => Weather;
  readonly slotBytes: number;
  readonly recording: boolean;
  /** Invariants are checked at every step; off for long rollouts that only measure. */
  readonly checking: boolean;
  readonly tampering?: Tampering;
}

/** The wall clock of everybody at the start: a Monday at noon, UTC. */
export const startWallMs = Date.UTC(2026, 0, 5, 12);
/** Namespace and name prefix of the operator's own pods. */
const operatorPods = { namespace: 'kubeos-system', workload: 'os-operator' } as const;

/** Steps per node in one minute that no honest work needs. */
const hastySteps = 3_000;

const unchanged = <T>(value: T): T => value;

/** A whole cluster in one process: the real operator, proxy and agent loops around model ports. */
export class World {
  readonly scheduler = new Scheduler();
  readonly random: Random;
  readonly trace: Trace;
  readonly server: ApiServer;
  readonly workloads: Workloads;
  readonly payloads = new PayloadServer();
  readonly people: People;
  readonly lease = new LeaderLease();
  readonly nodes = new Map<string, SimNode>();
  readonly operators: readonly OperatorHost[];
  readonly events: ClusterEvent[] = [];
  /** How often what happened; for tests that ask whether a fault ever strikes. */
  readonly marks = new Map<string, number>();
  readonly watch: ClusterWatch | undefined;
  /** Told of boots; for reports. */
  onLoaded: (node: SimNode, session: Session | undefined) => void = () => undefined;
  /** Told of reboots that agents order; invariants are checked there. */
  onRebootOrdered: (node: SimNode) => void = () => undefined;
  private readonly options: WorldOptions;
  private readonly surroundings: ActorSurroundings;
  private readonly times: ReturnType<WorldOptions['times']>;
  private currentWeather: Weather;
  private readonly readiness: Readiness;
  private readonly uncordons = new Map<string, number[]>();
  private minute = { startMs: 0, steps: 0 };
  private broken: Violation | undefined;
  private defect: unknown;

  constructor(options: WorldOptions) {
    this.options = options;
    const { scheduler } = this;
    this.random = createRandom(options.seed);
    this.trace = new Trace(() => scheduler.now, options.recording);
    this.server = new ApiServer(() => scheduler.now, schemaRevision);
    this.times = options.times(this.random.fork('times'));
    this.currentWeather = options.weather(this.random.fork('weather'));
    this.surroundings = this.createSurroundings();
    this.workloads = new Workloads({
      server: this.server,
      scheduler,
      random: this.random.fork('workloads'),
      binding: this.times.binding,
      daemonSetsReady: (node) => this.nodes.get(node)?.kubelet.daemonSetsReady === true,
    });
    this.people = new People(this.server, () => new Date(this.wallMs()).toISOString());
    this.readiness = new Readiness(
      () => scheduler.now,
      (node) => this.server.leases.get(node)?.startedMs,
    );
    this.watch = options.checking ? this.createWatch() : undefined;
    if (options.recording) this.traceNodes();
    for (const plan of options.nodes) this.nodes.set(plan.name, this.createNode(plan));
    this.operators = Array.from({ length: options.operators }, (_, index) =>
      this.createOperator(`operator-${String(index)}`),
    );
  }

  /** The first broken invariant, if any. */
  get violation(): Violation | undefined {
    return this.broken;
  }

  /** When somebody took a cordon off this node, in virtual milliseconds, oldest first. */
  foreignUncordonsMs(node: string): readonly number[] {
    return this.uncordons.get(node) ?? [];
  }

  /** Notes that somebody takes a cordon off a node. */
  noteForeignUncordon(node: string): void {
    this.uncordons.set(node, [...this.foreignUncordonsMs(node), this.scheduler.now]);
  }

  /** Counts that something happened. */
  mark(what: string): void {
    this.marks.set(what, (this.marks.get(what) ?? 0) + 1);
  }

  /** True wall-clock time. */
  wallMs(): number {
    return startWallMs + this.scheduler.now;
  }

  /** Replaces the weather from now on. */
  setWeather(weather: Weather): void {
    this.currentWeather = weather;
  }

  /** Starts nodes and operators; time has not passed yet. */
  start(): void {
    for (const plan of this.options.nodes) {
      this.nodes.get(plan.name)?.startRunning(plan.booted, plan.image, plan.otherImage);
    }
    this.watch?.noteBudgets();
    for (const operator of this.operators) operator.start();
  }

  /** Lets time pass. Ends at the first broken invariant; what the programs throw comes out here. */
  async run(limits: { readonly untilMs: number; readonly until?: () => boolean }): Promise<void> {
    await this.scheduler.run({
      untilMs: limits.untilMs,
      until: () => this.broken !== undefined || limits.until?.() === true,
      afterStep: () => {
        if (this.defect !== undefined) throw KubeosError.from(this.defect);
        if (this.options.checking) this.checkHaste();
      },
    });
  }

  /** Notes that an invariant is broken. */
  readonly report: ReportViolation = (invariant, message) => {
    this.trace.add('INVARIANT', `${invariant}: ${message}`);
    this.broken ??= { invariant, message };
  };

  /** Too many steps in one minute of virtual time mean that somebody retries at full speed. */
  private checkHaste(): void {
    const { steps, now } = this.scheduler;
    if (now - this.minute.startMs >= 60_000) this.minute = { startMs: now, steps };
    else if (steps - this.minute.steps > hastySteps * this.nodes.size) {
      this.report('NoBusyLoop', `${steps - this.minute.steps} steps within a minute`);
    }
  }

  private createSurroundings(): ActorSurroundings {
    const { scheduler, trace } = this;
    const shared = { scheduler, weather: () => this.currentWeather };
    if (!trace.isRecording) return shared;
    return {
      ...shared,
      onCall: (actor, point, verdict) => {
        const fate = verdict.kind === 'normal' ? '' : ` [${verdict.kind} ${verdict.when}]`;
        trace.add(actor.name, `${point}${fate}`);
      },
    };
  }

  private createWatch(): ClusterWatch {
    const watch = new ClusterWatch({
      server: this.server,
      nodes: this.nodes,
      now: () => this.scheduler.now,
      lastGapMs: () => Math.max(...this.operators.map(({ lastGapMs }) => lastGapMs)),
      report: this.report,
    });
    this.server.watch((change) => {
      if (change.kind !== 'instance') watch.noteBudgets();
      if (change.kind !== 'node') return;
      watch.noteNode(change.key, change.object);
      this.readiness.nodeChanged(change.key, change.object);
    });
    return watch;
  }

  /** What kubelets and the node controller write stands in no call of a program. */
  private traceNodes(): void {
    const last = new Map<string, string>();
    this.server.watch((change) => {
      if (change.kind !== 'node') return;
      const { key, object } = change;
      const text = object === undefined ? 'is gone' : describeNode(object);
      if (last.get(key) !== text) this.trace.add(key, text);
      last.set(key, text);
    });
  }

  private createNode(plan: NodePlan): SimNode {
    const { options } = this;
    return new SimNode({
      name: plan.name,
      labels: { ...plan.labels, ...(plan.zone === undefined ? {} : { [zoneLabel]: plan.zone }) },
      slotBytes: options.slotBytes,
      times: this.times,
      server: this.server,
      workloads: this.workloads,
      payloads: plan.payloads ?? this.payloads,
      surroundings: this.surroundings,
      random: this.random,
      trace: this.trace,
      logOf: (who) => this.logOf(who),
      wallMs: () => this.wallMs(),
      tamperAgent: options.tampering?.agent ?? unchanged,
      tamperProxy: options.tampering?.proxy ?? unchanged,
      report: options.checking ? this.report : undefined,
      readiness: this.readiness,
      onDefect: this.onDefect,
      mark: (what) => this.mark(what),
      onRebootOrdered: (node) => this.onRebootOrdered(node),
      onLoaded: (node, session) => this.onLoaded(node, session),
    });
  }

  private createOperator(name: string): OperatorHost {
    const { options } = this;
    return new OperatorHost({
      name,
      server: this.server,
      workloads: this.workloads,
      lease: this.lease,
      surroundings: this.surroundings,
      log: this.logOf(name),
      settings: { operatorZone: 'UTC', isSpared },
      delayMs: this.times.watchMs,
      restartMs: this.times.restartMs,
      wallMs: () => this.wallMs(),
      elects: options.operators > 1,
      watch: this.watch ?? unwatched,
      onEvent: (event) => {
        if (options.recording) this.events.push(event);
      },
      tamper: options.tampering?.operator ?? unchanged,
      onDefect: this.onDefect,
    });
  }

  /** The trace as a log; an error that no adapter translated is a defect of the program under test. */
  private logOf(who: string): Log {
    const log = this.trace.logOf(who);
    const noted =
      (write: Log['info']): Log['info'] =>
      (fields, message) => {
        const { error, code } = fields;
        if (code === 'BUG' || hasCode(error, 'BUG')) {
          this.report('NoDefect', `${who}: ${message} ${String(error)}`);
        }
        write(fields, message);
      };
    return {
      ...log,
      warn: noted((fields, message) => {
        log.warn(fields, message);
      }),
      error: noted((fields, message) => {
        log.error(fields, message);
      }),
    };
  }

  private readonly onDefect = (thrown: unknown): void => {
    this.defect ??= thrown;
  };
}

function describeNode({
  uid,
  bootId,
  ready,
  unschedulable,
  unschedulableIsOurs,
}: NodeView): string {
  const words = [ready ? 'Ready' : 'not Ready'];
  if (unschedulable) words.push(unschedulableIsOurs ? 'cordoned by us' : 'cordoned');
  return `Node ${uid} is ${words.join(', ')} in ${bootId}`;
}

/** True for the operator's own pods. */
export function isSpared(pod: PodView): boolean {
  return pod.namespace === operatorPods.namespace && pod.name.startsWith(operatorPods.workload);
}

const unwatched: OperatorWatch = {
  nodeChanged: () => undefined,
  evicting: () => undefined,
  osStatusWritten: () => undefined,
  instanceWritten: () => undefined,
};
