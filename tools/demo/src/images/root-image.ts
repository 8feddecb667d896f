import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';

import { exec } from '@kubeos/host';

import { imageTree, type ImageFile, type ImageKind } from './image-tree.ts';

/** An image that is to be built. */
export interface RootImageOptions {
  /** Where the file goes. */
  readonly folder: string;
  /** PRETTY_NAME inside. */
  readonly version: string;
  /** Default `good`. */
  readonly kind?: ImageKind;
  /** Size of the file system; default 48. A tar is as large as its files. */
  readonly sizeMiB?: number;
  /** A raw ext4 file system, or the archive of its files; default `ext4`. */
  readonly format?: 'ext4' | 'tar';
  /** Default `none`. */
  readonly compression?: 'none' | 'gzip' | 'zstd' | 'xz';
}

/** An image that can be downloaded. */
export interface RootImage {
  readonly version: string;
  readonly path: string;
  readonly sizeBytes: number;
  /** Of the file, 64 hexadecimal digits. */
  readonly sha256: string;
}

const fileSystemUuid = '6b756265-6f73-4000-8000-000000000001';
/** Every file is of this moment, so that the same image comes out each time. */
const fixedTime = new Date('2024-01-01T00:00:00Z');
const extensions = { none: '', gzip: '.gz', zstd: '.zst', xz: '.xz' } as const;

/** Builds a small root image, with no mount and no loop device. Throws `COMMAND_FAILED`. */
export async function buildRootImage(options: RootImageOptions): Promise<RootImage> {
  const { folder, version, kind = 'good', format = 'ext4', compression = 'none' } = options;
  const name = `${version.replaceAll(/[^\w.-]/gu, '-')}-${kind}.${format}`;
  const plain = join(folder, name);
  const tree = await mkdtemp(join(folder, '.tree-'));
  try {
    for (const file of imageTree(version, kind)) await writeImageFile(tree, file);
    if (format === 'tar') await makeTar(tree, plain);
    else await makeExt4(tree, plain, options.sizeMiB ?? 48);
  } finally {
    await rm(tree, { recursive: true });
  }
  const path = `${plain}${extensions[compression]}`;
  // Each of these programs puts its result beside the file and takes the file away.
  if (compression !== 'none') {
    await exec(compression, [...(compression === 'zstd' ? ['--rm', '--quiet'] : []), '--', plain]);
  }
  return { version, path, sizeBytes: (await stat(path)).size, sha256: await sha256Of(path) };
}

async function writeImageFile(tree: string, file: ImageFile): Promise<void> {
  const path = join(tree, file.path);
  await mkdir(dirname(path), { recursive: true, mode: 0o755 });
  if (typeof file.content === 'object' && 'linkTo' in file.content) {
    await symlink(file.content.linkTo, path);
    return;
  }
  await writeFile(path, file.content);
  await chmod(path, file.isProgram === true ? 0o755 : 0o644);
  await utimes(path, fixedTime, fixedTime);
}

async function makeExt4(tree: string, path: string, sizeMiB: number): Promise<void> {
  await exec('mkfs.ext4', [
    ...['-q', '-F', '-d', tree, '-L', 'KUBEOS', '-U', fileSystemUuid],
    // Nothing is reserved and there is no journal: a root is only ever mounted for reading.
    ...['-m', '0', '-O', '^has_journal', '-E', `hash_seed=${fileSystemUuid}`],
    path,
    `${sizeMiB}M`,
  ]);
}

async function makeTar(tree: string, path: string): Promise<void> {
  const sameAlways = ['--numeric-owner', '--owner=0', '--group=0', '--sort=name'];
  await exec('tar', [...sameAlways, '-C', tree, '-cf', path, '.']);
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
