import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { KubeosError } from '@kubeos/core';
import { storageError } from '@kubeos/host';
import type { FileDigests } from './extract.ts';
import { describeName } from './tar-entry.ts';

/**
 * Reads every file of a freshly mounted folder, thus from the disk, and compares it with what was in the archive.
 * Throws `READ_BACK_MISMATCH`, `STORAGE_FAILED`.
 */
export async function compareFiles(
  folder: string,
  digests: FileDigests,
  signal: AbortSignal,
): Promise<void> {
  for (const [name, expected] of digests) {
    signal.throwIfAborted();
    // Names are bytes; as a string the path would be encoded anew.
    const path = Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name, 'latin1')]);
    if ((await digestFile(path, name)) === expected) continue;
    throw new KubeosError('READ_BACK_MISMATCH', `${describeName(name)} reads back differently`);
  }
}

async function digestFile(path: Buffer, name: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    const content: AsyncIterable<Buffer> = createReadStream(path, { highWaterMark: 1024 * 1024 });
    for await (const piece of content) hash.update(piece);
  } catch (thrown) {
    throw storageError(thrown, `Cannot read back ${describeName(name)}`);
  }
  return hash.digest('base64');
}
