import { KubeosError, type Digest } from '@kubeos/core';
import { observe } from '../byte-stream.ts';
import { checkSource } from '../source/connection.ts';
import { openDownload } from '../source/download.ts';
import { createStreamDigest } from '../stream-digest.ts';
import type { PayloadSource } from './source.ts';

/** A file behind a URL. */
export const diskSource: PayloadSource = {
  check: checkSource,
  open: async (payload, deps, { signal, progress }) => {
    const download = await openDownload(payload, deps, signal);
    const digest = createStreamDigest();
    progress.begin('Fetching', download.bytesTotal);
    return {
      chunks: observe(download.chunks, (chunk) => {
        digest.update(chunk);
        progress.moved(chunk.length);
      }),
      digest,
      verify: () => requireDigest(payload.digest, digest.total()),
      close: async () => undefined,
    };
  },
};

function requireDigest(wanted: Digest, found: Digest): void {
  if (wanted === found) return;
  throw new KubeosError('DIGEST_MISMATCH', `The download has digest ${found}, not ${wanted}`, {
    details: { wanted, found },
  });
}
