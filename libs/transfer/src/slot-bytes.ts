import type { Digest } from '@kubeos/core';
import type { SlotDevice } from '@kubeos/host';
import { allocateAligned, pageBytes, roundUpToPage } from './aligned-buffer.ts';
import { ext4Length } from './ext4.ts';
import { withSlotDevice, type SlotDeviceFile } from './slot-device-file.ts';
import type { Progress } from './progress.ts';
import { createStreamDigest } from './stream-digest.ts';

/** The part of a slot without which nothing in it can be loaded: it is zeroed first and written last. */
export const headBytes = 1024 * 1024;

const readBytes = 4 * 1024 * 1024;

/** Makes a slot unloadable; durable when it returns. */
export async function wipeHead(device: SlotDevice): Promise<void> {
  await withSlotDevice(device, 'write', async (file) => {
    await file.write(allocateAligned(Math.min(headBytes, device.sizeBytes)), 0);
    await file.flush();
  });
}

/** How reading is followed and ended. */
export interface ReadWatch {
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

/**
 * Digest of a slot, read from the disk itself: of the file system in it, which says how long it is, else of the whole
 * partition. What lies behind the file system is never read by anybody who boots it. Throws the reason of the signal.
 */
export async function digestSlot(device: SlotDevice, watch?: ReadWatch): Promise<Digest> {
  return withSlotDevice(device, 'read', async (file) => {
    const length = (await fileSystemLength(file, device)) ?? device.sizeBytes;
    watch?.progress.begin('Verifying', length);
    const digest = createStreamDigest();
    for await (const piece of readPieces(file, length, device.sizeBytes)) {
      watch?.signal.throwIfAborted();
      digest.update(piece);
      watch?.progress.moved(piece.length);
    }
    return digest.total();
  });
}

/** Length of the file system in a slot; `undefined` when there is none that fits. */
export async function fileSystemLength(
  file: SlotDeviceFile,
  { sizeBytes }: SlotDevice,
): Promise<number | undefined> {
  const head = allocateAligned(pageBytes);
  await file.read(head, 0);
  const length = ext4Length(head);
  return length !== undefined && length <= sizeBytes ? length : undefined;
}

/** The first bytes of a slot, piece by piece; a piece is overwritten once the next but one is asked for. */
export async function* readPieces(
  file: SlotDeviceFile,
  length: number,
  deviceBytes: number,
): AsyncGenerator<Buffer> {
  const readPiece = async (buffer: Buffer, offset: number): Promise<void> => {
    const wanted = roundUpToPage(Math.min(readBytes, length - offset));
    await file.read(buffer.subarray(0, Math.min(wanted, deviceBytes - offset)), offset);
  };
  // Two buffers: while one is worked on the disk fills the other.
  let filled = allocateAligned(readBytes);
  let filling = allocateAligned(readBytes);
  await readPiece(filled, 0);
  for (let offset = 0; offset < length; offset += readBytes) {
    const next = offset + readBytes;
    const reading = next < length ? readPiece(filling, next) : undefined;
    // Nobody waits for it when the reader goes.
    reading?.catch(() => undefined);
    yield filled.subarray(0, Math.min(readBytes, length - offset));
    await reading;
    [filled, filling] = [filling, filled];
  }
}
