import { describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { createImageSink } from './image-sink.ts';
import type { SlotDeviceFile } from './slot-device-file.ts';

const mib = 1024 * 1024;
const image = randomBytes(6 * mib - 5000);

interface MemoryFile extends SlotDeviceFile {
  readonly bytes: Buffer;
  readonly writes: number[];
}

/** A device in memory, whose reads may be told to wait or to lie. */
function memoryFile(beforeRead: (offset: number) => unknown = () => undefined): MemoryFile {
  const bytes = Buffer.alloc(8 * mib);
  const writes: number[] = [];
  return {
    path: 'slot',
    bytes,
    writes,
    write: async (buffer, offset) => {
      writes.push(offset);
      buffer.copy(bytes, offset);
    },
    read: async (buffer, offset) => {
      await beforeRead(offset);
      bytes.copy(buffer, 0, offset, offset + buffer.length);
    },
    flush: async () => undefined,
  };
}

async function fill(file: MemoryFile, pieceBytes = 70_000): Promise<void> {
  const sink = createImageSink(file, file.bytes.length);
  for (let at = 0; at < image.length; at += pieceBytes) {
    await sink.write(image.subarray(at, at + pieceBytes));
  }
  await sink.finish();
  expect(file.writes).not.toContain(0);
  await sink.commit();
}

describe('image sink', () => {
  it.each([1000, 70_000, mib, 3 * mib])(
    'writes an image in pieces of %i, its head last',
    async (size) => {
      const file = memoryFile();
      await fill(file, size);
      expect(file.bytes.subarray(0, image.length).equals(image)).toBe(true);
      expect(file.bytes.subarray(image.length).every((byte) => byte === 0)).toBe(true);
      expect(file.writes.at(-1)).toBe(0);
    },
  );

  it('reads a batch back while it writes the next', async () => {
    let goOn = (): void => undefined;
    const file = memoryFile((offset) => {
      // The first read waits for the second, which follows the next write.
      if (offset === mib) return new Promise<void>((resolve) => (goOn = resolve));
      goOn();
      return undefined;
    });
    await fill(file);
    expect(file.bytes.subarray(0, image.length).equals(image)).toBe(true);
  });

  it.each([0, mib, 4 * mib, 5 * mib])('notices a wrong byte behind %i', async (wrong) => {
    const file: MemoryFile = memoryFile((offset) => {
      if (offset === wrong) file.bytes[wrong + 10] = (file.bytes[wrong + 10] ?? 0) ^ 1;
    });
    await expect(fill(file)).rejects.toMatchObject({ code: 'READ_BACK_MISMATCH' });
  });
});
