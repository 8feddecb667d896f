/** What programs need beside themselves, taken from a root file system as its loader would find it. */
import { basename, join } from 'node:path';
import { KubeosError } from '@kubeos/core';
import { readBytesIfThere, resolveLinks } from '@kubeos/host';
import { readElf, type ElfNeeds } from './elf.ts';

/** Where the loader looks without a cache; behind `lib` there may be one more folder for the processor. */
const libraryFolders: Readonly<Record<string, readonly string[]>> = {
  // EM_X86_64, EM_AARCH64
  'elf64-62': ['lib64', 'lib/x86_64-linux-gnu', 'lib'],
  'elf64-183': ['lib64', 'lib/aarch64-linux-gnu', 'lib'],
};

/** Files by their path below the root, without a slash at its begin; `/lib` and `/lib64` are links into `/usr` there. */
export type ProgramFiles = ReadonlyMap<string, Buffer>;

/**
 * Loaders and libraries of programs, with the libraries that these need. Throws `INVALID_CONFIGURATION` when the root
 * has not what is needed or when the programs are of different processors, `UNSUPPORTED` for processors that no
 * image is for.
 */
export async function collectLibraries(
  rootDir: string,
  programs: readonly ElfNeeds[],
): Promise<{ readonly machine: string; readonly files: ProgramFiles }> {
  const [machine, other] = [...new Set(programs.map((program) => program.machine))];
  if (machine === undefined || other !== undefined) {
    throw new KubeosError('INVALID_CONFIGURATION', 'The programs are of different processors');
  }
  const folders = libraryFolders[machine];
  if (folders === undefined) {
    throw new KubeosError('UNSUPPORTED', `No image is made for processors of type ${machine}`);
  }
  const files = new Map<string, Buffer>();
  for (const { interpreter } of programs) {
    if (interpreter !== undefined) await addLoader(rootDir, interpreter, files);
  }
  await addLibraries(rootDir, folders, programs, files);
  return { machine, files };
}

/** The first file of this name in these folders of a root. */
export async function findFile(
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

async function addLoader(
  rootDir: string,
  interpreter: string,
  files: Map<string, Buffer>,
): Promise<void> {
  const bytes = await readBytesIfThere(await resolveLinks(rootDir, interpreter));
  if (bytes === undefined) throw missing(interpreter);
  files.set(belowUsr(interpreter), bytes);
}

async function addLibraries(
  rootDir: string,
  folders: readonly string[],
  programs: readonly ElfNeeds[],
  files: Map<string, Buffer>,
): Promise<void> {
  const loaders = new Set([...files.keys()].map((path) => basename(path)));
  const seen = new Set<string>();
  const unvisited = programs.flatMap(({ libraries }) => libraries);
  for (let name = unvisited.pop(); name !== undefined; name = unvisited.pop()) {
    // The C library names its own loader as a library.
    if (seen.has(name) || loaders.has(name)) continue;
    seen.add(name);
    const places = folders.flatMap((folder) => [`usr/${folder}`, folder]);
    const found = await findFile(rootDir, places, name);
    if (found === undefined) throw missing(name);
    files.set(belowUsr(found.path), found.bytes);
    unvisited.push(...readElf(found.bytes, `/${found.path}`).libraries);
  }
}

function belowUsr(path: string): string {
  return path.replace(/^\/?(?:usr\/)?/u, 'usr/');
}

function missing(name: string): KubeosError {
  return new KubeosError('INVALID_CONFIGURATION', `The root file system has no ${name}`);
}
