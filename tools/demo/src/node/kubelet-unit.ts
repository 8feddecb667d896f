import { appendFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { KubeosError } from '@kubeos/core';
import { readTextIfThere } from '@kubeos/host';

import { pause } from '../pause.ts';
import { kubeletConfigFile } from './factory-settings.ts';
import { readKubeletConfig } from './kubelet-config.ts';
import { runKubelet, sayGoodbye, type KubeletOptions, type RunningSystem } from './kubelet.ts';
import type { NodeRoot } from './node-root.ts';
import { put } from './put.ts';
import { restartOrder, tryRestartOrder } from './unit-files.ts';

/** What kubelet.service is made from. */
export interface KubeletUnitOptions extends Omit<KubeletOptions, 'onRegistered'> {
  readonly paths: NodeRoot;
  readonly bootId: string;
  readonly osImage: string;
  /** Runs the pods that are bound to the Node of this UID until the signal. */
  readonly runPods: (nodeUid: string, signal: AbortSignal) => Promise<void>;
}

const lookMilliseconds = 100;

/**
 * Plays kubelet.service of one boot until the signal, a unit of `Type=notify` that is not started again by itself: its
 * kubelet reads its file with each start, and ends with an error in its journal where it cannot take it. Its pods live
 * on without it.
 */
export async function runKubeletUnit(
  options: KubeletUnitOptions,
  signal: AbortSignal,
): Promise<void> {
  const unit = new KubeletUnit(options);
  await unit.start();
  while (await pause(lookMilliseconds, signal)) await unit.obey();
  await unit.shutDown();
}

interface RunningKubelet {
  readonly system: RunningSystem;
  /** Ends its program. */
  readonly stop: () => Promise<void>;
}

class KubeletUnit {
  readonly #options: KubeletUnitOptions;
  readonly #pods: Pods;
  #running: RunningKubelet | undefined;

  constructor(options: KubeletUnitOptions) {
    this.#options = options;
    this.#pods = new Pods(options);
  }

  async start(): Promise<void> {
    const { paths, bootId, osImage } = this.#options;
    const text = await readTextIfThere(join(paths.root, kubeletConfigFile));
    const config = readKubeletConfig(text ?? '');
    if (config.problem !== undefined) {
      await this.#tell(`"command failed" err="${config.problem}"`);
      await this.#tell('kubelet.service: Main process exited, code=exited, status=1/FAILURE');
      await this.#tell("kubelet.service: Failed with result 'exit-code'.");
      await put(paths.units.kubeletState, 'failed\n');
      return;
    }
    const end = new AbortController();
    const system = { bootId, osImage, maxPods: config.maxPods };
    const ended = runKubelet(this.#kubelet, system, end.signal);
    this.#running = {
      system,
      stop: () => {
        end.abort();
        return ended;
      },
    };
    await this.#tell('Started kubelet');
    await put(paths.units.kubeletState, 'active\n');
  }

  /** Does what `systemctl` was asked for. */
  async obey(): Promise<void> {
    const { folder } = this.#options.paths.units;
    for (const name of await readdir(folder)) {
      const isTry = name.startsWith(tryRestartOrder);
      if (!isTry && !name.startsWith(restartOrder)) continue;
      if (!isTry || this.#running !== undefined) await this.#restart();
      await rm(join(folder, name));
    }
  }

  /** Ends it and its pods, as a node that goes down in good order does. */
  async shutDown(): Promise<void> {
    const running = this.#running;
    await running?.stop();
    await this.#pods.end();
    if (running !== undefined) await sayGoodbye(this.#kubelet, running.system);
  }

  async #restart(): Promise<void> {
    await put(this.#options.paths.units.kubeletState, 'activating\n');
    await this.#running?.stop();
    this.#running = undefined;
    await this.start();
  }

  get #kubelet(): KubeletOptions {
    return {
      ...this.#options,
      onRegistered: (nodeUid) => {
        this.#pods.ofNode(nodeUid);
      },
    };
  }

  async #tell(line: string): Promise<void> {
    await appendFile(this.#options.paths.units.kubeletLog, `${line}\n`);
  }
}

/** The pods of the Node as it is now: a Node that was deleted and registered again gets new ones. */
class Pods {
  readonly #options: KubeletUnitOptions;
  #nodeUid: string | undefined;
  #stop = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(options: KubeletUnitOptions) {
    this.#options = options;
  }

  ofNode(uid: string): void {
    if (uid === this.#nodeUid) return;
    this.#nodeUid = uid;
    this.#stop.abort();
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    this.#running = this.#running
      .then(() => this.#options.runPods(uid, signal))
      .catch((thrown: unknown) => {
        this.#options.log(KubeosError.from(thrown).message);
      });
  }

  async end(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }
}
