import { lstat, lutimes, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { throwIfStopped } from '../build-context.ts';
import { attempt } from '../root/tree.ts';
import { ext4BlockBytes, ext4InodeBytes } from './mke2fs.ts';

/** What a tree takes in an ext4 file system. */
export interface TreeSize {
  readonly inodes: number;
  /** Blocks of files, folders and long links; the file system's own come on top. */
  readonly blocks: number;
}

/** Behind the header and the checksum of a block of a folder. */
const folderBlockBytes = ext4BlockBytes - 12;
/** A link up to this length lies in its inode. */
const shortLinkBytes = 59;

/**
 * Measures a tree, and sets the times of everything in it: a time of change is at most the epoch and has no parts of a
 * second, the time of the last access, which depends on who read the tree before, becomes the same.
 */
export async function settleTree(
  dir: string,
  epochSeconds: number,
  signal: AbortSignal,
): Promise<TreeSize> {
  const counted = new Set<string>();
  const measure = async (path: string): Promise<TreeSize> => {
    const status = await lstat(path, { bigint: true });
    const children = status.isDirectory() ? await readdir(path) : [];
    const sizes: TreeSize[] = [];
    for (const name of children) {
      throwIfStopped(signal);
      sizes.push(await measure(join(path, name)));
    }
    const seconds = Math.min(Number(status.mtimeMs / 1000n), epochSeconds);
    await lutimes(path, seconds, seconds);
    const id = `${status.dev}:${status.ino}`;
    if (counted.has(id)) return { inodes: 0, blocks: 0 };
    counted.add(id);
    return sizes.reduce(add, { inodes: 1, blocks: ownBlocks(status, children) });
  };
  return attempt(`Cannot read ${dir}`, () => measure(dir));
}

interface Status {
  readonly size: bigint;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
  isFile(): boolean;
}

function ownBlocks(status: Status, children: readonly string[]): number {
  const size = Number(status.size);
  if (status.isDirectory()) {
    const bytes = children.reduce(
      (sum, name) => sum + 8 + Math.ceil(Buffer.byteLength(name) / 4) * 4,
      24,
    );
    return Math.ceil(bytes / folderBlockBytes);
  }
  if (status.isSymbolicLink()) return size > shortLinkBytes ? 1 : 0;
  return status.isFile() ? Math.ceil(size / ext4BlockBytes) : 0;
}

function add(a: TreeSize, b: TreeSize): TreeSize {
  return { inodes: a.inodes + b.inodes, blocks: a.blocks + b.blocks };
}

/** Blocks of a whole file system for such a tree, rather one too many than one too few. */
export function fileSystemBlocks({ inodes, blocks }: TreeSize): number {
  const inodeBlocks = Math.ceil((inodes * ext4InodeBytes) / ext4BlockBytes);
  const groups = Math.ceil((blocks + inodeBlocks) / (8 * ext4BlockBytes)) + 1;
  // A group has two bitmaps, and some a copy of the superblock and the table of groups. `lost+found` has four blocks.
  const fixed = inodeBlocks + groups * 4 + 16;
  // Folders whose blocks are not filled to the end, extents of files that did not stay in one piece, attributes that do
  // not fit into the inode.
  return blocks + fixed + Math.ceil(blocks / 200) + 64;
}
