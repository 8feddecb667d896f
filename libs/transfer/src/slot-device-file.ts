import { constants, open, type FileHandle } from 'node:fs/promises';
import { KubeosError } from '@kubeos/core';
import { errnoOf, storageError, type SlotDevice } from '@kubeos/host';

/** Reads and writes of a slot that go to the disk itself, past the page cache. Places and lengths are whole pages. */
export interface SlotDeviceFile {
  readonly path: string;
  read(buffer: Buffer, offset: number): Promise<void>;
  write(buffer: Buffer, offset: number): Promise<void>;
  /** Returns once everything written is on stable storage. */
  flush(): Promise<void>;
}

/**
 * Opens a slot for the time of some work. A slot that is mounted or claimed by somebody is refused by the kernel
 * (O_EXCL on a block device), so that the booted slot cannot be written by mistake. Throws `SLOT_REFUSED`,
 * `STORAGE_FAILED`.
 */
export async function withSlotDevice<T>(
  device: SlotDevice,
  access: 'read' | 'write',
  work: (file: SlotDeviceFile) => Promise<T>,
): Promise<T> {
  const file = await openDevice(device, access);
  try {
    return await work(adapt(file, device.path));
  } finally {
    await file.close();
  }
}

async function openDevice(device: SlotDevice, access: 'read' | 'write'): Promise<FileHandle> {
  const flags = access === 'read' ? constants.O_RDONLY : constants.O_RDWR | constants.O_EXCL;
  try {
    return await open(device.path, flags | constants.O_DIRECT);
  } catch (thrown) {
    if (errnoOf(thrown) !== 'EBUSY') throw storageError(thrown, `Cannot open ${device.path}`);
    throw new KubeosError('SLOT_REFUSED', `${device.path} is in use`, { cause: thrown });
  }
}

function adapt(file: FileHandle, path: string): SlotDeviceFile {
  const whole = async (
    attempt: string,
    length: number,
    access: (done: number) => Promise<number>,
  ): Promise<void> => {
    try {
      for (let done = 0; done < length;) {
        const count = await access(done);
        if (count === 0) throw new KubeosError('STORAGE_FAILED', `${attempt} ${path}: it ended`);
        done += count;
      }
    } catch (thrown) {
      throw storageError(thrown, `${attempt} ${path}`);
    }
  };
  return {
    path,
    read: (buffer, offset) =>
      whole('Cannot read', buffer.length, async (done) => {
        const left = buffer.length - done;
        return (await file.read(buffer, done, left, offset + done)).bytesRead;
      }),
    write: (buffer, offset) =>
      whole('Cannot write', buffer.length, async (done) => {
        const left = buffer.length - done;
        return (await file.write(buffer, done, left, offset + done)).bytesWritten;
      }),
    flush: () =>
      file.datasync().catch((thrown: unknown) => {
        throw storageError(thrown, `Cannot flush ${path}`);
      }),
  };
}
