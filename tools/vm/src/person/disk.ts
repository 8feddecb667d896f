import { open } from 'node:fs/promises';
import { resolve } from 'node:path';

import { KubeosError } from '@kubeos/core';

import type { DiskOptions } from '../contract.ts';

const qcow2 = Buffer.from('QFI\xfb', 'latin1');

/** The disk of a machine from an image, raw or qcow2. Throws `INVALID_ARGUMENT` when the image cannot be read. */
export async function diskOf(file: string): Promise<DiskOptions> {
  const format = (await firstBytes(file, qcow2.length)).equals(qcow2) ? 'qcow2' : 'raw';
  // Thrown away at the end: nothing has to be safe from a loss of power of this host.
  return { file, format, cache: 'unsafe' };
}

async function firstBytes(file: string, count: number): Promise<Buffer> {
  const bytes = Buffer.alloc(count);
  try {
    const image = await open(file);
    try {
      await image.read(bytes, 0, count, 0);
    } finally {
      await image.close();
    }
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    const text = `The image ${resolve(file)} cannot be read: ${problem}`;
    throw new KubeosError('INVALID_ARGUMENT', text, { cause });
  }
  return bytes;
}
