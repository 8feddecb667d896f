/** Programs of the initrd with all that they need to be started, as files of its archive. */
import { KubeosError } from '@kubeos/core';
import { readBytesIfThere } from '@kubeos/host';
import { readElf, type ElfNeeds } from '../elf/elf.ts';
import { collectLibraries, findFile } from '../elf/libraries.ts';
import type { CpioEntry } from './cpio.ts';

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
/**
 * The programs below `/usr/bin` of the archive, each with its loader and libraries where the loader looks for them.
 * Throws `INVALID_CONFIGURATION` when the root has not what is needed.
 */
export async function collectPrograms(
  rootDir: string,
  programs: readonly InitrdProgram[],
): Promise<{ readonly machine: string; readonly entries: ReadonlyMap<string, CpioEntry> }> {
  const entries = new Map<string, CpioEntry>();
  const needs: ElfNeeds[] = [];
  for (const { name, packages } of programs) {
    const found = await findFile(rootDir, programFolders, name);
    if (found === undefined) {
      const message = `The root file system has no ${name}, which its initrd needs: add the package ${packages}`;
      throw new KubeosError('INVALID_CONFIGURATION', message);
    }
    entries.set(`usr/bin/${name}`, executable(found.bytes));
    needs.push(readElf(found.bytes, `/${found.path}`));
  }
  const { machine, files } = await collectLibraries(rootDir, needs);
  for (const [path, bytes] of files) entries.set(path, executable(bytes));
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

function executable(bytes: Uint8Array): CpioEntry {
  return { kind: 'file', bytes, executable: true };
}
