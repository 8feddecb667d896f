import {
  freshVars,
  newBlock,
  parseSettingsState,
  type AgentDeps,
  type AgentStatus,
  type Log,
  type NodeView,
  type ProxyDeps,
  type SlotName,
} from '@kubeos/core';
import type { ApiServer } from '../cluster/api-server.ts';
import type { Workloads } from '../cluster/workloads.ts';
import type { ActorSurroundings } from '../engine/actor.ts';
import type { Random } from '../engine/random.ts';
import type { Trace } from '../engine/trace.ts';
import { NodeWatch } from '../invariants/node-watch.ts';
import type { Readiness } from '../invariants/readiness.ts';
import type { ReportViolation } from '../invariants/violation.ts';
import { AgentHost } from './agent-host.ts';
import { Disk } from './disk.ts';
import type { ImageModel, PayloadServer } from './images.ts';
import {
  factoryKnob,
  knobFiles,
  knobHealth,
  knobIn,
  kubeletPath,
  type KnobHealth,
} from './knob.ts';
import { Kubelet, type KubeletDurations } from './kubelet.ts';
import { Machine, type MachineDurations, type Session } from './machine.ts';
import { LockFile } from './node-lock.ts';
import { ProxyHost } from './proxy-host.ts';

/** How long everything on a node takes, in milliseconds; each is asked for anew. */
export interface NodeTimes {
  readonly machine: () => MachineDurations;
  readonly kubelet: () => KubeletDurations;
  readonly transferMs: () => number;
  readonly digestMs: () => number;
  readonly watchMs: () => number;
  readonly restartMs: () => number;
}

/** What a simulated node is made with. */
export interface SimNodeDeps {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly slotBytes: number;
  readonly times: NodeTimes;
  readonly server: ApiServer;
  readonly workloads: Workloads;
  readonly payloads: PayloadServer;
  readonly surroundings: ActorSurroundings;
  readonly random: Random;
  readonly trace: Trace;
  readonly logOf: (who: string) => Log;
  readonly wallMs: () => number;
  readonly tamperAgent: (deps: AgentDeps) => AgentDeps;
  readonly tamperProxy: (deps: ProxyDeps) => ProxyDeps;
  /** Absent: nothing is checked. */
  readonly report: ReportViolation | undefined;
  /** What the cluster saw of the boots. */
  readonly readiness: Readiness;
  readonly onDefect: (thrown: unknown) => void;
  /** Counts what happened; a test asks whether it did at all. */
  readonly mark: (what: string) => void;
  /** The agent ordered the reboot of this boot. */
  readonly onRebootOrdered: (node: SimNode) => void;
  readonly onLoaded: (node: SimNode, session: Session | undefined) => void;
}

/** One node of the fleet: disk, machine, kubelet, the real agent and the real proxy. */
export class SimNode {
  readonly name: string;
  readonly disk: Disk;
  readonly machine: Machine;
  readonly kubelet: Kubelet;
  readonly agents: AgentHost;
  readonly proxies: ProxyHost;
  /** `save_env` of the boot loader reaches the disk. */
  saveWorks = true;
  /** How far the node's wall clock is off, in milliseconds. */
  wallOffsetMs = 0;
  private snapshotText: string | undefined;
  private readonly deps: SimNodeDeps;

  constructor(deps: SimNodeDeps) {
    this.deps = deps;
    this.name = deps.name;
    const watch = this.createWatch();
    this.disk = new Disk({
      slotWritten: (slot) => watch?.slotWritten(slot),
      bootBlockWritten: (before, after) => watch?.bootBlockWritten(before, after),
      settingsWritten: () => watch?.settingsWritten(),
    });
    this.machine = this.createMachine(watch);
    this.kubelet = this.createKubelet();
    this.agents = this.createAgents();
    this.proxies = this.createProxies();
  }

  /** A kubelet works with its file as it is now. */
  get worksWithItsFile(): boolean {
    return this.knobHealth === 'ready';
  }

  private get knobHealth(): KnobHealth {
    return knobHealth(knobIn(this.disk.file(kubeletPath)) ?? factoryKnob);
  }

  /** The Node as it is stored. */
  get view(): NodeView | undefined {
    return this.deps.server.nodes.get(this.name)?.view;
  }

  /** Starts as a node that has been running for long: one slot filled, the other as given. */
  startRunning(slot: SlotName, image: ImageModel, other: ImageModel | undefined): void {
    this.disk.fillSlot(slot, image);
    if (other !== undefined) this.disk.fillSlot(slot === 'A' ? 'B' : 'A', other);
    this.disk.fillBootBlock(newBlock(freshVars(slot, 0)));
    this.disk.fillFiles(knobFiles(factoryKnob));
    const session = this.machine.startRunning(slot, image);
    this.kubelet.startRunning(session);
    this.agents.begin(session, () => undefined);
    this.proxies.start();
  }

