/** How the disk of a node is divided. All places are multiples of 1 MiB, but for the BIOS boot partition. */
import type { Digest } from '../api/operation.ts';
import { KubeosError } from '../errors/index.ts';

/** What a partition is for. */
export type PartitionRole = 'esp' | 'rootA' | 'rootB' | 'persist' | 'biosBoot';

/** A partition of a node's disk. */
export interface LaidPartition {
  readonly role: PartitionRole;
  /** From 1; that of a role never changes. */
  readonly number: number;
  /** `PARTLABEL`. */
  readonly label: string;
  /** Type GUID, lower case. */
  readonly type: string;
  /** `PARTUUID`, lower case. */
  readonly uuid: string;
  readonly startBytes: number;
  readonly sizeBytes: number;
}

/** The disk of a node. */
export interface DiskLayout {
  readonly diskUuid: string;
  readonly diskBytes: number;
  /** In the order of their numbers. PERSIST lies behind all others, so that it can grow. */
  readonly partitions: readonly LaidPartition[];
}

/** Identities of a disk: the same ones for the same root image, others for every other. */
export interface DiskIds {
  readonly disk: string;
  readonly partitions: Readonly<Record<PartitionRole, string>>;
  /** UUID of the file system on PERSIST. */
  readonly persistFileSystem: string;
  /** Seed of the hashes of names on PERSIST. */
  readonly persistHashSeed: string;
  /** Serial number of the file system on the ESP: eight hexadecimal digits. */
  readonly espVolume: string;
}

/** What a disk is planned from. */
export interface DiskRequest {
  /** `disk_partition.root`: size of each of the two slots, in MiB. */
  readonly rootMib: number;
  /** `disk_partition.img_size`: size of the disk, in GiB. */
  readonly imgSizeGib: number;
  /** Adds the partition in which GRUB for BIOS lies. */
  readonly legacyBios: boolean;
  readonly ids: DiskIds;
}

const mib = 1024 * 1024;
const sectorBytes = 512;
const espMib = 60;
/** Less than what the check of recipes leaves for it: a recipe that passed never fails here. */
const leastPersistMib = 2048;

// Slots are no "root partitions" of the discoverable partitions specification: systemd must not pick one by itself, that is
// for the boot loader alone.
const linuxData = '0fc63daf-8483-4772-8e79-3d69d8477de4';
const types: Readonly<Record<PartitionRole, string>> = {
  esp: 'c12a7328-f81f-11d2-ba4b-00a0c93ec93b',
  rootA: linuxData,
  rootB: linuxData,
  persist: linuxData,
  biosBoot: '21686148-6449-6e6f-744e-656564454649',
};
const labels: Readonly<Record<PartitionRole, string>> = {
  esp: 'ESP',
  rootA: 'ROOT-A',
  rootB: 'ROOT-B',
  persist: 'PERSIST',
  biosBoot: 'BIOS',
};

/** Derives the identities of a disk from the digest of its root image. `sha256` gives the digest of a text. */
export function deriveDiskIds(rootDigest: Digest, sha256: (text: string) => Digest): DiskIds {
  const digits = (role: string): string =>
    sha256(`kubeos ${role} ${rootDigest}`).slice('sha256:'.length);
  const uuid = (role: string): string => uuidOf(digits(role));
  return {
    disk: uuid('disk'),
    partitions: {
      esp: uuid('esp'),
      rootA: uuid('rootA'),
      rootB: uuid('rootB'),
      persist: uuid('persist'),
      biosBoot: uuid('biosBoot'),
    },
    persistFileSystem: uuid('persistFileSystem'),
    persistHashSeed: uuid('persistHashSeed'),
    espVolume: digits('espVolume').slice(0, 8),
  };
}

/** A UUID of version 8, https://www.rfc-editor.org/rfc/rfc9562#section-5.8, with the first bits of a digest. */
function uuidOf(digits: string): string {
  const variant = ((Number.parseInt(digits.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `8${digits.slice(13, 16)}`,
    `${variant}${digits.slice(17, 20)}`,
    digits.slice(20, 32),
  ].join('-');
}

/** Divides a disk. Throws `INVALID_SPEC` when the parts do not fit. */
export function planDisk({ rootMib, imgSizeGib, legacyBios, ids }: DiskRequest): DiskLayout {
  requireWhole('disk_partition.root', rootMib);
  requireWhole('disk_partition.img_size', imgSizeGib);
  const diskMib = imgSizeGib * 1024;
  // The first MiB holds the partition table and GRUB for BIOS, the last one the backup of the table.
  const persistStart = 1 + espMib + 2 * rootMib;
  const persistMib = diskMib - 1 - persistStart;
  if (persistMib < leastPersistMib) throw tooSmall(rootMib, imgSizeGib, persistStart + 1);
  const partition = (role: PartitionRole, number: number, start: number, size: number) => ({
    ...{ role, number, label: labels[role], type: types[role], uuid: ids.partitions[role] },
    ...{ startBytes: start * mib, sizeBytes: size * mib },
  });
  const firstFree = 34 * sectorBytes;
  return {
    diskUuid: ids.disk,
    diskBytes: diskMib * mib,
    partitions: [
      partition('esp', 1, 1, espMib),
      partition('rootA', 2, 1 + espMib, rootMib),
      partition('rootB', 3, 1 + espMib + rootMib, rootMib),
      partition('persist', 4, persistStart, persistMib),
      ...(legacyBios
        ? [{ ...partition('biosBoot', 5, 0, 1), startBytes: firstFree, sizeBytes: mib - firstFree }]
        : []),
    ],
  };
}

/** The partition of a role. Throws `INVALID_ARGUMENT` when the disk has none. */
export function partitionOf(layout: DiskLayout, role: PartitionRole): LaidPartition {
  const found = layout.partitions.find((partition) => partition.role === role);
  if (found !== undefined) return found;
  throw new KubeosError('INVALID_ARGUMENT', `The disk has no partition ${labels[role]}`);
}

function requireWhole(key: string, value: number): void {
  if (Number.isInteger(value) && value >= 1) return;
  throw new KubeosError('INVALID_SPEC', `${key} is ${value}; expected a whole number from 1`);
}

function tooSmall(rootMib: number, imgSizeGib: number, fixedMib: number): KubeosError {
  const least = Math.ceil((fixedMib + leastPersistMib) / 1024);
  return new KubeosError(
    'INVALID_SPEC',
    `A disk of ${imgSizeGib} GiB is too small for two roots of ${rootMib} MiB and ${leastPersistMib} MiB of PERSIST: raise disk_partition.img_size to ${least} or lower disk_partition.root`,
    { details: { rootMib, imgSizeGib, leastImgSizeGib: least } },
  );
}
