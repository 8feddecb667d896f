import { createHash, hash } from 'node:crypto';
import type { Digest } from '@kubeos/core';
import { indexBlockBytes } from '@kubeos/core/image';
import { readPieces } from './files.ts';

/** A file and the digests of its blocks. */
export interface IndexedFile {
  readonly bytes: number;
  readonly digest: Digest;
  /** See `compareBlocks` of the core. */
  readonly index: Uint8Array;
}

/** Digests a file and its blocks in one pass; the last block may be shorter. Throws `STORAGE_FAILED`, `CANCELLED`. */
export async function indexBlocks(path: string, signal: AbortSignal): Promise<IndexedFile> {
  const total = createHash('sha256');
  const digests: Buffer[] = [];
  let bytes = 0;
  // All pieces but the last one are whole blocks.
  for await (const piece of readPieces(path, signal)) {
    total.update(piece);
    for (let start = 0; start < piece.length; start += indexBlockBytes) {
      digests.push(hash('sha256', piece.subarray(start, start + indexBlockBytes), 'buffer'));
    }
    bytes += piece.length;
  }
  return { bytes, digest: `sha256:${total.digest('hex')}`, index: Buffer.concat(digests) };
}
