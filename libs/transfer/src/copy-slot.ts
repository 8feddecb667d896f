import { KubeosError, type Clock, type Digest, type InstallWatch } from '@kubeos/core';
import type { SlotDevice } from '@kubeos/host';
import { observe } from './byte-stream.ts';
import { installImage } from './install-image.ts';
import { createProgress } from './progress.ts';
import { fileSystemLength, readPieces } from './slot-bytes.ts';
import { withSlotDevice } from './slot-device-file.ts';

/**
 * Copies what a slot holds into another one, as an image is written: in one pass, read back, the head last. The source may
 * be mounted, since it is never written. Throws `PAYLOAD_UNKNOWN` when no file system tells where it ends.
 */
export async function copySlot(
  source: SlotDevice,
  device: SlotDevice,
  watch: InstallWatch,
  clock: Clock,
): Promise<Digest> {
  const progress = createProgress(watch, clock);
  return withSlotDevice(source, 'read', async (file) => {
    const length = await fileSystemLength(file, source);
    if (length === undefined) {
      throw new KubeosError('PAYLOAD_UNKNOWN', `${source.path} holds no file system to copy`);
    }
    progress.begin('Copying', length);
    const pieces = observe(readPieces(file, length, source.sizeBytes), (piece) => {
      watch.signal.throwIfAborted();
      progress.moved(piece.length);
    });
    const nothing = (): void => undefined;
    const shared = { plainDigest: undefined, verifyDownload: nothing };
    return installImage(pieces, { ...shared, device, fileSystemBytes: length, progress });
  });
}
