/** Makes ext4 file systems that depend on nothing but what is said here: not on the host's configuration, not on the clock. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode, KubeosError } from '@kubeos/core';
import type { BuildContext } from '../build-context.ts';
import { attempt } from '../root/tree.ts';

/** A file system to be made. */
export interface Ext4Request {
  /** The file it goes into; it is there already, and nothing in it counts. */
  readonly file: string;
  /** Where in the file it begins. Default: 0. */
  readonly offsetBytes?: number;
  /** A multiple of 4096. */
  readonly sizeBytes: number;
  readonly label: string;
  readonly uuid: string;
  readonly hashSeed: string;
  /** Default: as many as is usual for the size. */
  readonly inodes?: number;
  /** Share of the blocks that only root may use. */
  readonly reservedPercent: number;
  /** Beside those that every file system here has. */
  readonly features: readonly string[];
  /** Beside the seed and the place. */
  readonly extendedOptions: readonly string[];
  /** What it holds from the start. */
  readonly fromDir: string;
  readonly epochSeconds: number;
  /** Private folder of the build. */
  readonly workDir: string;
}

/** Length of the blocks of all file systems here. */
export const ext4BlockBytes = 4096;
/** Length of an inode. */
export const ext4InodeBytes = 256;

// GRUB 2.06 reads neither metadata_csum_seed nor orphan_file, which newer tools switch on by themselves.
const commonFeatures = [
  ...['none', 'ext_attr', 'dir_index', 'filetype', 'extent', '64bit', 'flex_bg', 'sparse_super'],
  ...['large_file', 'huge_file', 'dir_nlink', 'extra_isize', 'metadata_csum'],
];

// Takes the place of the host's /etc/mke2fs.conf; the size classes have to be there, or mke2fs complains.
const configuration = `[defaults]
	base_features = none
	default_mntopts = acl,user_xattr
	enable_periodic_fsck = 0
	blocksize = ${ext4BlockBytes}
	inode_size = ${ext4InodeBytes}
	inode_ratio = 16384
[fs_types]
${['ext4', 'floppy', 'small', 'default', 'big', 'huge'].map((name) => `	${name} = {\n		inode_size = ${ext4InodeBytes}\n	}\n`).join('')}`;

/** Older ones write the time of the build into every file (https://e2fsprogs.sourceforge.net/e2fsprogs-release.html#1.47.1). */
const leastVersion: readonly number[] = [1, 47, 1];

/** Throws `UNSUPPORTED` when the host's mkfs.ext4 is missing, or too old to give the same bytes for the same input. */
export async function requireMke2fs(context: BuildContext): Promise<void> {
  const text = await askVersion(context);
  const [line, ...version] = /^mke2fs (\d+)\.(\d+)(?:\.(\d+))?/mu.exec(text) ?? [];
  if (line !== undefined && !isOlder(version.map((part) => Number(part)))) return;
  throw new KubeosError(
    'UNSUPPORTED',
    `Images need mkfs.ext4 of e2fsprogs ${leastVersion.join('.')} or newer, and this is ${line ?? 'another program'}: put a newer one first on PATH`,
  );
}

async function askVersion({ exec, signal }: BuildContext): Promise<string> {
  try {
    return (await exec('mkfs.ext4', ['-V'], { signal })).stderr;
  } catch (cause) {
    if (hasCode(cause, 'CANCELLED')) throw cause;
    throw new KubeosError('UNSUPPORTED', 'mkfs.ext4 cannot be run: install e2fsprogs', { cause });
  }
}

function isOlder(version: readonly number[]): boolean {
  const place = leastVersion.findIndex((least, at) => version[at] !== least);
  const least = leastVersion[place];
  // The third part may be missing; NaN is older than any.
  return least !== undefined && !((version[place] ?? 0) > least);
}

/** Makes a file system. Throws `UNSUPPORTED`, `COMMAND_FAILED`, `COMMAND_TIMEOUT`, `CANCELLED`, the storage codes. */
export async function makeExt4(request: Ext4Request, context: BuildContext): Promise<void> {
  const { file, offsetBytes = 0, sizeBytes, inodes, epochSeconds } = request;
  await requireMke2fs(context);
  const config = join(request.workDir, `mke2fs-${request.label}.conf`);
  await attempt(`Cannot write ${config}`, () => writeFile(config, configuration));
  const extended = [
    `hash_seed=${request.hashSeed}`,
    ...(offsetBytes === 0 ? [] : [`offset=${offsetBytes}`]),
    ...['nodiscard', ...request.extendedOptions],
  ];
  const args = [
    ...['-q', '-F', '-t', 'ext4', '-b', String(ext4BlockBytes), '-I', String(ext4InodeBytes)],
    ...['-L', request.label, '-U', request.uuid, '-m', String(request.reservedPercent)],
    ...['-O', [...commonFeatures, ...request.features].join(','), '-E', extended.join(',')],
    ...(inodes === undefined ? [] : ['-N', String(inodes)]),
    ...['-d', request.fromDir, file, String(sizeBytes / ext4BlockBytes)],
  ];
  await context.exec('mkfs.ext4', args, {
    env: { MKE2FS_CONFIG: config, SOURCE_DATE_EPOCH: String(epochSeconds), TZ: 'UTC' },
    timeoutMs: 10 * 60_000,
    signal: context.signal,
  });
}
