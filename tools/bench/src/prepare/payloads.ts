import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';

import { buildRootImage } from '@kubeos/demo';
import { exec } from '@kubeos/host';

/** A file that can be downloaded. */
export interface Payload {
  /** Its name below the server. */
  readonly name: string;
  /** Of the file, 64 hexadecimal digits. */
  readonly sha256: string;
}

/** One root file system in the three ways in which it is offered. */
export interface Payloads {
  readonly version: string;
  readonly sizeMiB: number;
  readonly raw: Payload;
  readonly zstd: Payload;
  /** The archive of its files: what upstream installs. */
  readonly tar: Payload;
}

/** What is built, and where. */
export interface PayloadsOptions {
  readonly folder: string;
  readonly sizeMiB: number;
  readonly signal: AbortSignal;
}

const mib = 2 ** 20;
const commandMs = 600_000;

/**
 * Builds an ext4 image of this size: a small system and a file that fills three quarters of it, every other MiB of
 * which cannot be compressed.
 */
export async function buildPayloads(options: PayloadsOptions): Promise<Payloads> {
  const { folder, sizeMiB, signal } = options;
  const version = `KubeOS ${sizeMiB}`;
  const { path } = await buildRootImage({ folder, version, sizeMiB });
  const filler = join(folder, 'filler');
  await writeFiller(filler, Math.floor(sizeMiB * 0.75), signal);
  const limits = { timeoutMs: commandMs, signal };
  await exec('debugfs', ['-w', '-R', `write ${filler} filler`, path], limits);
  await rm(filler);
  await exec('zstd', ['-T0', '-3', '--quiet', '--keep', '--', path], limits);
  return {
    version,
    sizeMiB,
    raw: await describe(path),
    zstd: await describe(`${path}.zst`),
    tar: await describe(await makeTar(path, folder, signal)),
  };
}

async function writeFiller(path: string, mebibytes: number, signal: AbortSignal): Promise<void> {
  const plain = Buffer.alloc(mib, 'what a root file system holds can be packed to about half\n');
  const file = await open(path, 'w');
  try {
    for (let written = 0; written < mebibytes; written += 1) {
      signal.throwIfAborted();
      await file.write(written % 2 === 0 ? randomBytes(mib) : plain);
    }
  } finally {
    await file.close();
  }
}

async function makeTar(image: string, folder: string, signal: AbortSignal): Promise<string> {
  const tar = `${image}.tar`;
  const tree = join(folder, 'tree');
  await mkdir(tree);
  await exec('mount', ['-o', 'loop,ro', '--', image, tree]);
  try {
    await exec('tar', ['-C', tree, '-cf', tar, '.'], { timeoutMs: commandMs, signal });
  } finally {
    await exec('umount', ['--', tree]);
  }
  return tar;
}

async function describe(path: string): Promise<Payload> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: mib }), hash);
  return { name: basename(path), sha256: hash.digest('hex') };
}
