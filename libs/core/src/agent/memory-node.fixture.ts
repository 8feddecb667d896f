/** A node in memory for the tests of the agent: disk, boot loader, clock, and power that can be cut at any write. */
import type { BootWhy } from '../api/agent-status.ts';
import type { AgentStatus } from '../api/agent-status.ts';
import { otherSlot, type Digest, type Payload, type SlotName } from '../api/operation.ts';
import { KubeosError } from '../errors/index.ts';
import type { LogFields } from '../ports/log.ts';
import type { InstallWatch } from '../ports/node.ts';
import { bootStep, freshVars, newBlock, parseBootBlock, type BootVars } from '../slots/index.ts';
import type { ActivateRequest, Agent, AgentDeps, PrepareRequest } from './agent.ts';
import { createAgent } from './create-agent.ts';
import { MemorySettings } from './memory-settings.fixture.ts';

/** What can be in a slot. */
export interface Image {
  readonly version: string;
  readonly hasAgent: boolean;
  /** The boot loader finds a kernel. */
  readonly loads: boolean;
}

/** A sound image unless told otherwise. */
export const image = (version: string, options: Partial<Image> = {}): Image => ({
  version,
  hasAgent: true,
  loads: true,
  ...options,
});

/** A digest that belongs to a text. */
export function digestOf(text: string): Digest {
  const hex = Array.from(text, (character) => character.charCodeAt(0).toString(16)).join('');
  return `sha256:${hex.slice(-64).padStart(64, '0')}`;
}

/** A fault that a port throws at its next call. */
export type Faults = Partial<
  Record<
    'env' | 'state' | 'snapshot' | 'reboot' | LockName | 'journal' | 'check' | 'timer',
    KubeosError | undefined
  >
>;

type LockName = 'lock' | 'publishLock';

class PowerCut extends Error {}

/** The node. Fields are the disk and the switches of a test. */
export class MemoryNode {
  block: Uint8Array | undefined = newBlock(freshVars('A', 0));
  stateText: string | undefined;
  /** The snapshot as it is, and all that were published. */
  published: string | undefined;
  snapshots: AgentStatus[] = [];
  slots: Record<SlotName, Image | undefined> = { A: image('v1'), B: undefined };
  /** What an installation puts into the slot, by URL; a function decides by itself. */
  sources = new Map<string, Image | ((watch: InstallWatch) => Promise<Image>)>();
  faults: Faults = {};
  machineId = 'machine-1';
  ambiguous = false;
  bootId = 'boot-1';
  booted: SlotName | undefined = 'A';
  why: BootWhy = 'good';
  uptimeSeconds = 100;
  rebooting = false;
  /** The timers run return passes. */
  passesRun = true;
  reboots = 0;
  installs = 0;
  /** Cut the power after this many writes. */
  cutAfter = Infinity;
  writes: string[] = [];
  /** What the agents said, at levels info and warn. */
  readonly said: (readonly [string, LogFields])[] = [];
  readonly settings = new MemorySettings((name, effect) => this.write(name, undefined, effect));
  private boots = 1;
  private isDead = false;
  private readonly lockQueues: Record<LockName, Promise<unknown>> = {
    lock: Promise.resolve(),
    publishLock: Promise.resolve(),
  };
  private readonly sleepers = new Set<{ readonly untilMs: number; wake(): void }>();
  private nowMs = 0;

  get vars(): BootVars {
    const parsed = parseBootBlock(this.block);
    if (parsed.kind !== 'ok') throw new Error(`the block is ${parsed.kind}`);
    return parsed.vars;
  }

  get status(): AgentStatus {
    const last = this.snapshots.at(-1);
    if (last === undefined) throw new Error('nothing was published');
    return last;
  }

  get installedDigest(): (slot: SlotName) => Digest {
    return (slot) => digestOf(`slot ${this.slots[slot]?.version ?? 'empty'}`);
  }

  /** A new agent process on this node. */
  agent(): Agent {
    return createAgent(this.deps());
  }

  /** What the boot loader and the kernel do: a new boot, or nothing when no slot can be loaded. */
  boot(saveOk = true): void {
    const loadable = { A: this.slots.A?.loads === true, B: this.slots.B?.loads === true };
    const step = bootStep(this.block, { saveOk, loadable });
    this.block = step.block;
    this.startIn(step.slot, step.why);
  }

  /** Somebody chose the slot in the boot menu. */
  startIn(slot: SlotName | undefined, why: BootWhy): void {
    this.boots += 1;
    this.bootId = `boot-${this.boots}`;
    this.booted = slot;
    this.why = why;
    this.uptimeSeconds = 20;
    this.rebooting = false;
    this.passesRun = true;
    this.published = undefined;
    this.isDead = false;
    this.cutAfter = Infinity;
  }

