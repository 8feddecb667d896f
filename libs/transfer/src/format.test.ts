import { describe, expect, it } from '@jest/globals';
import { ext4Length } from './ext4.ts';
import { contentHeaderBytes, recogniseContent, recogniseEncoding } from './format.ts';

function superblock(fields: {
  readonly blocks: number;
  readonly blocksHigh?: number;
  readonly logBlockBytes: number;
  readonly incompatible?: number;
}): Buffer {
  const header = Buffer.alloc(contentHeaderBytes);
  header.writeUInt16LE(0xef53, 0x438);
  header.writeUInt32LE(fields.blocks, 0x404);
  header.writeUInt32LE(fields.blocksHigh ?? 0, 0x550);
  header.writeUInt32LE(fields.logBlockBytes, 0x418);
  header.writeUInt32LE(fields.incompatible ?? 0, 0x460);
  return header;
}

describe('recogniseEncoding', () => {
  it.each([
    ['1f8b08000000', 'gzip'],
    ['28b52ffd0000', 'zstd'],
    ['fd377a585a00', 'xz'],
    ['fd377a585a01', 'plain'],
    ['1f', 'plain'],
    ['', 'plain'],
  ])('takes %s for %s', (hex, encoding) => {
    expect(recogniseEncoding(Buffer.from(hex, 'hex'))).toBe(encoding);
  });
});

describe('recogniseContent', () => {
  it('knows an ext4 image and its length', () => {
    const header = superblock({ blocks: 1000, logBlockBytes: 2 });
    expect(recogniseContent(header)).toEqual({ kind: 'image', fileSystemBytes: 4_096_000 });
  });

  it('knows a tar archive', () => {
    const header = Buffer.alloc(contentHeaderBytes);
    header.write('ustar', 257);
    expect(recogniseContent(header)).toEqual({ kind: 'tar' });
  });

  it('refuses everything else', () => {
    const unknown = expect.objectContaining({ code: 'PAYLOAD_UNKNOWN' });
    expect(() => recogniseContent(Buffer.alloc(contentHeaderBytes))).toThrow(unknown);
    expect(() => recogniseContent(Buffer.from('short'))).toThrow(unknown);
  });
});

describe('ext4Length', () => {
  it('counts the upper half only where the file system has one', () => {
    const fields = { blocks: 1, blocksHigh: 1, logBlockBytes: 0 };
    expect(ext4Length(superblock(fields))).toBe(1024);
    expect(ext4Length(superblock({ ...fields, incompatible: 0x80 }))).toBe((2 ** 32 + 1) * 1024);
  });

  it('is not fooled by a magic number alone', () => {
    expect(ext4Length(superblock({ blocks: 0, logBlockBytes: 0 }))).toBeUndefined();
    expect(ext4Length(superblock({ blocks: 1, logBlockBytes: 31 }))).toBeUndefined();
  });
});
