import { crc32 } from 'node:zlib';
import type { GptPartition } from './gpt.ts';

/** A partition that is to be laid out. */
export type GptPlan = Omit<GptPartition, 'number'>;

/** Bytes to be written at a place of the disk. */
export interface GptPiece {
  readonly offset: number;
  readonly bytes: Buffer;
}

const sectorBytes = 512;
const entryCount = 128;
const entryBytes = 128;
const entriesSectors = (entryCount * entryBytes) / sectorBytes;

/** Partition type of Linux file systems, https://uapi-group.org/specifications/specs/discoverable_partitions_specification/. */
export const linuxPartitionType = '0fc63daf-8483-4772-8e79-3d69d8477de4';

/** What lies before the first and behind the last partition: 1 MiB for alignment, and the backup table. */
export const gptReservedBytes = { first: 1024 * 1024, last: (entriesSectors + 1) * sectorBytes };

/**
 * Renders a partition table for a disk of 512-byte sectors: the protective MBR with the first table, and the backup.
 * Numbers are given in the order of the plan, from 1.
 */
export function renderGpt(
  diskUuid: string,
  diskBytes: number,
  plan: readonly GptPlan[],
): readonly GptPiece[] {
  const lastLba = Math.floor(diskBytes / sectorBytes) - 1;
  const entries = Buffer.alloc(entryCount * entryBytes);
  plan.forEach((partition, index) =>
    writeEntry(entries.subarray(index * entryBytes, (index + 1) * entryBytes), partition),
  );
  const header = (ownLba: number, otherLba: number, entriesLba: number): Buffer =>
    renderHeader({ diskUuid, ownLba, otherLba, entriesLba, lastLba, entries });
  return [
    {
      offset: 0,
      bytes: Buffer.concat([protectiveMbr(lastLba), header(1, lastLba, 2), entries]),
    },
    {
      offset: (lastLba - entriesSectors) * sectorBytes,
      bytes: Buffer.concat([entries, header(lastLba, 1, lastLba - entriesSectors)]),
    },
  ];
}

function writeEntry(entry: Buffer, partition: GptPlan): void {
  writeGuid(entry, 0, partition.type);
  writeGuid(entry, 16, partition.uuid);
  entry.writeBigUInt64LE(BigInt(partition.startBytes / sectorBytes), 32);
  const last = (partition.startBytes + partition.sizeBytes) / sectorBytes - 1;
  entry.writeBigUInt64LE(BigInt(last), 40);
  entry.write(partition.label, 56, 72, 'utf16le');
}

function renderHeader(fields: {
  readonly diskUuid: string;
  readonly ownLba: number;
  readonly otherLba: number;
  readonly entriesLba: number;
  readonly lastLba: number;
  readonly entries: Buffer;
}): Buffer {
  const sector = Buffer.alloc(sectorBytes);
  sector.write('EFI PART', 0, 'latin1');
  sector.writeUInt32LE(0x0001_0000, 8);
  sector.writeUInt32LE(92, 12);
  sector.writeBigUInt64LE(BigInt(fields.ownLba), 24);
  sector.writeBigUInt64LE(BigInt(fields.otherLba), 32);
  sector.writeBigUInt64LE(BigInt(entriesSectors + 2), 40);
  sector.writeBigUInt64LE(BigInt(fields.lastLba - entriesSectors - 1), 48);
  writeGuid(sector, 56, fields.diskUuid);
  sector.writeBigUInt64LE(BigInt(fields.entriesLba), 72);
  sector.writeUInt32LE(entryCount, 80);
  sector.writeUInt32LE(entryBytes, 84);
  sector.writeUInt32LE(crc32(fields.entries), 88);
  sector.writeUInt32LE(crc32(sector.subarray(0, 92)), 16);
  return sector;
}

function protectiveMbr(lastLba: number): Buffer {
  const sector = Buffer.alloc(sectorBytes);
  const entry = sector.subarray(446, 462);
  entry.writeUInt8(0x02, 2);
  entry.writeUInt8(0xee, 4);
  entry.fill(0xff, 5, 8);
  entry.writeUInt32LE(1, 8);
  entry.writeUInt32LE(Math.min(lastLba, 0xffff_ffff), 12);
  sector.writeUInt16LE(0xaa55, 510);
  return sector;
}

function writeGuid(target: Buffer, offset: number, guid: string): void {
  const bytes = Buffer.from(guid.replaceAll('-', ''), 'hex');
  bytes.subarray(0, 4).reverse();
  bytes.subarray(4, 6).reverse();
  bytes.subarray(6, 8).reverse();
  bytes.copy(target, offset);
}
