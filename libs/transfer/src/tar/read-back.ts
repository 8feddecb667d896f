import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { KubeosError } from '@kubeos/core';
import { storageError } from '@kubeos/host';
import type { ReadWatch } from '../slot-bytes.ts';
import type { FileDigests } from './extract.ts';
import { describeName } from './tar-entry.ts';

const readBytes = 1024 * 1024;

/**
 * Reads every file of a freshly mounted folder, thus from the disk, and compares it with what was in the archive.
 * Throws `READ_BACK_MISMATCH`, `STORAGE_FAILED`, the reason of the signal.
 */
export async function compareFiles(
  folder: string,
  digests: FileDigests,
  watch: ReadWatch,
): Promise<void> {
  // One for all: a stream would take a new one for each piece, faster than they are collected.
  const buffer = Buffer.allocUnsafe(readBytes);
  for (const [name, expected] of digests) {
    // Names are bytes; as a string the path would be encoded anew.
    const path = Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name, 'latin1')]);
    const found = await digestFile(path, buffer, watch).catch((thrown: unknown) => {
      watch.signal.throwIfAborted();
      throw storageError(thrown, `Cannot read back ${describeName(name)}`);
    });
    if (found === expected) continue;
    throw new KubeosError('READ_BACK_MISMATCH', `${describeName(name)} reads back differently`);
  }
}

async function digestFile(
  path: Buffer,
  buffer: Buffer,
  { signal, progress }: ReadWatch,
): Promise<string> {
  const hash = createHash('sha256');
  const file = await open(path);
  try {
    while (true) {
      signal.throwIfAborted();
      const { bytesRead } = await file.read(buffer);
      if (bytesRead === 0) return hash.digest('base64');
      hash.update(buffer.subarray(0, bytesRead));
      progress.moved(bytesRead);
    }
  } finally {
    await file.close();
  }
}
