import { constants, open } from 'node:fs/promises';
import { join } from 'node:path';
import { KubeosError, type BootEnvironment } from '@kubeos/core';
import { readBytesIfThere, writeFileDurably } from './durable-file.ts';
import { storageError } from './errno.ts';

const sectorBytes = 512;

/** Where the boot loader's files are, below the root prefix, unless the configuration says otherwise. */
export const defaultBootDir = 'boot/efi/EFI/openEuler';

/**
 * The boot environment in `<bootDir>/grubenv`. The sector is overwritten in place by one synchronous write, since a
 * disk writes a sector whole or not at all; a program that truncates the file first can leave it empty.
 */
export function createBootEnvironment(bootDir: string): BootEnvironment {
  const path = join(bootDir, 'grubenv');
  return {
    read: () => readBytesIfThere(path),
    writeSector: (sector) => writeSector(path, sector),
    replace: (block) => writeFileDurably(path, block),
  };
}

async function writeSector(path: string, sector: Uint8Array): Promise<void> {
  if (sector.length !== sectorBytes) {
    throw new KubeosError('BUG', `A boot sector has ${sectorBytes} bytes, not ${sector.length}`);
  }
  try {
    const file = await open(path, constants.O_RDWR | constants.O_SYNC);
    try {
      const { bytesWritten } = await file.write(sector, 0, sectorBytes, 0);
      const found = Buffer.alloc(sectorBytes);
      await file.read(found, 0, sectorBytes, 0);
      if (bytesWritten === sectorBytes && found.equals(sector)) return;
    } finally {
      await file.close();
    }
  } catch (thrown) {
    throw storageError(thrown, `Cannot write the boot sector in ${path}`);
  }
  throw new KubeosError('STORAGE_FAILED', `The boot sector in ${path} reads back differently`);
}