  /** Lets virtual time pass and everybody work who waited for it. */
  async pass(seconds: number): Promise<void> {
    this.nowMs += seconds * 1000;
    this.uptimeSeconds += seconds;
    for (const sleeper of [...this.sleepers]) {
      if (sleeper.untilMs > this.nowMs) continue;
      this.sleepers.delete(sleeper);
      sleeper.wake();
    }
    await settle();
  }

  deps(): AgentDeps {
    return {
      env: {
        read: async () => this.alive(() => this.block),
        writeSector: (sector) =>
          this.write('sector', 'env', () => {
            const next = Uint8Array.from(this.block ?? new Uint8Array(1024));
            next.set(sector);
            this.block = next;
          }),
        replace: (block) => this.write('replace', 'env', () => (this.block = block)),
      },
      state: {
        read: async () => this.alive(() => this.stateText),
        write: (text) => this.write('state', 'state', () => (this.stateText = text)),
      },
      snapshot: {
        read: async () => this.alive(() => this.published),
        publish: (text) =>
          this.write('snapshot', 'snapshot', () => {
            this.published = text;
            this.snapshots.push(JSON.parse(text) as AgentStatus);
          }),
      },
      machine: this.machine(),
      timer: {
        start: async () => this.turnTimer(true),
        stop: async () => this.turnTimer(false),
      },
      slots: this.slotStore(),
      settings: this.settings.deps(),
      lock: { exclusively: (work) => this.exclusively('lock', work) },
      publishLock: { exclusively: (work) => this.exclusively('publishLock', work) },
      clock: {
        now: () => ({ wallMs: this.nowMs, monotonicMs: this.nowMs }),
        sleep: (milliseconds, signal) => this.sleep(milliseconds, signal),
      },
      log: {
        debug: () => undefined,
        info: (fields, message) => void this.said.push([message, fields]),
        warn: (fields, message) => void this.said.push([message, fields]),
        error: () => undefined,
      },
      agentVersion: '1.0.0',
      capabilities: ['disk', 'rollback', 'settings'],
    };
  }

  private turnTimer(isOn: boolean): void {
    this.alive(() => undefined);
    if (this.faults.timer !== undefined) throw this.faults.timer;
    this.passesRun = isOn;
  }

  private machine(): AgentDeps['machine'] {
    return {
      facts: async () =>
        this.alive(() => ({
          bootId: this.bootId,
          ...(this.booted === undefined ? {} : { bootedSlot: this.booted }),
          why: this.why,
          version: (this.booted && this.slots[this.booted]?.version) ?? 'unknown',
          machineId: this.machineId,
        })),
      uptimeSeconds: async () => this.alive(() => this.uptimeSeconds),
      reboot: () =>
        this.write('reboot', 'reboot', () => {
          this.rebooting = true;
          this.reboots += 1;
        }),
      isRebooting: async () => this.alive(() => this.rebooting),
      previousJournalTail: async () =>
        this.alive(() => {
          if (this.faults.journal !== undefined) throw this.faults.journal;
          return 'the end of the journal';
        }),
    };
  }

  private slotStore(): AgentDeps['slots'] {
    return {
      sizeBytes: async () => this.onOneDisk(() => 1024),
      check: async () =>
        this.alive(() => {
          if (this.faults.check !== undefined) throw this.faults.check;
        }),
      inspect: async (slot) =>
        this.onOneDisk(() => {
          const held = this.slots[slot];
          return held === undefined
            ? { sizeBytes: 1024, hasAgent: false }
            : { sizeBytes: 1024, version: held.version, hasAgent: held.hasAgent };
        }),
      digest: async (slot) => this.onOneDisk(() => this.installedDigest(slot)),
      invalidate: (slot) =>
        this.write(`invalidate ${slot}`, undefined, () => (this.slots[slot] = undefined)),
      install: async (slot, payload, watch) => {
        this.installs += 1;
        const source = this.sources.get(payload.url ?? '');
        if (source === undefined) throw new KubeosError('SOURCE_NOT_FOUND', '404');
        await this.write(`body ${slot}`, undefined, () => (this.slots[slot] = undefined));
        watch.onProgress({ step: 'Writing', bytesDone: 512, bytesTotal: 1024 });
        const found = typeof source === 'function' ? await source(watch) : source;
        watch.signal.throwIfAborted();
        await this.write(`head ${slot}`, undefined, () => (this.slots[slot] = found));
        return { payloadDigest: payload.digest, slotDigest: this.installedDigest(slot) };
      },
      copy: (slot, watch) => this.copySlot(slot, watch),
    };
  }

