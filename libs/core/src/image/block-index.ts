/**
 * The block index of a root image: the SHA-256 of each of its blocks, one behind the other, 32 bytes each, in the order of
 * the blocks. Who has an older image finds by it which blocks of a newer one are there already, wherever they lie.
 */
import { KubeosError } from '../errors/index.ts';

/** Length of a block: that of the file system's blocks, so that files keep theirs wherever they move. */
export const indexBlockBytes = 4096;
/** Length of an entry. */
export const indexEntryBytes = 32;

/** What of a newer image is in an older one. */
export interface SharedBlocks {
  /** Blocks of the newer image that are not all zeros. */
  readonly wanted: number;
  /** How many of these the older image has. */
  readonly found: number;
  /** Numbers of those that it does not have, in order. */
  readonly missing: readonly number[];
}

/** SHA-256 of a block of zeros, which need not be fetched from anywhere. */
const zeroBlock = keyOf(
  Uint8Array.of(
    ...[
      0xad, 0x7f, 0xac, 0xb2, 0x58, 0x6f, 0xc6, 0xe9, 0x66, 0xc0, 0x04, 0xd7, 0xd1, 0xd1, 0x6b,
      0x02,
    ],
    ...[
      0x4f, 0x58, 0x05, 0xff, 0x7c, 0xb4, 0x7c, 0x7a, 0x85, 0xda, 0xbd, 0x8b, 0x48, 0x89, 0x2c,
      0xa7,
    ],
  ),
);

/** Compares the indexes of two images. Throws `INVALID_ARGUMENT` for what is no index. */
export function compareBlocks(newer: Uint8Array, older: Uint8Array): SharedBlocks {
  const there = new Set(keysOf(older));
  const missing: number[] = [];
  let wanted = 0;
  for (const [block, key] of keysOf(newer).entries()) {
    if (key === zeroBlock) continue;
    wanted += 1;
    if (!there.has(key)) missing.push(block);
  }
  return { wanted, found: wanted - missing.length, missing };
}

function keysOf(index: Uint8Array): readonly string[] {
  if (index.length % indexEntryBytes !== 0) {
    throw new KubeosError('INVALID_ARGUMENT', `A block index never has ${index.length} bytes`);
  }
  return Array.from({ length: index.length / indexEntryBytes }, (_, block) =>
    keyOf(index.subarray(block * indexEntryBytes, (block + 1) * indexEntryBytes)),
  );
}

/** A digest as a key of sets: a character for each byte. */
function keyOf(digest: Uint8Array): string {
  return String.fromCharCode(...digest);
}
