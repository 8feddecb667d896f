import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { constants, gzip, zstdCompress } from 'node:zlib';
import { readTextIfThere, resolveLinks, writeFileDurably } from '@kubeos/host';
import type { BuildContext } from '../build-context.ts';
import { attempt } from '../root/tree.ts';
import { renderCpio, type CpioEntry } from './cpio.ts';
import { loadModules } from './load-modules.ts';
import { collectPrograms, initrdPrograms, loadBusybox } from './programs.ts';

/** What an initrd is built from. */
export interface InitrdRequest {
  /** Tree of the root file system: gives kernel modules and programs; is only read. */
  readonly rootDir: string;
  /** The kernel that the initrd is for, as in `/usr/lib/modules` of the tree. */
  readonly kernelRelease: string;
  /** `libs/imaging/node-files`. */
  readonly nodeFilesDir: string;
  /** Time of everything in the archive: seconds since 1970. */
  readonly epochSeconds: number;
  /** Private folder of this build; whoever made it removes it. */
  readonly workDir: string;
  /** Becomes the initrd. */
  readonly outFile: string;
}

/** A finished initrd. */
export interface Initrd {
  /** As it lies on the disk. */
  readonly sizeBytes: number;
  /** As the kernel unpacks it. */
  readonly unpackedBytes: number;
  readonly compression: 'zstd' | 'gzip';
  /** How many kernel modules it holds. */
  readonly modules: number;
}

/** One `/usr`, as in the root: what the loader, the kernel and scripts look for below `/` is there. */
const links: Readonly<Record<string, string>> = {
  bin: 'usr/bin',
  lib: 'usr/lib',
  lib64: 'usr/lib64',
  sbin: 'usr/bin',
  'usr/sbin': 'bin',
};
const folders = ['dev', 'etc', 'persist', 'proc', 'run', 'sys', 'sysroot', 'usr/lib64'];

/**
 * Builds the initrd of a root file system: our init, busybox, the programs that grow and check file systems, and drivers
 * for disks of every kind. The same tree gives the same bytes. Nothing of the tree is run.
 *
 * Throws `INVALID_CONFIGURATION` when the tree or this machine lacks what an initrd needs, `UNSUPPORTED` for processors
 * that nobody made this for, `STORAGE_FAILED`, and what `exec` throws.
 */
export async function buildInitrd(request: InitrdRequest, context: BuildContext): Promise<Initrd> {
  const { rootDir, kernelRelease, nodeFilesDir, epochSeconds, outFile } = request;
  const programs = await collectPrograms(rootDir, initrdPrograms);
  const busybox = await loadBusybox(await busyboxPaths(rootDir), programs.machine);
  const modules = await loadModules(request, context);
  const script = join(nodeFilesDir, 'initrd/init');
  const init = await attempt(`Cannot read ${script}`, () => readFile(script));
  const program = (bytes: Uint8Array): CpioEntry => ({ kind: 'file', bytes, executable: true });
  const entries = new Map<string, CpioEntry>([
    ...folders.map((path) => [path, { kind: 'folder' }] as const),
    ...Object.entries(links).map(([path, target]) => [path, { kind: 'link', target }] as const),
    // For what fails before devices are there.
    ['dev/console', { kind: 'characterDevice', major: 5, minor: 1 }],
    ['init', program(init)],
    ['usr/bin/busybox', program(busybox)],
    ...programs.entries,
    ...modules,
  ]);
  const archive = renderCpio(entries, epochSeconds);
  const compression = await compressionOf(rootDir, kernelRelease);
  const packed = await compress[compression](archive);
  await writeFileDurably(outFile, packed, { mode: 0o644 });
  return {
    sizeBytes: packed.length,
    unpackedBytes: archive.length,
    compression,
    modules: [...modules.keys()].filter((path) => path.endsWith('.ko')).length,
  };
}

/** That of the image is of its processors for certain; that of this machine mostly. */
async function busyboxPaths(rootDir: string): Promise<readonly string[]> {
  return [
    await resolveLinks(rootDir, 'usr/bin/busybox'),
    await resolveLinks(rootDir, 'usr/sbin/busybox'),
    '/usr/bin/busybox',
    '/bin/busybox',
    '/usr/sbin/busybox',
  ];
}

const compress: Readonly<Record<Initrd['compression'], (bytes: Uint8Array) => Promise<Buffer>>> = {
  zstd: async (bytes) =>
    promisify(zstdCompress)(bytes, { params: { [constants.ZSTD_c_compressionLevel]: 12 } }),
  gzip: async (bytes) => promisify(gzip)(bytes, { level: 9 }),
};

/** Every kernel unpacks gzip; whether one knows zstd, only its configuration says. */
async function compressionOf(
  rootDir: string,
  kernelRelease: string,
): Promise<Initrd['compression']> {
  for (const path of [`boot/config-${kernelRelease}`, `lib/modules/${kernelRelease}/config`]) {
    const configuration = await readTextIfThere(await resolveLinks(rootDir, path));
    if (configuration?.includes('\nCONFIG_RD_ZSTD=y\n') === true) return 'zstd';
  }
  return 'gzip';
}
