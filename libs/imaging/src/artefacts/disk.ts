import { chmod, mkdir, open, rm, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { KubeosError } from '@kubeos/core';
import { partitionOf, type DiskIds, type DiskLayout, type LaidPartition } from '@kubeos/core/image';
import { renderGpt, type GptPiece } from '@kubeos/host';
import type { BuildContext } from '../build-context.ts';
import { attempt } from '../root/tree.ts';
import { copySparse, makeSparseFile, writeAt } from './files.ts';
import { makeExt4 } from './mke2fs.ts';

/** What the disk of a node is put together from. */
export interface DiskImageRequest {
  /** Where it goes. */
  readonly file: string;
  readonly layout: DiskLayout;
  readonly ids: DiskIds;
  /** File with the content of the boot partition. */
  readonly esp: string;
  /** File with the file system for ROOT-A; ROOT-B stays empty. */
  readonly rootImage: string;
  /** Folders of PERSIST, relative to it, each after the one that it lies in. */
  readonly persistDirs: readonly string[];
  /** GRUB for BIOS: code of the first sector, and content of the BIOS boot partition. */
  readonly patches: readonly GptPiece[];
  readonly epochSeconds: number;
  /** Private folder of the build. */
  readonly workDir: string;
}

/** Certificates with which the agent fetches images; their keys may lie beside them. */
const privateDirs: ReadonlySet<string> = new Set(['etc/KubeOS/certs']);
/** What lies behind the code in the first sector: signature of the disk and partition table. */
const bootCodeBytes = 440;

/**
 * Puts a disk together in a sparse file, without loop devices and mounts. The same parts give the same bytes. Throws
 * `INVALID_ARGUMENT` when a part does not fit, the codes of programs and of storage.
 */
export async function assembleDisk(
  request: DiskImageRequest,
  context: BuildContext,
): Promise<void> {
  const { file, layout, esp, rootImage, patches } = request;
  const parts = [
    { source: esp, partition: partitionOf(layout, 'esp') },
    { source: rootImage, partition: partitionOf(layout, 'rootA') },
  ];
  for (const { source, partition } of parts) await requireFit(source, partition);
  for (const patch of patches) requirePlace(patch, layout);
  await makeSparseFile(file, layout.diskBytes);
  await makePersist(request, context);
  await attempt(`Cannot write ${file}`, async () => {
    const disk = await open(file, 'r+');
    try {
      await writePieces(disk, renderGpt(layout.diskUuid, layout.diskBytes, layout.partitions));
      await writePieces(disk, patches);
      for (const { source, partition } of parts) {
        await copySparse(source, disk, partition.startBytes, context.signal);
      }
    } finally {
      await disk.close();
    }
  });
}

/** Where all that a node keeps lies. It has a journal, since it is written to when the power goes. */
async function makePersist(request: DiskImageRequest, context: BuildContext): Promise<void> {
  const { file, layout, ids, persistDirs, epochSeconds, workDir } = request;
  const { startBytes, sizeBytes } = partitionOf(layout, 'persist');
  const fromDir = join(workDir, 'persist');
  await attempt(`Cannot make ${fromDir}`, async () => {
    await rm(fromDir, { recursive: true, force: true });
    // The modes are set apart: a umask must not count.
    for (const path of ['', ...persistDirs]) {
      await mkdir(join(fromDir, path));
      await chmod(join(fromDir, path), privateDirs.has(path) ? 0o700 : 0o755);
    }
  });
  await makeExt4(
    {
      ...{ file, offsetBytes: startBytes, sizeBytes, label: 'PERSIST', fromDir, epochSeconds },
      ...{ uuid: ids.persistFileSystem, hashSeed: ids.persistHashSeed, reservedPercent: 1 },
      // Inode tables and journal are zeros already. With room for more groups it can grow while it is mounted.
      ...{ features: ['has_journal', 'resize_inode'], workDir },
      extendedOptions: ['lazy_itable_init=1', 'lazy_journal_init=1'],
    },
    context,
  );
}

async function writePieces(disk: FileHandle, pieces: readonly GptPiece[]): Promise<void> {
  for (const { offset, bytes } of pieces) await writeAt(disk, bytes, offset);
}

async function requireFit(source: string, { label, sizeBytes }: LaidPartition): Promise<void> {
  const { size } = await attempt(`Cannot read ${source}`, () => stat(source));
  if (size <= sizeBytes) return;
  throw new KubeosError(
    'INVALID_ARGUMENT',
    `${source} has ${size} bytes, ${size - sizeBytes} more than the partition ${label}`,
    { details: { bytes: size, partition: label, partitionBytes: sizeBytes } },
  );
}

/** A patch that hits anything but its place would take the partition table or a file system with it. */
function requirePlace({ offset, bytes }: GptPiece, layout: DiskLayout): void {
  const places = [
    { start: 0, end: bootCodeBytes },
    ...layout.partitions
      .filter(({ role }) => role === 'biosBoot')
      .map(({ startBytes, sizeBytes }) => ({ start: startBytes, end: startBytes + sizeBytes })),
  ];
  const end = offset + bytes.length;
  if (places.some((place) => offset >= place.start && end <= place.end)) return;
  throw new KubeosError(
    'INVALID_ARGUMENT',
    `Bytes ${offset} to ${end} of the disk are not for the boot loader`,
  );
}
