import type { Exec } from './exec.ts';

/** A disk image as a block device. */
export interface LoopDisk {
  /** `/dev/loopN`. */
  readonly path: string;
  /** Device of the partition with this number. */
  partition(number: number): string;
  /** Takes partitions and device away. */
  detach(): Promise<void>;
}

/**
 * Attaches a disk image and makes its partitions known to the kernel; partx(8) does, since not every kernel reads
 * partition tables of loop devices itself. Used where disks are made: tests, demo, image building.
 */
export async function attachLoopDisk(exec: Exec, image: string): Promise<LoopDisk> {
  const path = (await exec('losetup', ['--find', '--show', '--', image])).stdout.trim();
  try {
    await exec('partx', ['--update', path]);
  } catch (thrown) {
    await exec('losetup', ['--detach', path]);
    throw thrown;
  }
  return {
    path,
    partition: (number) => `${path}p${number}`,
    detach: async () => {
      await exec('partx', ['--delete', path]);
      await exec('losetup', ['--detach', path]);
    },
  };
}
