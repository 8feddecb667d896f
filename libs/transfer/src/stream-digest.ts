import { createHash, type Hash } from 'node:crypto';
import type { Digest } from '@kubeos/core';

/** SHA-256 of a stream, and of its beginning up to a mark, in one pass. */
export interface StreamDigest {
  update(chunk: Uint8Array): void;
  /** Sets the mark, in bytes from the start; it must lie ahead. */
  markAt(length: number): void;
  /** Digest up to the mark; `undefined` while the stream has not come so far. */
  marked(): Digest | undefined;
  /** Digest of everything. Ends the computation. */
  total(): Digest;
}

/** Starts a digest. */
export function createStreamDigest(): StreamDigest {
  const hash = createHash('sha256');
  let length = 0;
  let mark = Infinity;
  let atMark: Digest | undefined;
  return {
    update: (chunk) => {
      const before = mark - length;
      length += chunk.length;
      if (chunk.length < before) {
        hash.update(chunk);
        return;
      }
      hash.update(chunk.subarray(0, before));
      atMark = finish(hash.copy());
      mark = Infinity;
      if (before < chunk.length) hash.update(chunk.subarray(before));
    },
    markAt: (wanted) => {
      mark = wanted;
    },
    marked: () => atMark,
    total: () => finish(hash),
  };
}

function finish(hash: Hash): Digest {
  return `sha256:${hash.digest('hex')}`;
}
