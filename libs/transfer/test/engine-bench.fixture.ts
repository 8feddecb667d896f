import { expect } from '@jest/globals';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { InstallWatch, OperationProgress, Payload, SlotStore } from '@kubeos/core';
import { createSystemClock, exec, type Exec } from '@kubeos/host';
import { startContainerd, startDocker, type Engine } from './engines.fixture.ts';
import { openOciBench, type OciBench } from './oci-bench.fixture.ts';
import { digestOf, unwatched } from './slot-bench.ts';

/** What differs between two installations. */
export interface InstallOptions {
  /** Runs the programs of the engine; default: what the bench was opened with. */
  readonly run?: Exec;
  readonly watch?: InstallWatch;
}

/** An engine of its own that pulls images into the slots of a bench. */
export interface EngineBench extends OciBench {
  readonly engine: Engine;
  /** The image in the open registry, as engines name it. */
  readonly name: string;
  storeBy(run?: Exec): SlotStore;
  /** Installs the image and looks whether the slot holds it. */
  install(payload: Payload, options?: InstallOptions): Promise<void>;
  /** Steps of an installation in their order, with the last that was told of each. */
  installAndFollow(payload: Payload): Promise<ReadonlyMap<string, OperationProgress>>;
}

/** Starts the engine. The programs that this process starts reach it, until `close`. */
export async function openEngineBench(
  imageType: 'docker' | 'containerd',
  usually: Exec = exec,
): Promise<EngineBench> {
  const bench = await openOciBench(imageType);
  const start = imageType === 'docker' ? startDocker : startContainerd;
  const engine = await start(join(bench.folder, imageType));
  const before = { ...process.env };
  Object.assign(process.env, engine.env);

  const storeBy: EngineBench['storeBy'] = (run = usually) =>
    bench.storeWith({ clock: createSystemClock(), exec: run });
  const install: EngineBench['install'] = async (payload, { run, watch = unwatched } = {}) => {
    const store = storeBy(run);
    const installed = await store.install('B', payload, watch);
    expect(installed).toEqual({
      payloadDigest: payload.digest,
      slotDigest: digestOf(bench.rootImage),
    });
    expect(await store.inspect('B')).toMatchObject({ version: 'KubeOS 2.0', hasAgent: true });
  };
  return {
    ...bench,
    ...{ engine, storeBy, install, name: `${bench.open.host}/kubeos/os:2` },
    installAndFollow: async (payload) => {
      const steps = new Map<string, OperationProgress>();
      const onProgress = (progress: OperationProgress): void =>
        void steps.set(progress.step, progress);
      await install(payload, { watch: { ...unwatched, onProgress } });
      return steps;
    },
    afterTest: async () => {
      await bench.afterTest();
      expect(await readdir(join(bench.folder, 'work')).catch(() => [])).toEqual([]);
    },
    close: async () => {
      process.env = before;
      await engine.stop();
      await bench.close();
    },
  };
}

/** A failure with this code and something in its message. */
export function refused(code: string, message = ''): object {
  return { code, message: expect.stringContaining(message) };
}

/** Gives an installation up as soon as it writes. */
export function cancelledWhileWriting(): InstallWatch {
  const cancel = new AbortController();
  const onProgress = ({ step }: OperationProgress): void => {
    if (step === 'Writing') cancel.abort();
  };
  return { signal: cancel.signal, onProgress };
}
