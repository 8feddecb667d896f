import { hasCode, KubeosError, type Digest } from '@kubeos/core';
import type { BuildContext } from '../build-context.ts';
import { indexBlocks } from './block-index-file.ts';
import { makeSparseFile } from './files.ts';
import { ext4BlockBytes, makeExt4 } from './mke2fs.ts';
import { fileSystemBlocks, settleTree } from './tree-size.ts';

/** What a root image is made from. */
export interface RootImageRequest {
  readonly rootDir: string;
  /** Where it goes. */
  readonly file: string;
  /** Size of the slots that it has to fit into. */
  readonly slotBytes: number;
  readonly epochSeconds: number;
  /** Private folder of the build. */
  readonly workDir: string;
}

/** A root image: an ext4 file system that is exactly as long as its file. */
export interface RootImage {
  readonly bytes: number;
  /** Digest of its bytes, and so of a slot that holds it. */
  readonly digest: Digest;
  readonly uuid: string;
  /** See `compareBlocks` of the core. */
  readonly blockIndex: Uint8Array;
}

// The same in all images: whatever depends on them stays where it is from version to version. Nothing finds a root by
// its UUID: both slots may hold the same image.
const rootUuid = '6b756265-6f73-8000-8000-726f6f740001';
const rootHashSeed = '6b756265-6f73-8000-8000-726f6f740002';

const mib = 1024 * 1024;
const stepBytes = 4 * mib;
/** Inodes that the file system has itself, with `lost+found`. */
const ownInodes = 12;

/**
 * Makes a root image: without a journal, since it is only read, and as large as its content asks for. The same tree and
 * epoch give the same bytes, and a tree that differs in a few files gives an image that differs in few blocks. Throws
 * `SLOT_TOO_SMALL`, `UNSUPPORTED`, the codes of programs and of storage.
 */
export async function makeRootImage(
  request: RootImageRequest,
  context: BuildContext,
): Promise<RootImage> {
  const { rootDir, file, slotBytes, epochSeconds } = request;
  const size = await settleTree(rootDir, epochSeconds, context.signal);
  const wanted = fileSystemBlocks(size) * ext4BlockBytes;
  const inodes = size.inodes + ownInodes;
  let sizeBytes = roundUp(wanted);
  if (size.blocks * ext4BlockBytes > slotBytes) throw tooLarge(wanted, slotBytes);
  while (!(await fill(request, Math.min(sizeBytes, slotBytes), inodes, context))) {
    if (sizeBytes >= slotBytes) throw tooLarge(Math.max(wanted, slotBytes + stepBytes), slotBytes);
    sizeBytes += roundUp(sizeBytes / 50);
  }
  const { bytes, digest, index } = await indexBlocks(file, context.signal);
  return { bytes, digest, uuid: rootUuid, blockIndex: index };
}

/** False when the tree does not fit. */
async function fill(
  request: RootImageRequest,
  sizeBytes: number,
  inodes: number,
  context: BuildContext,
): Promise<boolean> {
  const { rootDir, file, epochSeconds, workDir } = request;
  await makeSparseFile(file, sizeBytes);
  try {
    await makeExt4(
      {
        ...{ file, sizeBytes, label: 'ROOT', uuid: rootUuid, hashSeed: rootHashSeed, inodes },
        ...{ reservedPercent: 0, features: [], extendedOptions: ['lazy_itable_init=0'] },
        ...{ fromDir: rootDir, epochSeconds, workDir },
      },
      context,
    );
    return true;
  } catch (thrown) {
    if (isFull(thrown)) return false;
    throw thrown;
  }
}

function isFull(thrown: unknown): boolean {
  if (!hasCode(thrown, 'COMMAND_FAILED')) return false;
  return /Could not allocate (?:block|inode)|No free space/u.test(String(thrown.details['stderr']));
}

function roundUp(bytes: number): number {
  return Math.ceil(bytes / stepBytes) * stepBytes;
}

function tooLarge(neededBytes: number, slotBytes: number): KubeosError {
  const missingMib = Math.ceil((neededBytes - slotBytes) / mib);
  return new KubeosError(
    'SLOT_TOO_SMALL',
    `The root file system needs ${Math.ceil(neededBytes / mib)} MiB, ${missingMib} MiB more than a slot has: raise disk_partition.root by ${missingMib} or more`,
    { details: { neededBytes, slotBytes } },
  );
}
