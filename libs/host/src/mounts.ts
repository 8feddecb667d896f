import { mkdir, readFile, realpath, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { errnoOf, storageError } from './errno.ts';
import type { Exec } from './exec.ts';
import { parseMountInfo } from './mount-info.ts';
import type { SlotDevice } from './slot-devices.ts';

/** How a file system is mounted. */
export interface MountOptions {
  /** A folder of our own; the mount point is made in it. */
  readonly folder: string;
  /** Comma-separated list for `mount -o`. */
  readonly options: string;
}

/**
 * Mounts a device for the time of some work. It is unmounted afterwards, whatever happened. Throws `COMMAND_FAILED`,
 * `STORAGE_FAILED` and what the work throws.
 */
export async function withMount<T>(
  exec: Exec,
  device: string,
  how: MountOptions,
  work: (mountPoint: string) => Promise<T>,
): Promise<T> {
  const mountPoint = join(how.folder, randomUUID());
  await mkdir(mountPoint, { recursive: true, mode: 0o700 }).catch((thrown: unknown) => {
    throw storageError(thrown, `Cannot make the mount point ${mountPoint}`);
  });
  try {
    await exec('mount', ['-o', how.options, '--', device, mountPoint]);
    try {
      return await work(mountPoint);
    } finally {
      // Everything that was written goes to the disk now.
      await exec('umount', ['--', mountPoint], { timeoutMs: 10 * 60_000 });
    }
  } finally {
    await rmdir(mountPoint);
  }
}

/**
 * Unmounts what an earlier life of this program left mounted: its mounts outlive a killed program, and a mounted
 * device cannot be written. Only mounts below our own folder are touched.
 */
export async function releaseDevice(exec: Exec, device: SlotDevice, folder: string): Promise<void> {
  const own = await realFolder(folder);
  if (device.number === undefined || own === undefined) return;
  const mounts = parseMountInfo(await readFile('/proc/self/mountinfo', 'utf8'));
  for (const mount of mounts) {
    if (mount.device !== device.number || !mount.mountPoint.startsWith(`${own}/`)) continue;
    await exec('umount', ['--', mount.mountPoint]);
    await rmdir(mount.mountPoint);
  }
}

/** The folder as the kernel names it; `undefined` when it was never made. */
async function realFolder(folder: string): Promise<string | undefined> {
  try {
    return await realpath(folder);
  } catch (thrown) {
    if (errnoOf(thrown) === 'ENOENT') return undefined;
    throw storageError(thrown, `Cannot look at ${folder}`);
  }
}
