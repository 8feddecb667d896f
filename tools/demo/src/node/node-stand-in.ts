import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { access } from 'node:fs/promises';

import { KubeosError, type BootWhy, type SlotName } from '@kubeos/core';
import { errnoOf } from '@kubeos/host';
import type { ApiClient } from '@kubeos/kube';

import type { NodeDisk } from '../disks/node-disk.ts';
import { killPrograms } from '../disks/leftovers.ts';
import { pause } from '../pause.ts';
import { readSlotSystem, runBootLoader, type SlotSystem } from './boot-loader.ts';
import { runKubeletUnit } from './kubelet-unit.ts';
import { writeBootFiles, writeUptime, type NodeRoot } from './node-root.ts';
import {
  runBootPass,
  runDriftPass,
  runProxy,
  runServices,
  type NodePrograms,
  type ServicesOptions,
} from './services.ts';

/** What a stand-in for a node is made from. */
export interface NodeStandInOptions {
  readonly name: string;
  /** The node's own folder. */
  readonly folder: string;
  readonly logFolder: string;
  readonly paths: NodeRoot;
  readonly disk: NodeDisk;
  readonly machineId: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly api: ApiClient;
  readonly programs: NodePrograms;
  /** Takes a line for each step of the machine; default none. */
  readonly log?: (line: string) => void;
  /** From power-on to the boot loader; default 500. */
  readonly firmwareMilliseconds?: number;
  /** From the kernel's start to its end where it finds no init; default 500. */
  readonly panicMilliseconds?: number;
}

/** How far one boot came. */
export interface BootRecord {
  readonly slot: SlotName | undefined;
  readonly why: BootWhy;
  /** `loader`: no slot could be loaded; `kernel`: no init; `system`: it came up. */
  readonly reached: 'loader' | 'kernel' | 'system';
  /** Of a system that came up. */
  readonly bootId?: string;
  readonly version?: string;
}

/** What the machine does at this moment. */
export type MachineState =
  | { readonly kind: 'off' | 'booting' | 'stuck' }
  | {
      readonly kind: 'up' | 'stopping';
      readonly slot: SlotName;
      readonly bootId: string;
      readonly version: string;
    };

const tickMilliseconds = 250;

/**
 * One node as far as KubeOS can tell: firmware, boot loader, kernel, systemd and kubelet are played, disk, boot
 * environment, agent and proxy are real. Nothing here decides about slots; it follows what lies on the disk.
 */
export class NodeStandIn {
  readonly name: string;
  /** Every boot since the stand-in was made, oldest first. */
  readonly boots: readonly BootRecord[];
  readonly #options: NodeStandInOptions;
  readonly #boots: BootRecord[] = [];
  #state: MachineState = { kind: 'off' };
  #powerOff: AbortController | undefined;
  #reset: AbortController | undefined;
  #life: Promise<void> = Promise.resolve();

  constructor(options: NodeStandInOptions) {
    this.name = options.name;
    this.boots = this.#boots;
    this.#options = options;
  }

  /** What the machine does. */
  get state(): MachineState {
    return this.#state;
  }

