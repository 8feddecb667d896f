import { createReadStream } from 'node:fs';
import { mkdir, open, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { KubeosError, type SlotName } from '@kubeos/core';
import { attachLoopDisk, createDiskImage, exec } from '@kubeos/host';

import type { RootImage } from '../images/root-image.ts';
import { detachDisks, unmountBelow } from './leftovers.ts';

/** What a node's disk is made of. */
export interface NodeDiskOptions {
  /** Folder of the disk image; made when it is not there. */
  readonly folder: string;
  /** A raw ext4 image, written into ROOT-A. */
  readonly image: RootImage;
  /** Where PERSIST is mounted; made when it is not there. */
  readonly persistMount: string;
  /** Size of each slot; default 64. */
  readonly slotMiB?: number;
  /** Default 24. */
  readonly persistMiB?: number;
}

/** The disk of one node: a GPT disk image file as a loop device. */
export interface NodeDisk {
  /** The loop device. */
  readonly device: string;
  /** The partitions ROOT-A and ROOT-B. */
  readonly slots: Readonly<Record<SlotName, string>>;
  readonly persist: string;
  /** Unmounts and detaches it; the image file stays. Safe to call again. */
  release(): Promise<void>;
}

const mib = 1024 * 1024;

/**
 * Makes a disk with the partitions ROOT-A, ROOT-B and PERSIST, puts the image into ROOT-A and an empty file system into
 * PERSIST, and mounts that. Throws `COMMAND_FAILED`, `SLOT_TOO_SMALL`; what was made so far is released then.
 */
export async function makeNodeDisk(options: NodeDiskOptions): Promise<NodeDisk> {
  const { folder, image, persistMount, slotMiB = 64, persistMiB = 24 } = options;
  if (image.sizeBytes > slotMiB * mib) {
    throw new KubeosError('SLOT_TOO_SMALL', `${image.path} does not fit into ${slotMiB} MiB`);
  }
  await mkdir(folder, { recursive: true });
  await mkdir(persistMount, { recursive: true });
  const file = join(folder, 'disk.img');
  await createDiskImage(file, [
    { label: 'ROOT-A', sizeBytes: slotMiB * mib },
    { label: 'ROOT-B', sizeBytes: slotMiB * mib },
    { label: 'PERSIST', sizeBytes: persistMiB * mib },
  ]);
  const release = async (): Promise<void> => {
    await unmountBelow(persistMount);
    await detachDisks(file);
  };
  try {
    const disk = await attachLoopDisk(exec, file);
    const slots = { A: disk.partition(1), B: disk.partition(2) };
    const persist = disk.partition(3);
    await copyToDevice(image.path, slots.A);
    await exec('mkfs.ext4', ['-q', '-F', '-L', 'PERSIST', persist]);
    await exec('mount', ['-t', 'ext4', '--', persist, persistMount]);
    return { device: disk.path, slots, persist, release };
  } catch (thrown) {
    await release();
    throw thrown;
  }
}

async function copyToDevice(from: string, device: string): Promise<void> {
  // A missing device node would become a plain file full of image.
  if (!(await stat(device)).isBlockDevice()) {
    throw new KubeosError('SLOT_NOT_FOUND', `${device} is not a block device`);
  }
  const target = await open(device, 'r+');
  try {
    let offset = 0;
    for await (const chunk of createReadStream(from, { highWaterMark: mib })) {
      if (!Buffer.isBuffer(chunk)) continue;
      await target.write(chunk, 0, chunk.length, offset);
      offset += chunk.length;
    }
    await target.sync();
  } finally {
    await target.close();
  }
}