  private async copySlot(slot: SlotName, watch: InstallWatch): Promise<Digest> {
    const from = this.slots[otherSlot(slot)];
    await this.write(`body ${slot}`, undefined, () => (this.slots[slot] = undefined));
    watch.onProgress({ step: 'Copying', bytesDone: 512, bytesTotal: 1024 });
    await this.write(`head ${slot}`, undefined, () => (this.slots[slot] = from));
    return this.installedDigest(slot);
  }

  private onOneDisk<T>(reading: () => T): T {
    if (this.ambiguous) throw new KubeosError('AMBIGUOUS_DISK', 'two disks');
    return this.alive(reading);
  }

  /** Every write is a moment at which the power can fail, right after it. */
  private async write(
    name: string,
    fault: keyof Faults | undefined,
    effect: () => unknown,
  ): Promise<void> {
    this.alive(() => undefined);
    const thrown = fault === undefined ? undefined : this.faults[fault];
    if (thrown !== undefined) throw thrown;
    effect();
    this.writes.push(name);
    if (name === `body ${otherSlot(this.booted ?? 'A')}`)
      this.checkIdle(otherSlot(this.booted ?? 'A'));
    if (this.writes.length >= this.cutAfter) this.isDead = true;
    this.alive(() => undefined);
  }

  /** A slot is written only while the sector calls it empty. */
  private checkIdle(slot: SlotName): void {
    if (this.vars.slots[slot] !== 'empty') throw new Error(`slot ${slot} is written but not empty`);
  }

  private alive<T>(reading: () => T): T {
    if (this.isDead) throw new PowerCut('the power is off');
    return reading();
  }

  private async exclusively<T>(name: LockName, work: () => Promise<T>): Promise<T> {
    const fault = this.faults[name];
    if (fault !== undefined) throw fault;
    const mine = this.lockQueues[name].then(work);
    this.lockQueues[name] = mine.catch(() => undefined);
    return mine;
  }

  private sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const sleeper = { untilMs: this.nowMs + milliseconds, wake: resolve };
      this.sleepers.add(sleeper);
      signal?.addEventListener('abort', () => {
        this.sleepers.delete(sleeper);
        reject(new Error('aborted'));
      });
    });
  }
}

/** Lets all promises that can go on do so; more rounds than any call of the agent has steps. */
export async function settle(): Promise<void> {
  for (let round = 0; round < 500; round += 1) await Promise.resolve();
}

/** For callers who stay. */
export const neverAborted: Parameters<Agent['prepare']>[2] = new AbortController().signal;

const payload: Payload = {
  imageType: 'disk',
  url: 'https://images/v2',
  digest: digestOf('payload v2'),
  allowInsecure: false,
  mutualTls: false,
};

/** A Prepare of version 2. */
export function prepareRequest(seq: number, options: Partial<PrepareRequest> = {}): PrepareRequest {
  return { id: `os/node/${seq}`, seq, type: 'upgrade', version: 'v2', payload, ...options };
}

/** An Activate of version 2 in slot B. */
export function activateRequest(
  seq: number,
  options: Partial<ActivateRequest> = {},
): ActivateRequest {
  const target = { version: 'v2', payloadDigest: payload.digest, slot: 'B' as const };
  return {
    id: `os/node/${seq}`,
    seq,
    type: 'upgrade',
    target: { ...target, slotDigest: digestOf('slot v2') },
    confirmTimeoutSeconds: 300,
    ...options,
  };
}

/** A node with version 2 behind the URL of the requests. */
export function nodeWithV2(): MemoryNode {
  const node = new MemoryNode();
  node.sources.set('https://images/v2', image('v2'));
  return node;
}

/** Prepares version 2 in slot B. */
export async function prepareV2(node: MemoryNode, seq = 1): Promise<void> {
  await node.agent().prepare(prepareRequest(seq), () => undefined, neverAborted);
}

/** Prepares, arms and boots version 2; the agent runs in the trial. */
export async function enterTrial(node: MemoryNode, seq = 1): Promise<Agent> {
  await prepareV2(node, seq);
  await node.agent().activate(activateRequest(seq));
  node.boot();
  const agent = node.agent();
  await agent.start();
  return agent;
}

/** A Confirm of what runs on the node now. */
export function confirmRequest(node: MemoryNode, seq = 1): Parameters<Agent['confirm']>[0] {
  return {
    id: `os/node/${seq}`,
    seq,
    type: 'upgrade',
    bootId: node.bootId,
    slot: 'B',
    slotDigest: digestOf('slot v2'),
  };
}
