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

const batchBytes = 1 * 1024 * 1024;

/**
 * Writes batches past the page cache, reads each back from the disk and compares it byte for byte with what is still in
 * memory, while the next batch is being received: comparing costs next to nothing, where a second hash would cost as
 * much as the first. Everything is flushed before the head is written. What a disk loses behind that, or what a later
 * write does to an earlier batch, shows in the digest of the slot, which is taken from the disk again before the slot
 * is armed.
 */
export function createImageSink(file: SlotDeviceFile, deviceBytes: number): ImageSink {
  const readBack = allocateAligned(headBytes);
  const head = allocateAligned(headBytes);
  let filling = allocateAligned(batchBytes);
  let spare = allocateAligned(batchBytes);
  let filled = 0;
  let batchStart = 0;
  let storing: Promise<void> = Promise.resolve();

  const writeAndCompare = async (bytes: Buffer, offset: number): Promise<void> => {
    await file.write(bytes, offset);
    for (let done = 0; done < bytes.length; done += readBack.length) {
      const expected = bytes.subarray(done, done + readBack.length);
      const found = readBack.subarray(0, expected.length);
      await file.read(found, offset + done);
      if (found.equals(expected)) continue;
      throw new KubeosError(
        'READ_BACK_MISMATCH',
        `${file.path} reads back differently behind byte ${offset + done}`,
      );
    }
  };

  const storeBatch = async (batch: Buffer, start: number): Promise<void> => {
    if (start === 0) batch.copy(head);
    const from = start === 0 ? Math.min(headBytes, batch.length) : 0;
    if (from < batch.length) await writeAndCompare(batch.subarray(from), start + from);
  };

  const passOn = async (): Promise<void> => {
    await storing;
    const length = Math.min(roundUpToPage(filled), deviceBytes - batchStart);
    filling.fill(0, filled, length);
    storing = storeBatch(filling.subarray(0, length), batchStart);
    // The failure is thrown by the next call; until then it must not count as unhandled.
    storing.catch(() => undefined);
    batchStart += filled;
    [filling, spare] = [spare, filling];
    filled = 0;
  };

  return {
    write: async (chunk) => {
      if (batchStart + filled + chunk.length > deviceBytes) {
        await storing;
        throw new KubeosError('SLOT_TOO_SMALL', `The image does not fit into ${deviceBytes} bytes`);
      }
      for (let taken = 0; taken < chunk.length;) {
        const count = chunk.copy(filling, filled, taken);
        taken += count;
        filled += count;
        if (filled === batchBytes) await passOn();
      }
    },
    finish: async () => {
      if (filled > 0) await passOn();
      await storing;
      await file.flush();
    },
    commit: async () => {
      await writeAndCompare(head.subarray(0, Math.min(headBytes, deviceBytes)), 0);
      await file.flush();
    },
  };
}