  /** Somebody installs the machine anew: one slot is filled, and nothing of before is left. */
  reinstall(image: ImageModel): void {
    this.machine.cutPower(60_000);
    this.disk.erase();
    this.disk.fillSlot('A', image);
    this.disk.fillBootBlock(newBlock(freshVars('A', 0)));
    this.disk.fillFiles(knobFiles(factoryKnob));
  }

  private createWatch(): NodeWatch | undefined {
    const { report, readiness, name } = this.deps;
    if (report === undefined) return undefined;
    return new NodeWatch({
      node: name,
      disk: () => this.disk,
      session: () => this.machine.session,
      operation: () => this.deps.server.instances.get(name)?.spec.operation,
      isConfirmedByHand: (session) => this.agents.isConfirmedByHand(session),
      whatIsMissing: ({ bootId }, minReadySeconds) =>
        readiness.whatIsMissing(name, bootId, minReadySeconds),
      report,
    });
  }

  private createMachine(watch: NodeWatch | undefined): Machine {
    const { deps } = this;
    return new Machine({
      name: this.name,
      disk: this.disk,
      scheduler: deps.surroundings.scheduler,
      random: deps.random,
      durations: deps.times.machine,
      saveWorks: () => this.saveWorks,
      watch: {
        loaded: (session) => {
          deps.trace.add(this.name, describeLoaded(session));
          watch?.loaded(session);
          deps.onLoaded(this, session);
        },
        reached: (session) => {
          this.agents.begin(session, () => this.kubelet.start(session));
        },
        rebootOrdered: (_session, by) => {
          deps.trace.add(this.name, `reboot ordered by ${by}`);
          if (by === 'agent') deps.onRebootOrdered(this);
        },
        powerFails: () => this.markPowerCut(),
        ended: (session) => {
          deps.trace.add(this.name, `down (${session.bootId})`);
          this.proxies.end();
          this.snapshotText = undefined;
          this.proxies.forgetSnapshot();
          this.agents.end();
          this.kubelet.stop();
        },
      },
    });
  }

  /** Notes what a power cut found half done. */
  private markPowerCut(): void {
    const { disk, deps } = this;
    const isUnflushed = (slot: SlotName): boolean => {
      const matter = disk.slot(slot);
      return matter.kind === 'image' && !matter.flushed;
    };
    if (isUnflushed('A') || isUnflushed('B')) deps.mark('power cut in an unflushed slot');
    if (disk.stateFile?.includes('"intent"') === true) deps.mark('power cut after an intent');
    const { change, undo } = parseSettingsState(disk.settingsState, this.name);
    if (change !== undefined) deps.mark('power cut in a change of settings');
    if (undo !== undefined) deps.mark('power cut with settings on trial');
  }

  private createKubelet(): Kubelet {
    const { deps } = this;
    return new Kubelet({
      node: this.name,
      labels: deps.labels,
      server: deps.server,
      workloads: deps.workloads,
      scheduler: deps.surroundings.scheduler,
      durations: deps.times.kubelet,
      knobHealth: () => this.knobHealth,
      onReady: () => this.proxies.start(),
    });
  }

  private createAgents(): AgentHost {
    const { deps } = this;
    return new AgentHost({
      node: this.name,
      machine: this.machine,
      disk: this.disk,
      lockFile: new LockFile(),
      publishLockFile: new LockFile(),
      payloads: deps.payloads,
      surroundings: deps.surroundings,
      slotBytes: deps.slotBytes,
      transferMs: deps.times.transferMs,
      digestMs: deps.times.digestMs,
      wallMs: () => deps.wallMs() + this.wallOffsetMs,
      log: deps.logOf(`agent/${this.name}`),
      tamper: deps.tamperAgent,
      restart: (unit) => (unit === 'kubelet.service' ? this.kubelet.restart() : undefined),
      restartIfRunning: (unit) => {
        if (unit === 'kubelet.service' && this.kubelet.isStarted) this.kubelet.restart();
      },
      readPublished: () => this.snapshotText,
      publish: (session, text) => {
        if (this.machine.session !== session) return;
        this.snapshotText = text;
        this.proxies.publish(JSON.parse(text) as AgentStatus);
      },
      onDefect: deps.onDefect,
    });
  }

  private createProxies(): ProxyHost {
    const { deps } = this;
    return new ProxyHost({
      node: this.name,
      server: deps.server,
      agents: this.agents,
      surroundings: deps.surroundings,
      log: deps.logOf(`proxy/${this.name}`),
      delayMs: deps.times.watchMs,
      restartMs: deps.times.restartMs,
      wallMs: () => deps.wallMs() + this.wallOffsetMs,
      tamper: deps.tamperProxy,
      onDefect: deps.onDefect,
    });
  }
}

function describeLoaded(session: Session | undefined): string {
  if (session === undefined) return 'nothing to boot';
  return `boots slot ${session.slot} (${session.why}): ${session.image.name}, ${session.bootId}`;
}
