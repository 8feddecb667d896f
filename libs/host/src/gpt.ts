/**
 * The GUID partition table, UEFI specification 2.10 section 5.3: read, and rendered for disk images.
 * All offsets are little-endian; a GUID stores its first three groups in little-endian order.
 */
import { crc32 } from 'node:zlib';

/** One used entry of a partition table. */
export interface GptPartition {
  /** Number of the entry, from 1. */
  readonly number: number;
  /** Partition type GUID, lower case. */
  readonly type: string;
  /** Unique partition GUID (`PARTUUID`), lower case. */
  readonly uuid: string;
  /** Partition label (`PARTLABEL`). */
  readonly label: string;
  readonly startBytes: number;
  readonly sizeBytes: number;
}

/** A partition table as found on a disk. */
export interface Gpt {
  readonly diskUuid: string;
  readonly partitions: readonly GptPartition[];
}

/** Reads `length` bytes at `offset` of a disk; fewer at its end. */
export type ReadAt = (offset: number, length: number) => Promise<Buffer>;

const signature = 'EFI PART';
const headerBytes = 92;
const entryBytes = 128;
const unusedType = '00000000-0000-0000-0000-000000000000';
/** More entries than any tool writes; a table that claims more is damaged. */
const mostEntries = 1024;

interface Header {
  readonly diskUuid: string;
  readonly entriesLba: number;
  readonly entryCount: number;
  readonly entrySize: number;
  readonly entriesCrc: number;
}

/**
 * Reads the partition table of a disk: the first header, or the backup in the last sector when the first one or its
 * entries are damaged. `undefined` when neither is whole.
 */
export async function readGpt(
  readAt: ReadAt,
  diskBytes: number,
  sectorBytes: number,
): Promise<Gpt | undefined> {
  for (const lba of [1, Math.floor(diskBytes / sectorBytes) - 1]) {
    if (lba < 1) continue;
    const header = parseHeader(await readAt(lba * sectorBytes, sectorBytes), lba);
    if (header === undefined) continue;
    const length = header.entryCount * header.entrySize;
    const entries = await readAt(header.entriesLba * sectorBytes, length);
    if (entries.length < length || crc32(entries) !== header.entriesCrc) continue;
    return { diskUuid: header.diskUuid, partitions: parseEntries(entries, header, sectorBytes) };
  }
  return undefined;
}

function parseHeader(sector: Buffer, lba: number): Header | undefined {
  if (sector.length < headerBytes || sector.toString('latin1', 0, 8) !== signature)
    return undefined;
  const size = sector.readUInt32LE(12);
  if (size < headerBytes || size > sector.length) return undefined;
  const blanked = Buffer.from(sector.subarray(0, size));
  blanked.writeUInt32LE(0, 16);
  if (crc32(blanked) !== sector.readUInt32LE(16)) return undefined;
  if (Number(sector.readBigUInt64LE(24)) !== lba) return undefined;
  const entryCount = sector.readUInt32LE(80);
  const entrySize = sector.readUInt32LE(84);
  if (entryCount > mostEntries || entrySize < entryBytes || entrySize > 4096) return undefined;
  return {
    diskUuid: readGuid(sector, 56),
    entriesLba: Number(sector.readBigUInt64LE(72)),
    entryCount,
    entrySize,
    entriesCrc: sector.readUInt32LE(88),
  };
}

function parseEntries(entries: Buffer, header: Header, sectorBytes: number): GptPartition[] {
  const found: GptPartition[] = [];
  for (let index = 0; index < header.entryCount; index += 1) {
    const entry = entries.subarray(index * header.entrySize, (index + 1) * header.entrySize);
    const type = readGuid(entry, 0);
    if (type === unusedType) continue;
    const first = Number(entry.readBigUInt64LE(32));
    const last = Number(entry.readBigUInt64LE(40));
    found.push({
      number: index + 1,
      type,
      uuid: readGuid(entry, 16),
      label: entry.toString('utf16le', 56, 128).replace(/\0.*$/su, ''),
      startBytes: first * sectorBytes,
      sizeBytes: (last - first + 1) * sectorBytes,
    });
  }
  return found;
}

function readGuid(bytes: Buffer, offset: number): string {
  const swapped = Buffer.from(bytes.subarray(offset, offset + 16));
  swapped.subarray(0, 4).reverse();
  swapped.subarray(4, 6).reverse();
  swapped.subarray(6, 8).reverse();
  const hex = swapped.toString('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-');
}
