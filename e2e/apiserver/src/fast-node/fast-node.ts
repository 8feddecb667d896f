/** A node in memory that boots in a moment: agent, proxy and the boot loader's rules are real, the machine is played. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import {
  bootStep,
  imageTypes,
  type Agent,
  type AgentCapability,
  type BootWhy,
  type Clock,
  type Log,
  type SlotName,
} from '@kubeos/core';
import type { ApiClient } from '@kubeos/kube';
import { pause } from '../pause.ts';
import type { FastBoot } from './agent-ports.ts';
import { openRunFolder } from './agent-service.ts';
import { FastDisk, type FastDiskContent } from './disk.ts';
import type { FastImageServer } from './images.ts';
import type { ProxyLogin } from './proxy.ts';
import { Service } from './service.ts';
import { Session } from './session.ts';
import { makeSystemRoot } from './system-root.ts';

/** What a fast node is made from. */
export interface FastNodeOptions extends FastDiskContent {
  readonly name: string;
  readonly api: ApiClient;
  readonly login: ProxyLogin;
  /** Holds what the agent shows to the proxy. */
  readonly folder: string;
  readonly images: FastImageServer;
  readonly labels?: Readonly<Record<string, string>>;
  /** What its agent can do, where it is that of today; default everything. */
  readonly capabilities?: readonly AgentCapability[];
  readonly clock: Clock;
  readonly log: Log;
  /** Called when the machine begins to go down in order; default nothing. */
  readonly onShutdown?: (nodeName: string) => void;
}

/** One boot that was tried. */
export interface FastBootRecord {
  readonly slot: SlotName | undefined;
  readonly why: BootWhy;
  readonly version: string | undefined;
}

const firmwareMilliseconds = 200;
const capabilities: readonly AgentCapability[] = [...imageTypes, 'rollback', 'settings'];

/** The node. It is off until `powerOn`. */
export class FastNode {
  readonly name: string;
  readonly disk: FastDisk;
  readonly #options: FastNodeOptions;
  readonly #boots: FastBootRecord[] = [];
  #life: Service | undefined;
  #session: Session | undefined;

  constructor(options: FastNodeOptions) {
    this.name = options.name;
    this.#options = options;
    this.disk = new FastDisk(options);
  }

  /** Folder of the files of the node, where `/etc` and the others are real. */
  get root(): string {
    return join(this.#options.folder, `${this.name}-root`);
  }

  /** Every boot that was tried, oldest first. */
  get boots(): readonly FastBootRecord[] {
    return this.#boots;
  }

  /** What runs now; `undefined` while the machine is off or between two boots. */
  get running(): FastBoot | undefined {
    return this.#session?.boot;
  }

  /** The agent that runs now, as the console reaches it. */
  get agent(): Agent | undefined {
    return this.#session?.agent;
  }

  /** Turns the machine on; it reboots by itself as it is told. */
  powerOn(): void {
    this.#life ??= new Service((signal) => this.#live(signal));
  }

  /** Ends everything in order. */
  async powerOff(): Promise<void> {
    const life = this.#life;
    this.#life = undefined;
    await life?.stop();
  }

  /** The clock of this boot shows more than has passed. */
  passTime(seconds: number): void {
    this.#session?.passTime(seconds);
  }

  /** Cuts the power for a moment. */
  reset(): void {
    this.#session?.reset();
  }

  /** The kubelet starts anew and registers its Node where there is none; the DaemonSet gives that a proxy of its own. */
  async restartKubelet(): Promise<void> {
    await this.#session?.stopProxy();
    await this.#session?.stopKubelet();
    await this.#session?.startKubelet();
  }

  /** Ends the proxy. */
  async stopProxy(): Promise<void> {
    await this.#session?.stopProxy();
  }

  /** Starts a proxy again. */
  startProxy(): void {
    this.#session?.startProxy();
  }

  async #live(signal: AbortSignal): Promise<void> {
    while (await pause(firmwareMilliseconds, signal)) {
      const boot = this.#bootUp();
      // The kernel's `panic=` option lets a system that does not come up boot again by itself.
      if (boot === undefined) continue;
      const { disk, name } = this;
      const runFolder = await openRunFolder(join(this.#options.folder, name));
      const root = this.root;
      await makeSystemRoot(root);
      const onShutdown = (): void => this.#options.onShutdown?.(name);
      const defaults = { labels: {}, capabilities };
      const machine = { disk, root, boot, runFolder, onShutdown };
      const session = { ...defaults, ...this.#options, ...machine };
      this.#session = new Session(session);
      await this.#session.run(signal);
      this.#session = undefined;
    }
  }

  #bootUp(): FastBoot | undefined {
    const { slots, block } = this.disk;
    const loadable = { A: slots.A !== undefined, B: slots.B !== undefined };
    const step = bootStep(block, { saveOk: true, loadable });
    this.disk.block = step.block;
    const image = step.slot === undefined ? undefined : slots[step.slot];
    this.#boots.push({ slot: step.slot, why: step.why, version: image?.version });
    if (step.slot === undefined || image === undefined) return undefined;
    if (image.reaches === 'kernel') return undefined;
    return { bootId: randomUUID(), slot: step.slot, why: step.why, image };
  }
}