  /** Turns the machine on; it then reboots by itself as it is told. Does nothing when it is on. */
  powerOn(): void {
    if (this.#powerOff !== undefined) return;
    const powerOff = new AbortController();
    this.#powerOff = powerOff;
    this.#life = this.#live(powerOff.signal).catch((thrown: unknown) => {
      this.#state = { kind: 'stuck' };
      this.#log(`stand-in failed: ${KubeosError.from(thrown).message}`);
    });
  }

  /** Turns the machine off for good: every program is killed where it stands. */
  async powerOff(): Promise<void> {
    this.#powerOff?.abort();
    await killPrograms(this.#options.folder);
    await this.#life;
    this.#powerOff = undefined;
    this.#state = { kind: 'off' };
  }

  /** Cuts the power for a moment: every program is killed where it stands, and the machine boots again. */
  async powerCut(): Promise<void> {
    await killPrograms(this.#options.folder);
    this.#reset?.abort();
  }

  /** Runs os-agent-drift.service once, as its timer does; gives its exit status. */
  async runDriftPass(): Promise<number | null> {
    const signal = this.#reset?.signal ?? AbortSignal.abort();
    return runDriftPass(this.#services, signal);
  }

  async #live(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#state = { kind: 'booting' };
      if (await pause(this.#options.firmwareMilliseconds ?? 500, signal)) await this.#boot(signal);
    }
  }

  async #boot(signal: AbortSignal): Promise<void> {
    const { disk, paths } = this.#options;
    const { slot, why } = await runBootLoader({ grubenv: paths.grubenv, slots: disk.slots });
    if (slot === undefined) {
      this.#record({ slot, why, reached: 'loader' });
      this.#state = { kind: 'stuck' };
      await once(signal, 'abort');
      return;
    }
    const system = await readSlotSystem(disk.slots[slot]);
    if (!system.hasInit) {
      this.#record({ slot, why, reached: 'kernel' });
      // The kernel's `panic=` option makes it reboot by itself.
      await pause(this.#options.panicMilliseconds ?? 500, signal);
      return;
    }
    await this.#run(slot, why, system, signal);
  }

  async #run(
    slot: SlotName,
    why: BootWhy,
    system: SlotSystem,
    powerOff: AbortSignal,
  ): Promise<void> {
    const { disk, paths, folder } = this.#options;
    const bootId = randomUUID();
    const { osRelease, version } = system;
    await writeBootFiles(paths, { bootId, slot, why, osRelease, partition: disk.slots[slot] });
    this.#record({ slot, why, reached: 'system', bootId, version });
    this.#state = { kind: 'up', slot, bootId, version };
    const reset = new AbortController();
    this.#reset = reset;
    const ended = AbortSignal.any([powerOff, reset.signal]);
    const reboot = (): void => {
      reset.abort();
    };
    const booted = runBootPass(this.#services, ended);
    const parts = [
      booted,
      runServices(this.#services, reboot, ended),
      this.#runClock(reboot, ended),
      ...(system.hasKubelet ? [this.#runKubelet(bootId, version, booted, ended)] : []),
    ];
    try {
      await Promise.all(parts);
    } finally {
      reset.abort();
      await Promise.allSettled(parts);
      // Helpers of a killed program may have outlived it.
      await killPrograms(folder);
    }
  }

  /** Keeps the uptime going and looks for the order to reboot. */
  async #runClock(reboot: () => void, ended: AbortSignal): Promise<void> {
    const { paths } = this.#options;
    const started = performance.now();
    while (!ended.aborted) {
      await writeUptime(paths, (performance.now() - started) / 1000);
      if (await exists(paths.units.rebootOrder)) {
        this.#log('reboot ordered');
        reboot();
      }
      await pause(tickMilliseconds, ended);
    }
    if (this.#state.kind === 'up') this.#state = { ...this.#state, kind: 'stopping' };
  }

  async #runKubelet(
    bootId: string,
    osImage: string,
    booted: Promise<void>,
    ended: AbortSignal,
  ): Promise<void> {
    await booted;
    if (ended.aborted) return;
    const { api, name, labels = {}, machineId, paths } = this.#options;
    const unit = {
      api,
      nodeName: name,
      labels,
      machineId,
      paths,
      bootId,
      osImage,
      log: (line: string) => this.#log(`kubelet: ${line}`),
      runPods: (nodeUid: string, signal: AbortSignal) => runProxy(this.#services, nodeUid, signal),
    };
    await runKubeletUnit(unit, ended);
  }

  get #services(): ServicesOptions {
    return { ...this.#options, log: (line) => this.#log(line) };
  }

  #record(boot: BootRecord): void {
    this.#boots.push(boot);
    this.#log(`boot ${boot.slot ?? '-'} (${boot.why}) reached ${boot.reached}`);
  }

  #log(line: string): void {
    this.#options.log?.(`${this.name}: ${line}`);
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (thrown) {
    if (errnoOf(thrown) === 'ENOENT') return false;
    throw thrown;
  }
}
