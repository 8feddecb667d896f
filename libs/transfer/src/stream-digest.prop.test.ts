import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { createStreamDigest } from './stream-digest.ts';

const sha256 = (bytes: Uint8Array): string =>
  `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

describe('stream digest', () => {
  it('gives the digests of the whole and of the marked beginning, however it is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), fc.nat(300), (chunks, wanted) => {
        const all = Buffer.concat(chunks);
        const digest = createStreamDigest();
        digest.markAt(wanted + 1);
        for (const chunk of chunks) digest.update(chunk);
        const reached = all.length > wanted;
        expect(digest.marked()).toBe(reached ? sha256(all.subarray(0, wanted + 1)) : undefined);
        expect(digest.total()).toBe(sha256(all));
      }),
    );
  });
});
