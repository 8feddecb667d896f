import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { compareBlocks, indexBlockBytes, indexEntryBytes } from './block-index.ts';

/** An index of blocks that are each filled with one byte. */
function indexOf(...fills: readonly number[]): Uint8Array {
  return Buffer.concat(
    fills.map((fill) => createHash('sha256').update(Buffer.alloc(indexBlockBytes, fill)).digest()),
  );
}

describe('compareBlocks', () => {
  it('finds blocks wherever they lie and asks for none of zeros', () => {
    expect(compareBlocks(indexOf(1, 0, 2, 3, 2), indexOf(9, 2, 0, 1))).toEqual({
      ...{ wanted: 4, found: 3, missing: [3] },
    });
    expect(compareBlocks(indexOf(0, 0), indexOf())).toEqual({ wanted: 0, found: 0, missing: [] });
  });

  it('does not take anything for an index', () => {
    const torn = indexOf(1).subarray(0, indexEntryBytes - 1);
    expect(() => compareBlocks(torn, indexOf())).toThrow('A block index never has 31 bytes');
  });
});
