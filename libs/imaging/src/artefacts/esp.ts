import { writeFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { KubeosError } from '@kubeos/core';
import type { EspFile } from '../boot/esp-files.ts';
import type { BuildContext } from '../build-context.ts';
import { attempt } from '../root/tree.ts';
import { makeSparseFile } from './files.ts';

/** What a boot partition is made from. */
export interface EspRequest {
  /** Where it goes. */
  readonly file: string;
  readonly sizeBytes: number;
  /** Serial number of the file system: eight hexadecimal digits. */
  readonly volumeId: string;
  /** Written in this order, each in one piece. */
  readonly files: readonly EspFile[];
  readonly epochSeconds: number;
  /** Private folder of the build. */
  readonly workDir: string;
}

// FAT32, as the UEFI specification asks for on disks, needs more than 65,524 clusters.
const clusterBytes = 512;
const fatEntryBytes = 4;
const reservedBytes = 64 * 1024;

/**
 * Makes a boot partition: FAT32 with the label BOOT. A file never shares a sector with another one, and lies in one
 * piece, so that one sector of it can be written in place. The same files and epoch give the same bytes. Throws
 * `SLOT_TOO_SMALL`, the codes of programs and of storage.
 */
export async function makeEsp(request: EspRequest, context: BuildContext): Promise<void> {
  const { file, sizeBytes, volumeId, files, epochSeconds, workDir } = request;
  requireRoom(files, sizeBytes);
  await makeSparseFile(file, sizeBytes);
  const { exec, signal } = context;
  const format = ['-F', '32', '-s', '1', '-S', String(clusterBytes), '-n', 'BOOT', '-i', volumeId];
  await exec('mkfs.vfat', ['--invariant', ...format, file], { signal });
  const mtools = (program: string, args: readonly string[]) =>
    exec(program, ['-i', file, ...args], {
      // The times of all files; FAT keeps local time. Nobody's configuration counts.
      env: { SOURCE_DATE_EPOCH: String(epochSeconds), TZ: 'UTC', MTOOLSRC: '/dev/null' },
      signal,
    });
  const folders = foldersOf(files);
  if (folders.length > 0) await mtools('mmd', folders.map(inImage));
  const staged = join(workDir, 'esp-file');
  for (const { path, bytes } of files) {
    await attempt(`Cannot write ${staged}`, () => writeFile(staged, bytes));
    await mtools('mcopy', [staged, inImage(path)]);
  }
}

/** All folders, each after the one that it lies in. */
function foldersOf(files: readonly EspFile[]): readonly string[] {
  const folders = new Set<string>();
  for (const { path } of files) {
    const names = posix.dirname(path).split('/');
    names.forEach((_, at) => folders.add(names.slice(0, at + 1).join('/')));
  }
  folders.delete('.');
  return [...folders];
}

function inImage(path: string): string {
  return `::/${path}`;
}

function requireRoom(files: readonly EspFile[], sizeBytes: number): void {
  const clusters = (bytes: number): number => Math.max(1, Math.ceil(bytes / clusterBytes));
  const content = files.reduce((sum, { bytes }) => sum + clusters(bytes.length), 0);
  // Folders grow by a cluster for every few long names.
  const neededBytes = (content + foldersOf(files).length + files.length) * clusterBytes;
  const tables = 2 * fatEntryBytes * Math.ceil(sizeBytes / clusterBytes) + reservedBytes;
  if (neededBytes <= sizeBytes - tables) return;
  throw new KubeosError(
    'SLOT_TOO_SMALL',
    `The files of the boot partition need ${neededBytes} bytes, ${neededBytes - (sizeBytes - tables)} more than it has`,
    { details: { neededBytes, sizeBytes } },
  );
}
