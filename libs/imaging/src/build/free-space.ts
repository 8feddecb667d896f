import { statfs } from 'node:fs/promises';
import { KubeosError } from '@kubeos/core';
import { attempt } from '../root/tree.ts';

const mib = 1024 * 1024;

/**
 * Makes sure before a long step that the file system of a folder has room for it. Throws `STORAGE_FULL`, which says how
 * much is missing.
 */
export async function requireFreeSpace(folder: string, bytes: number, what: string): Promise<void> {
  const { bavail, bsize } = await attempt(`Cannot look at ${folder}`, () => statfs(folder));
  const freeBytes = bavail * bsize;
  if (freeBytes >= bytes) return;
  throw new KubeosError(
    'STORAGE_FULL',
    `${what} needs ${Math.ceil(bytes / mib)} MiB in ${folder}, and ${Math.floor(freeBytes / mib)} MiB are free: make room, or name another folder with --output`,
    { details: { folder, neededBytes: bytes, freeBytes } },
  );
}
