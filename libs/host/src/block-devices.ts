import { readFileSync } from 'node:fs';
import { readdir, realpath, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { KubeosError } from '@kubeos/core';
import { errnoOf, storageError } from './errno.ts';

/** A disk or partition as the kernel knows it. */
export interface BlockDevice {
  /** Kernel name, `nvme0n1p2`. Nothing is ever read from its digits. */
  readonly name: string;
  /** Path of the device node. */
  readonly path: string;
  /** `major:minor`. */
  readonly number: string;
  readonly sizeBytes: number;
  /** Only for a partition: where it lies on which disk. */
  readonly partOf?: { readonly disk: string; readonly startBytes: number };
}

// sysfs counts in these units whatever the sector size of the disk is.
const sysfsUnitBytes = 512;

/**
 * Lists disks and partitions from `<root>/sys/class/block`. Devices that vanish meanwhile are left out.
 *
 * @param root prefix of every path, `/` on a node
 */
export async function listBlockDevices(root: string): Promise<readonly BlockDevice[]> {
  const folder = join(root, 'sys/class/block');
  const names = await readdir(folder).catch((thrown: unknown) => {
    throw storageError(thrown, `Cannot list ${folder}`);
  });
  const found = await Promise.all(names.map((name) => readBlockDevice(root, folder, name)));
  return found.filter((device) => device !== undefined);
}

async function readBlockDevice(
  root: string,
  folder: string,
  name: string,
): Promise<BlockDevice | undefined> {
  const attribute = (attributeName: string): string | undefined =>
    readAttribute(join(folder, name, attributeName));
  const number = attribute('dev');
  const size = attribute('size');
  const partition = attribute('partition');
  const start = attribute('start');
  if (number === undefined || size === undefined) return undefined;
  const device = {
    name,
    // A slash in a device name shows as `!` in sysfs.
    path: join(root, 'dev', name.replaceAll('!', '/')),
    number,
    sizeBytes: Number(size) * sysfsUnitBytes,
  };
  if (partition === undefined || start === undefined) return device;
  const disk = basename(dirname(await realpath(join(folder, name))));
  return { ...device, partOf: { disk, startBytes: Number(start) * sysfsUnitBytes } };
}

/** At once: the kernel answers from memory, and a node has hundreds of these; in the background each costs twice as much. */
function readAttribute(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (thrown) {
    const gone: readonly (string | undefined)[] = ['ENOENT', 'ENOTDIR', 'ENODEV', 'ENXIO'];
    if (gone.includes(errnoOf(thrown))) return undefined;
    throw storageError(thrown, `Cannot read ${path}`);
  }
}

/** What a device node is: its number and its measured size. */
export interface DeviceFacts {
  /** `major:minor`; absent for a plain file that stands for a device. */
  readonly number?: string;
  readonly sizeBytes: number;
}

/**
 * Measures the device behind a path. The kernel's own count is asked, because a block device has no length that
 * stat(2) would tell. A plain file counts by its length. Throws `SLOT_NOT_FOUND`.
 */
export async function measureDevice(path: string): Promise<DeviceFacts> {
  const found = await stat(path, { bigint: true }).catch((cause: unknown) => {
    throw new KubeosError('SLOT_NOT_FOUND', `There is no device ${path}`, { cause });
  });
  if (found.isFile()) return { sizeBytes: Number(found.size) };
  if (!found.isBlockDevice()) {
    throw new KubeosError('SLOT_NOT_FOUND', `${path} is not a block device`);
  }
  const number = deviceNumber(found.rdev);
  const size = readAttribute(`/sys/dev/block/${number}/size`);
  if (size === undefined) {
    throw new KubeosError('SLOT_NOT_FOUND', `The kernel knows no device ${number} (${path})`);
  }
  return { number, sizeBytes: Number(size) * sysfsUnitBytes };
}

/** Splits a `dev_t` of the C library into `major:minor`, makedev(3). */
export function deviceNumber(rdev: bigint): string {
  const major = ((rdev >> 8n) & 0xfffn) | ((rdev >> 32n) & ~0xfffn);
  const minor = (rdev & 0xffn) | ((rdev >> 12n) & ~0xffn);
  return `${major}:${minor}`;
}

/** Reads as many bytes as there are at a place, up to `length`. Throws what `FileHandle.read` throws. */
export async function readFully(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(buffer, filled, length - filled, offset + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}
