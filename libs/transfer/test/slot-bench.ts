import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock, Digest, InstallWatch, Payload, SlotStore } from '@kubeos/core';
import {
  attachLoopDisk,
  createDiskImage,
  createSlotDevices,
  exec,
  type LoopDisk,
} from '@kubeos/host';
import { createSlotStore, type SlotStoreDeps } from '../src/index.ts';

export const mib = 1024 * 1024;

/** Slot A is too small for the payloads of these tests, slot B is not. */
const slotBytes = { A: 4 * mib, B: 24 * mib };

let looks = 0;

/** Pauses between attempts pass at once, deadlines never; a second passes from one look to the next. */
export const impatientClock: Clock = {
  now: () => ({ wallMs: 0, monotonicMs: 1000 * (looks += 1) }),
  sleep: (milliseconds, signal) =>
    new Promise((resolve, reject) => {
      if (milliseconds < 20_000) resolve();
      signal?.addEventListener('abort', () => reject(new Error('aborted')));
    }),
};

/** A disk with two slots on a loop device, and a slot store over it. */
export interface SlotBench {
  readonly folder: string;
  readonly disk: LoopDisk;
  readonly store: SlotStore;
  /** Another store over the same disk. */
  storeWith(change: Partial<SlotStoreDeps>): SlotStore;
  readonly mountDir: string;
  /** The first bytes of slot B as they are on the disk. */
  head(): Promise<Buffer>;
  close(): Promise<void>;
}

export async function openSlotBench(): Promise<SlotBench> {
  const folder = await mkdtemp(join(tmpdir(), 'transfer-'));
  await mkdir(join(folder, 'certs'));
  await createDiskImage(join(folder, 'disk.img'), [
    { label: 'ROOT-A', sizeBytes: slotBytes.A },
    { label: 'ROOT-B', sizeBytes: slotBytes.B },
  ]);
  const disk = await attachLoopDisk(exec, join(folder, 'disk.img'));
  const mountDir = join(folder, 'mounts');
  const deps: SlotStoreDeps = {
    slots: createSlotDevices({ root: '/', disk: disk.path }),
    exec,
    clock: impatientClock,
    certsDir: join(folder, 'certs'),
    mountDir,
    registryAuthFile: join(folder, 'registry-auth.json'),
    containerdHostsDir: join(folder, 'certs.d'),
    workDir: join(folder, 'work'),
    proxyEnv: {},
  };
  return {
    folder,
    disk,
    store: createSlotStore(deps),
    storeWith: (change) => createSlotStore({ ...deps, ...change }),
    mountDir,
    head: () => readHead(disk.partition(2)),
    close: async () => {
      await disk.detach();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function readHead(device: string): Promise<Buffer> {
  const file = await open(device, 'r');
  try {
    return (await file.read(Buffer.alloc(mib), 0, mib, 0)).buffer;
  } finally {
    await file.close();
  }
}

export function digestOf(bytes: Uint8Array): Digest {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

export function payloadOf(url: string, body: Uint8Array, change: Partial<Payload> = {}): Payload {
  return {
    imageType: 'disk',
    url,
    digest: digestOf(body),
    allowInsecure: true,
    mutualTls: false,
    ...change,
  };
}

export const unwatched: InstallWatch = {
  signal: new AbortController().signal,
  onProgress: () => undefined,
};

/** Wraps a payload with the real program. */
export async function compress(program: string, folder: string, body: Buffer): Promise<Buffer> {
  const path = join(folder, 'wrapped');
  const file = await open(path, 'w');
  await file.writeFile(body);
  await file.close();
  await exec(program, ['-k', '-f', '-q', path]);
  const suffix =
    new Map([
      ['gzip', 'gz'],
      ['zstd', 'zst'],
    ]).get(program) ?? program;
  return readFile(`${path}.${suffix}`);
}
