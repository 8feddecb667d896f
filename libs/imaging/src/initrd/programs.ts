/** Programs of the initrd with all that they need to be started, as files of its archive. */
import { basename, join } from 'node:path';
import { KubeosError } from '@kubeos/core';
import { readBytesIfThere, resolveLinks } from '@kubeos/host';
import type { CpioEntry } from './cpio.ts';
import { readElf } from './elf.ts';

/** A program that the initrd takes from the root file system. */
export interface InitrdProgram {
  readonly name: string;
  /** Packages that bring it, for the message when it is missing. */
  readonly packages: string;
}

/** What works on the partition table and on the file systems. */
export const initrdPrograms: readonly InitrdProgram[] = [
  { name: 'sfdisk', packages: 'fdisk (Debian) or util-linux (openEuler)' },
  { name: 'e2fsck', packages: 'e2fsprogs' },
  { name: 'resize2fs', packages: 'e2fsprogs' },
];

const programFolders = ['usr/sbin', 'sbin', 'usr/bin', 'bin'];
/** Where the loader looks without a cache; behind `lib` there may be one more folder for the processor. */
const libraryFolders: Readonly<Record<string, readonly string[]>> = {
  // EM_X86_64, EM_AARCH64
  'elf64-62': ['lib64', 'lib/x86_64-linux-gnu', 'lib'],
  'elf64-183': ['lib64', 'lib/aarch64-linux-gnu', 'lib'],
};

/**
 * The programs below `/usr/bin` of the archive, each with its loader and libraries where the loader looks for them.
 * Throws `INVALID_CONFIGURATION` when the root has not what is needed.
 */
export async function collectPrograms(
  rootDir: string,
  programs: readonly InitrdProgram[],
): Promise<{ readonly machine: string; readonly entries: ReadonlyMap<string, CpioEntry> }> {
  const entries = new Map<string, CpioEntry>();
  const machines = new Set<string>();
  const needed: string[] = [];
  for (const { name, packages } of programs) {
    const found = await findFile(rootDir, programFolders, name);
    if (found === undefined) {
      const message = `The root file system has no ${name}, which its initrd needs: add the package ${packages}`;
      throw new KubeosError('INVALID_CONFIGURATION', message);
    }
    const { machine, interpreter, libraries } = readElf(found.bytes, `/${found.path}`);
    entries.set(`usr/bin/${name}`, executable(found.bytes));
    machines.add(machine);
    needed.push(...libraries);
    if (interpreter !== undefined) await addLoader(rootDir, interpreter, entries);
  }
  const [machine, other] = [...machines];
  if (machine === undefined || other !== undefined) {
    throw new KubeosError('INVALID_CONFIGURATION', 'The programs are of different processors');
  }
  await addLibraries(rootDir, machine, needed, entries);
  return { machine, entries };
}

/**
 * The static busybox that runs the initrd. Throws `INVALID_CONFIGURATION` when there is none, or one for other
 * processors than those of the root.
 */
export async function loadBusybox(
  candidates: readonly string[],
  machine: string,
): Promise<Uint8Array> {
  const refused: string[] = [];
  for (const path of candidates) {
    const bytes = await readBytesIfThere(path);
    if (bytes === undefined) continue;
    const elf = readElf(bytes, path);
    if (elf.interpreter !== undefined) refused.push(`${path} is not static`);
    else if (elf.machine !== machine) refused.push(`${path} is of other processors`);
    else return bytes;
  }
  const why = refused.length === 0 ? `looked for ${candidates.join(', ')}` : refused.join(', ');
  throw new KubeosError(
    'INVALID_CONFIGURATION',
    `An initrd needs a static busybox: install busybox-static (${why})`,
  );
}

async function addLoader(
  rootDir: string,
  interpreter: string,
  entries: Map<string, CpioEntry>,
): Promise<void> {
  const bytes = await readBytesIfThere(await resolveLinks(rootDir, interpreter));
  if (bytes === undefined) {
    throw new KubeosError('INVALID_CONFIGURATION', `The root file system has no ${interpreter}`);
  }
  // /lib and /lib64 of the archive are links into /usr.
  entries.set(interpreter.replace(/^\/(?:usr\/)?/u, 'usr/'), executable(bytes));
}

async function addLibraries(
  rootDir: string,
  machine: string,
  names: readonly string[],
  entries: Map<string, CpioEntry>,
): Promise<void> {
  const folders = libraryFolders[machine];
  if (folders === undefined) {
    throw new KubeosError('UNSUPPORTED', `No initrd is made for processors of type ${machine}`);
  }
  const loaders = new Set([...entries.keys()].map((path) => basename(path)));
  const seen = new Set<string>();
  const unvisited = [...names];
  for (let name = unvisited.pop(); name !== undefined; name = unvisited.pop()) {
    // The C library names its own loader as a library.
    if (seen.has(name) || loaders.has(name)) continue;
    seen.add(name);
    const places = folders.flatMap((folder) => [`usr/${folder}`, folder]);
    const found = await findFile(rootDir, places, name);
    if (found === undefined) {
      throw new KubeosError('INVALID_CONFIGURATION', `The root file system has no ${name}`);
    }
    entries.set(found.path.replace(/^(?:usr\/)?/u, 'usr/'), executable(found.bytes));
    unvisited.push(...readElf(found.bytes, `/${found.path}`).libraries);
  }
}

async function findFile(
  rootDir: string,
  folders: readonly string[],
  name: string,
): Promise<{ readonly path: string; readonly bytes: Buffer } | undefined> {
  for (const folder of folders) {
    const path = join(folder, name);
    const bytes = await readBytesIfThere(await resolveLinks(rootDir, path));
    if (bytes !== undefined) return { path, bytes };
  }
  return undefined;
}

function executable(bytes: Uint8Array): CpioEntry {
  return { kind: 'file', bytes, executable: true };
}
