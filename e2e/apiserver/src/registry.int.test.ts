/** An image from a real registry into a real slot; the rest of the machine is played, and so is its boot. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Digest } from '@kubeos/core';
import {
  agentFiles,
  attachLoopDisk,
  createDiskImage,
  createSlotDevices,
  createSystemClock,
  exec,
} from '@kubeos/host';
import { openRepository, startRegistry, type RegistryServer } from '@kubeos/testing';
import { createSlotStore } from '@kubeos/transfer';
import { fastImage, type FetchImage } from './fast-node/images.ts';
import { Scene } from './scene.fixture.ts';

const mib = 1_048_576;
const v1 = fastImage('KubeOS 1.0.0');
const run = promisify(execFile);
const toClose: (() => Promise<unknown>)[] = [];

let folder = '';
let scene: Scene;
let registry: RegistryServer;
let digest: Digest;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'registry-'));
  registry = await startRegistry({ folder });
  digest = await pushImage();
  scene = await Scene.open();
  await scene.startOperator();
}, 600_000);

afterAll(async () => {
  await scene.close();
  for (const close of toClose.reverse()) await close();
  await registry.close();
  await rm(folder, { recursive: true });
}, 60_000);

/** The image as `kbimg` publishes it: one layer with the archive of a root in it. */
async function pushImage(): Promise<Digest> {
  const put = async (path: string, content: string): Promise<void> => {
    const file = join(folder, 'root', path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  };
  await put('etc/os-release', 'PRETTY_NAME="KubeOS 2.0.0"\n');
  await put('boot/vmlinuz', 'kernel');
  for (const file of agentFiles) await put(file, 'agent');
  await run('tar', ['-C', join(folder, 'root'), '-cf', join(folder, 'os.tar'), '.']);
  await run('tar', ['-C', folder, '-czf', join(folder, 'layer'), 'os.tar']);
  const repository = openRepository(registry.url, 'kubeos/os');
  const image = await repository.image([await readFile(join(folder, 'layer'))], '2.0.0');
  return image.digest;
}

/** The slots of a node on a disk of its own, filled by what the agent has for that. */
async function openSlots(): Promise<FetchImage> {
  const file = join(folder, 'disk');
  const sizeBytes = 24 * mib;
  await createDiskImage(file, [
    { label: 'ROOT-A', sizeBytes },
    { label: 'ROOT-B', sizeBytes },
  ]);
  const disk = await attachLoopDisk(exec, file);
  toClose.push(() => disk.detach());
  const store = createSlotStore({
    slots: createSlotDevices({ root: '/', disk: disk.path }),
    exec,
    clock: createSystemClock(),
    certsDir: folder,
    mountDir: join(folder, 'mounts'),
    registryAuthFile: join(folder, 'registry-auth.json'),
    containerdHostsDir: join(folder, 'certs.d'),
    workDir: join(folder, 'work'),
    proxyEnv: {},
  });
  return async (payload, watch) => {
    await store.check(payload);
    const installed = await store.install('B', payload, watch);
    const { version = '', hasAgent } = await store.inspect('B');
    const { payloadDigest, slotDigest } = installed;
    return { ...fastImage(version), digest: payloadDigest, slotDigest, hasAgent };
  };
}

it('comes through operator, proxy and agent; a node with an agent of before waits and says why', async () => {
  const image = `${registry.host}/kubeos/os:2.0.0`;
  scene.images.fetchBy(image, await openSlots());
  const [node] = await scene.addNodes('direct', 1, { image: v1 });
  const older = ['disk', 'rollback', 'settings'] as const;
  const [old] = await scene.addNodes('older', 1, {
    image: v1,
    capabilities: older,
    labels: { 'upgrade.openeuler.org/node-selector': 'direct' },
  });

  await scene.createOs('direct', {
    opstype: 'upgrade',
    osversion: 'KubeOS 2.0.0',
    imagetype: 'oci',
    containerimage: image,
    checksum: digest.slice('sha256:'.length),
    flagSafe: true,
  });
  await scene.untilOs('direct', 'one of two', ({ updated }) => updated === 1);

  expect(node?.running?.image.version).toBe('KubeOS 2.0.0');
  expect(scene.instance('direct-1')?.status.agent?.slots.B).toMatchObject({
    state: 'good',
    version: 'KubeOS 2.0.0',
    payloadDigest: digest,
  });
  expect(old?.boots).toHaveLength(1);
  expect(scene.os('direct')?.status.waiting).toEqual([
    expect.objectContaining({ reason: 'ImageTypeUnsupported', count: 1 }),
  ]);
}, 600_000);
