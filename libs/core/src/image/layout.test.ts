import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { Digest } from '../api/operation.ts';
import { deriveDiskIds, partitionOf, planDisk, type DiskIds } from './layout.ts';

const mib = 1024 * 1024;
const gib = 1024 * mib;

const sha256 = (text: string): Digest =>
  `sha256:${createHash('sha256').update(text).digest('hex')}`;
const root: Digest = `sha256:${'5a'.repeat(32)}`;
const ids = (): DiskIds => deriveDiskIds(root, sha256);

function plan(changes: Partial<Parameters<typeof planDisk>[0]> = {}) {
  return planDisk({ rootMib: 2560, imgSizeGib: 20, legacyBios: false, ids: ids(), ...changes });
}

describe('planDisk', () => {
  it('lays ESP, two slots and PERSIST one behind the other over the whole disk', () => {
    const { diskBytes, partitions } = plan();
    expect(diskBytes).toBe(20 * gib);
    expect(
      partitions.map(({ role, number, label, startBytes, sizeBytes }) => [
        ...[role, number, label, startBytes / mib, sizeBytes / mib],
      ]),
    ).toEqual([
      ['esp', 1, 'ESP', 1, 60],
      ['rootA', 2, 'ROOT-A', 61, 2560],
      ['rootB', 3, 'ROOT-B', 2621, 2560],
      ['persist', 4, 'PERSIST', 5181, 20 * 1024 - 5182],
    ]);
  });

  it('B-47: adds GRUB for BIOS in front of the rest and leaves everything else where it was', () => {
    const [both, efi] = [plan({ legacyBios: true }), plan()];
    expect(both.partitions.slice(0, 4)).toEqual(efi.partitions);
    expect(both.partitions[4]).toMatchObject({
      ...{ role: 'biosBoot', number: 5, type: '21686148-6449-6e6f-744e-656564454649' },
      ...{ startBytes: 34 * 512, sizeBytes: 2014 * 512 },
    });
  });

  it('B-65: says by which key a disk that is too small can grow', () => {
    expect(() => plan({ imgSizeGib: 7 })).toThrow(
      'A disk of 7 GiB is too small for two roots of 2560 MiB and 2048 MiB of PERSIST: raise disk_partition.img_size to 8 or lower disk_partition.root',
    );
    expect(partitionOf(plan({ imgSizeGib: 8 }), 'persist').sizeBytes).toBe((8 * 1024 - 5182) * mib);
  });

  it.each([0, -1, 1.5, NaN])('refuses a size of %s', (size) => {
    expect(() => plan({ rootMib: size })).toThrow('disk_partition.root is');
    expect(() => plan({ imgSizeGib: size })).toThrow('disk_partition.img_size is');
  });
});

describe('deriveDiskIds', () => {
  it('gives UUIDs of version 8, each another', () => {
    const { disk, partitions, persistFileSystem, persistHashSeed } = ids();
    const all = [disk, persistFileSystem, persistHashSeed, ...Object.values(partitions)];
    expect(new Set(all).size).toBe(8);
    for (const uuid of all) {
      expect(uuid).toMatch(
        /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/u,
      );
    }
  });

  it('keeps every other bit of the digest', () => {
    const hash = (): Digest => `sha256:00112233445566778899aabbccddeeff${'0'.repeat(32)}`;
    const { disk, espVolume } = deriveDiskIds(root, hash);
    expect(disk).toBe('00112233-4455-8677-8899-aabbccddeeff');
    expect(espVolume).toBe('00112233');
  });
});

describe('partitionOf', () => {
  it('does not invent a partition', () => {
    expect(() => partitionOf(plan(), 'biosBoot')).toThrow('The disk has no partition BIOS');
  });
});
