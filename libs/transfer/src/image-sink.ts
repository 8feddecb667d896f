import { KubeosError } from '@kubeos/core';
import { allocateAligned, roundUpToPage } from './aligned-buffer.ts';
import { headBytes } from './slot-bytes.ts';
import type { SlotDeviceFile } from './slot-device-file.ts';

/** Takes an image into a slot in one pass. */
export interface ImageSink {
  /** Takes the next bytes. Throws `SLOT_TOO_SMALL`, `READ_BACK_MISMATCH` and the storage codes, perhaps later. */
  write(chunk: Buffer): Promise<void>;
  /** Returns once everything but the head was read back and is on stable storage. */
  finish(): Promise<void>;
  /** Writes the head, which makes the slot loadable, and reads it back. */
  commit(): Promise<void>;
}

/** The first batch is the head. */
const batchBytes = headBytes;
/** So many batches may be on their way to the disk and back, so that it reads one while it writes the next. */
const mostStoring = 2;

interface Batch {
  readonly bytes: Buffer;
  readonly readBack: Buffer;
  /** Settles when the batch was read back. */
  stored: Promise<void>;
}

/**
 * Writes batches past the page cache, reads each back from the disk and compares it byte for byte with what is still in
 * memory, while the next batches are being received: comparing costs next to nothing, where a second hash would cost as
 * much as the first. Everything is flushed before the head is written. What a disk loses behind that, or what a later
 * write does to an earlier batch, shows in the digest of the slot, which is taken from the disk again before the slot
 * is armed.
 */
export function createImageSink(file: SlotDeviceFile, deviceBytes: number): ImageSink {
  const head = allocateAligned(headBytes);
  const storing: Batch[] = [];
  let filling = allocateBatch();
  let filled = 0;
  let batchStart = 0;

  const writeAndCompare = async (
    bytes: Buffer,
    readBack: Buffer,
    offset: number,
  ): Promise<void> => {
    await file.write(bytes, offset);
    const found = readBack.subarray(0, bytes.length);
    await file.read(found, offset);
    if (found.equals(bytes)) return;
    throw new KubeosError(
      'READ_BACK_MISMATCH',
      `${file.path} reads back differently behind byte ${offset}`,
    );
  };

  const store = async ({ bytes, readBack }: Batch, length: number): Promise<void> => {
    const start = batchStart;
    // The head waits for the end.
    if (start === 0) bytes.copy(head);
    else await writeAndCompare(bytes.subarray(0, length), readBack, start);
  };

  const drain = async (most: number): Promise<Batch | undefined> => {
    let last: Batch | undefined;
    while (storing.length > most) {
      last = storing.shift();
      await last?.stored;
    }
    return last;
  };

  const passOn = async (): Promise<void> => {
    const length = Math.min(roundUpToPage(filled), deviceBytes - batchStart);
    filling.bytes.fill(0, filled, length);
    filling.stored = store(filling, length);
    // The failure is thrown by a later call; until then it must not count as unhandled.
    filling.stored.catch(() => undefined);
    storing.push(filling);
    batchStart += filled;
    filled = 0;
    filling = (await drain(mostStoring)) ?? allocateBatch();
  };

  return {
    write: async (chunk) => {
      if (batchStart + filled + chunk.length > deviceBytes) {
        await drain(0);
        throw new KubeosError('SLOT_TOO_SMALL', `The image does not fit into ${deviceBytes} bytes`);
      }
      for (let taken = 0; taken < chunk.length;) {
        const count = chunk.copy(filling.bytes, filled, taken);
        taken += count;
        filled += count;
        if (filled === batchBytes) await passOn();
      }
    },
    finish: async () => {
      if (filled > 0) await passOn();
      await drain(0);
      await file.flush();
    },
    commit: async () => {
      const length = Math.min(headBytes, deviceBytes);
      await writeAndCompare(head.subarray(0, length), filling.readBack, 0);
      await file.flush();
    },
  };
}

function allocateBatch(): Batch {
  return {
    bytes: allocateAligned(batchBytes),
    readBack: allocateAligned(batchBytes),
    stored: Promise.resolve(),
  };
}
