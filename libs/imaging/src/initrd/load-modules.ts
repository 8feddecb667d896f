import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, zstdDecompress } from 'node:zlib';
import { KubeosError } from '@kubeos/core';
import { readTextIfThere, resolveLinks } from '@kubeos/host';
import type { BuildContext } from '../build-context.ts';
import { attempt } from '../root/tree.ts';
import type { CpioEntry } from './cpio.ts';
import { chooseModules, unpackedPath } from './modules.ts';

const unpackTimeoutMs = 120_000;

/** Where the modules of a kernel come from, and where they are unpacked. */
export interface ModulesRequest {
  readonly rootDir: string;
  readonly kernelRelease: string;
  /** Private folder; what is left in it belongs to its owner. */
  readonly workDir: string;
}

/**
 * The modules of the initrd below `/usr/lib/modules` of its archive, not packed: busybox loads no packed ones, and the
 * archive is packed as a whole. Throws `INVALID_CONFIGURATION` where the root has no usable kernel, the codes of programs
 * and of storage.
 */
export async function loadModules(
  { rootDir, kernelRelease, workDir }: ModulesRequest,
  context: BuildContext,
): Promise<ReadonlyMap<string, CpioEntry>> {
  const folder = await resolveLinks(rootDir, `lib/modules/${kernelRelease}`);
  const list = (name: string): Promise<string | undefined> => readTextIfThere(join(folder, name));
  const [dependencies, aliases, softDependencies = '', builtIn = ''] = await Promise.all([
    list('modules.dep'),
    list('modules.alias'),
    list('modules.softdep'),
    list('modules.builtin'),
  ]);
  if (dependencies === undefined || aliases === undefined) {
    throw new KubeosError(
      'INVALID_CONFIGURATION',
      `The root file system has no lists of modules for the kernel ${kernelRelease}: depmod has not run`,
    );
  }
  const lists = { dependencies, aliases, softDependencies, builtIn };
  const choice = chooseModules(kernelRelease, lists);
  const unpacked = await unpackAll(folder, choice.paths, join(workDir, 'modules'), context);
  const below = `usr/lib/modules/${kernelRelease}`;
  const text = (content: string): CpioEntry => plain(Buffer.from(content));
  return new Map([
    ...[...unpacked].map(([path, bytes]) => [`${below}/${path}`, plain(bytes)] as const),
    [`${below}/modules.dep`, text(choice.dependencies)],
    [`${below}/modules.alias`, text(choice.aliases)],
    // Busybox asks for it, and says so when it is not there.
    [`${below}/modules.symbols`, text('')],
  ]);
}

/** `xz` is the one format that Node.js does not know; all its files go through one process. */
async function unpackAll(
  folder: string,
  paths: readonly string[],
  workDir: string,
  { exec, signal }: BuildContext,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const packedByXz = paths.filter((path) => path.endsWith('.xz'));
  for (const path of packedByXz) {
    await attempt(`Cannot copy the module ${path}`, async () => {
      await mkdir(dirname(join(workDir, path)), { recursive: true });
      await copyFile(join(folder, path), join(workDir, path));
    });
  }
  if (packedByXz.length > 0) {
    const files = packedByXz.map((path) => join(workDir, path));
    const options = { signal, timeoutMs: unpackTimeoutMs };
    await exec('xz', ['--decompress', '--force', '--', ...files], options);
  }
  const unpacked = new Map<string, Uint8Array>();
  for (const path of paths) {
    const plainPath = unpackedPath(path);
    const bytes = await attempt(`Cannot read the module ${path}`, async () =>
      path.endsWith('.xz')
        ? readFile(join(workDir, plainPath))
        : unpack(path, await readFile(join(folder, path))),
    );
    unpacked.set(plainPath, bytes);
  }
  return unpacked;
}

async function unpack(path: string, bytes: Uint8Array): Promise<Uint8Array> {
  if (path.endsWith('.zst')) return promisify(zstdDecompress)(bytes);
  if (path.endsWith('.gz')) return promisify(gunzip)(bytes);
  return bytes;
}

function plain(bytes: Uint8Array): CpioEntry {
  return { kind: 'file', bytes, executable: false };
}
