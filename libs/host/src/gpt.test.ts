import { describe, expect, it } from '@jest/globals';
import { readGpt, type ReadAt } from './gpt.ts';
import { linuxPartitionType, renderGpt } from './gpt-layout.ts';

const mib = 1024 * 1024;
const diskBytes = 8 * mib;
const plan = [
  {
    type: linuxPartitionType,
    uuid: '11111111-2222-3333-4444-555555555555',
    label: 'ROOT-A',
    startBytes: mib,
    sizeBytes: 2 * mib,
  },
  {
    type: linuxPartitionType,
    uuid: 'a1b2c3d4-e5f6-0718-293a-4b5c6d7e8f90',
    label: 'ROOT-B',
    startBytes: 3 * mib,
    sizeBytes: 2 * mib,
  },
];

function disk(): Buffer {
  const bytes = Buffer.alloc(diskBytes);
  for (const piece of renderGpt('00000000-1111-2222-3333-444444444444', diskBytes, plan)) {
    piece.bytes.copy(bytes, piece.offset);
  }
  return bytes;
}

function reader(bytes: Buffer): ReadAt {
  return async (offset, length) => bytes.subarray(offset, offset + length);
}

describe('readGpt', () => {
  const numbered = plan.map((partition, index) => ({ number: index + 1, ...partition }));

  it('reads labels, GUIDs and places', async () => {
    expect(await readGpt(reader(disk()), diskBytes, 512)).toEqual({
      diskUuid: '00000000-1111-2222-3333-444444444444',
      partitions: numbered,
    });
  });

  it.each([
    ['header', 512 + 60],
    ['entries', 1024 + 60],
  ])('takes the backup when the first %s is damaged', async (_, offset) => {
    const bytes = disk();
    bytes.writeUInt8(bytes.readUInt8(offset) ^ 1, offset);
    expect((await readGpt(reader(bytes), diskBytes, 512))?.partitions).toEqual(numbered);
  });

  it('reads nothing when both tables are damaged or absent', async () => {
    const bytes = disk();
    bytes.fill(0, 512, 1024);
    bytes.fill(0, diskBytes - 512);
    expect(await readGpt(reader(bytes), diskBytes, 512)).toBeUndefined();
    expect(await readGpt(reader(Buffer.alloc(100)), 100, 512)).toBeUndefined();
  });

  it('does not trust a header of another place', async () => {
    const bytes = Buffer.alloc(diskBytes);
    disk().copy(bytes, 1024, 512, mib);
    expect(await readGpt(reader(bytes), diskBytes, 1024)).toBeUndefined();
  });
});
