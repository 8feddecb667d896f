import { KubeosError, type Digest } from '@kubeos/core';
import type { SlotDevice } from '@kubeos/host';
import { createImageSink } from './image-sink.ts';
import type { Progress } from './progress.ts';
import { headBytes } from './slot-bytes.ts';
import { withSlotDevice } from './slot-device-file.ts';
import { createStreamDigest, type StreamDigest } from './stream-digest.ts';

/** Where an image goes, and what is asked of others on the way. */
export interface ImageInstallation {
  readonly device: SlotDevice;
  /** Length of the file system, by its own superblock. */
  readonly fileSystemBytes: number;
  /** The digest of the download when the image is not wrapped: the same bytes need not be hashed twice. */
  readonly plainDigest: StreamDigest | undefined;
  readonly progress: Progress;
  /** Throws unless the whole download was what it should be. */
  readonly verifyDownload: () => void;
}

/**
 * Writes an image into the slot in one pass, reading it back on the way, and its head as the last step. Returns the
 * digest of the file system in it.
 */
export async function installImage(
  stream: AsyncIterable<Buffer>,
  installation: ImageInstallation,
): Promise<Digest> {
  const { device, fileSystemBytes } = installation;
  if (fileSystemBytes > device.sizeBytes) {
    throw new KubeosError(
      'SLOT_TOO_SMALL',
      `A file system of ${fileSystemBytes} bytes does not fit into ${device.sizeBytes} bytes`,
      { details: { fileSystemBytes, slotBytes: device.sizeBytes } },
    );
  }
  // Of a tiny one the end may already have passed while its start was looked at.
  const shared = fileSystemBytes > headBytes ? installation.plainDigest : undefined;
  const digest = shared ?? createStreamDigest();
  digest.markAt(fileSystemBytes);
  await withSlotDevice(device, 'write', async (file) => {
    const sink = createImageSink(file, device.sizeBytes);
    for await (const chunk of stream) {
      if (shared === undefined) digest.update(chunk);
      await sink.write(chunk);
    }
    installation.progress.begin('Verifying');
    await sink.finish();
    installation.verifyDownload();
    requireWhole(digest);
    await sink.commit();
  });
  return requireWhole(digest);
}

function requireWhole(digest: StreamDigest): Digest {
  const found = digest.marked();
  if (found !== undefined) return found;
  throw new KubeosError('PAYLOAD_CORRUPT', 'The image is shorter than the file system in it');
}
