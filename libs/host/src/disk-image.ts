import { randomUUID } from 'node:crypto';
import { open } from 'node:fs/promises';
import { gptReservedBytes, linuxPartitionType, renderGpt, type GptPlan } from './gpt-layout.ts';

/** A partition of a disk image that is to be made. */
export interface ImagePartition {
  readonly label: string;
  /** A multiple of 1 MiB. */
  readonly sizeBytes: number;
}

/** Makes a sparse disk image with these partitions, one behind the other; what lies in them is zeros. */
export async function createDiskImage(
  path: string,
  partitions: readonly ImagePartition[],
): Promise<readonly GptPlan[]> {
  let end = gptReservedBytes.first;
  const plan = partitions.map(({ label, sizeBytes }) => {
    const startBytes = end;
    end += sizeBytes;
    return { type: linuxPartitionType, uuid: randomUUID(), label, startBytes, sizeBytes };
  });
  const diskBytes = end + gptReservedBytes.first;
  const file = await open(path, 'wx', 0o600);
  try {
    await file.truncate(diskBytes);
    for (const { offset, bytes } of renderGpt(randomUUID(), diskBytes, plan)) {
      await file.write(bytes, 0, bytes.length, offset);
    }
  } finally {
    await file.close();
  }
  return plan;
}
