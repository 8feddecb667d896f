import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, mkdir, open, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freshVars, hasCode, newBlock } from '@kubeos/core';
import type { Digest } from '@kubeos/core';
import {
  agentFiles,
  attachLoopDisk,
  createDiskImage,
  defaultBootDir,
  exec,
  measureDevice,
  releaseDevice,
} from '@kubeos/host';
import type { LoopDisk, SlotDevice } from '@kubeos/host';
import { layOutNode } from './node-root.ts';
import type { NodeRoot } from './node-root.ts';

const mebibyte = 2 ** 20;
const slotMebibytes = 12;
const patienceMs = 20_000;

/** A node whose slots are GPT partitions of a loop device; slot A holds KubeOS 1 and is mounted as root, so it seems. */
export interface LoopNode {
  readonly node: NodeRoot;
  readonly partitions: { readonly A: string; readonly B: string };
  remove(): Promise<void>;
}

/** An image of a root file system. */
export interface TestImage {
  readonly version: string;
  readonly file: string;
  readonly digest: Digest;
}

/** Makes the disk and the root folder. */
export async function layOutLoopNode(): Promise<LoopNode> {
  const node = await layOutNode({});
  const image = join(dirname(node.root), 'disk.img');
  const slot = { sizeBytes: slotMebibytes * mebibyte };
  await createDiskImage(image, [
    { label: 'ROOT-A', ...slot },
    { label: 'ROOT-B', ...slot },
  ]);
  const disk = await attachLoopDisk(exec, image);
  const partitions = { A: disk.partition(1), B: disk.partition(2) };
  await node.write('etc/KubeOS/agent.json', JSON.stringify({ disk: disk.path }));
  await writeFile(join(node.root, defaultBootDir, 'grubenv'), newBlock(freshVars('A', 0)));
  await symlink('/sys', join(node.root, 'sys'));
  await symlink('/dev', join(node.root, 'dev'));
  const { number = '' } = await measureDevice(partitions.A);
  await node.write('proc/self/mountinfo', `1 0 ${number} / / ro - ext4 /dev/root ro\n`);
  const remove = async () => {
    await detached(disk, node.root);
    await node.remove();
  };
  try {
    const { file } = await buildImage(node, 'KubeOS 1', 'image');
    await writeFile(partitions.A, await readFile(file));
  } catch (thrown) {
    await remove();
    throw thrown;
  }
  return { node, partitions, remove };
}

/**
 * Takes the disk away from under agents that were killed: what they had mounted stays mounted, and programs that they had
 * started take a moment to follow them.
 */
async function detached(disk: LoopDisk, root: string): Promise<void> {
  const deadline = Date.now() + patienceMs;
  const slots: SlotDevice[] = [];
  for (const path of [disk.partition(1), disk.partition(2)]) {
    const { number, sizeBytes } = await measureDevice(path);
    slots.push({ path, sizeBytes, ...(number === undefined ? {} : { number }) });
  }
  for (;;) {
    try {
      for (const slot of slots) await releaseDevice(exec, slot, root);
      await disk.detach();
      return;
    } catch (thrown) {
      if (!hasCode(thrown, 'COMMAND_FAILED') || Date.now() > deadline) throw thrown;
      await sleep(50);
    }
  }
}

/** Builds a raw ext4 image, or a tar of the same tree. */
export async function buildImage(
  node: NodeRoot,
  version: string,
  form: 'image' | 'tar',
): Promise<TestImage> {
  const folder = dirname(node.root);
  const tree = join(folder, `tree ${version}`);
  const put = async (path: string, content: string | Buffer) => {
    await mkdir(dirname(join(tree, path)), { recursive: true });
    await writeFile(join(tree, path), content);
    await chmod(join(tree, path), 0o755);
  };
  await put('etc/os-release', `PRETTY_NAME="${version}"\n`);
  for (const path of agentFiles) await put(path, '#!/bin/sh\n');
  await put('boot/vmlinuz', Buffer.alloc(4 * mebibyte, version));
  const file = join(folder, `${version}.${form}`);
  if (form === 'tar') {
    await exec('tar', ['-C', tree, '-cf', file, '.']);
  } else {
    await exec('mkfs.ext4', ['-q', '-F', '-O', '^has_journal', '-d', tree, file, '8M']);
  }
  return { version, file, digest: await digestOf(file) };
}

/** Digest of a file or device, of its first bytes where a number is given. */
export async function digestOf(path: string, bytes?: number): Promise<Digest> {
  const hash = createHash('sha256');
  const range = bytes === undefined ? {} : { end: bytes - 1 };
  for await (const chunk of createReadStream(path, range)) hash.update(chunk as Buffer);
  return `sha256:${hash.digest('hex')}`;
}

/** Length of the ext4 file system on a device; `undefined` when there is none that could be loaded. */
export async function ext4Bytes(device: string): Promise<number | undefined> {
  const file = await open(device, 'r');
  try {
    // https://www.kernel.org/doc/html/latest/filesystems/ext4/globals.html#super-block
    const superblock = Buffer.alloc(1024);
    await file.read(superblock, 0, 1024, 1024);
    if (superblock.readUInt16LE(0x38) !== 0xef53) return undefined;
    return superblock.readUInt32LE(0x4) * (1024 << superblock.readUInt32LE(0x18));
  } finally {
    await file.close();
  }
}
