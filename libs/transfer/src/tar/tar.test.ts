import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { TarEntry } from './tar-entry.ts';
import { renderHeader } from './tar-header.ts';
import { readTar } from './tar-reader.ts';
import { renderEntry, renderPadding, tarEnd } from './tar-writer.ts';

interface Read {
  readonly entry: TarEntry;
  readonly content: string;
}

async function read(bytes: Buffer, cut = bytes.length): Promise<Read[]> {
  async function* pieces(): AsyncGenerator<Buffer> {
    for (let at = 0; at < bytes.length; at += cut) yield bytes.subarray(at, at + cut);
  }
  const found: Read[] = [];
  for await (const { entry, content } of readTar(pieces())) {
    const parts: Buffer[] = [];
    for await (const part of content) parts.push(part);
    found.push({ entry, content: Buffer.concat(parts).toString('latin1') });
  }
  return found;
}

function write(items: readonly Read[]): Buffer {
  const rendered = items.map(({ entry, content }) =>
    Buffer.concat([
      renderEntry(entry),
      Buffer.from(content, 'latin1'),
      renderPadding(content.length),
    ]),
  );
  return Buffer.concat([...rendered, tarEnd]);
}

const byteString = fc
  .uint8Array({ minLength: 1, maxLength: 300 })
  .map((bytes) => Buffer.from(bytes.map((byte) => byte || 1)).toString('latin1'));

const item = fc
  .record({
    name: byteString,
    type: fc.constantFrom('file', 'directory', 'symbolicLink', 'fifo', 'hardLink'),
    linkName: byteString,
    mode: fc.nat(0o7777),
    uid: fc.nat(2 ** 32 - 1),
    gid: fc.nat(2 ** 32 - 1),
    mtime: fc.constantFrom('0', '1600000000', '1600000000.123456789', '-5', '99999999999'),
    attributes: fc
      .dictionary(fc.stringMatching(/^[a-z]{1,9}$/u), fc.uint8Array({ maxLength: 700 }))
      .map(
        (record) =>
          new Map(
            Object.entries(record).map(([key, value]): [string, Buffer] => [
              `SCHILY.xattr.user.${key}`,
              Buffer.from(value),
            ]),
          ),
      ),
    content: fc.uint8Array({ maxLength: 2000 }).map((bytes) => Buffer.from(bytes)),
  })
  .map(({ content, ...fields }): Read => {
    const text = fields.type === 'file' ? content.toString('latin1') : '';
    const isLink = fields.type === 'symbolicLink' || fields.type === 'hardLink';
    const linkName = isLink ? fields.linkName : '';
    const devices = { deviceMajor: 0, deviceMinor: 0 };
    return { entry: { ...fields, ...devices, linkName, size: text.length }, content: text };
  });

describe('tar', () => {
  it('reads back what it writes, however the stream is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(item, { maxLength: 5 }),
        fc.integer({ min: 1, max: 1500 }),
        async (items, cut) => {
          expect(await read(write(items), cut)).toEqual(items);
        },
      ),
      { numRuns: 50 },
    );
  });

  const plain = { name: 'a', mode: 0o600 };

  it('reads names in the GNU format', async () => {
    const name = 'n'.repeat(200);
    const bytes = Buffer.concat([
      renderHeader('L', 201, { name: '././@LongLink' }),
      Buffer.from(`${name}\0`),
      renderPadding(201),
      renderHeader('0', 0, plain),
      renderHeader('0', 0, { ...plain, name: 'b' }),
      tarEnd,
    ]);
    expect((await read(bytes)).map(({ entry }) => entry.name)).toEqual([name, 'b']);
  });

  it('reads binary numbers in the GNU format', async () => {
    const header = renderHeader('0', 0, plain);
    header.write('80000000ffffffff', 108, 'hex');
    resum(header);
    const [found] = await read(Buffer.concat([header, tarEnd]));
    expect(found?.entry.uid).toBe(0xffff_ffff);
  });

  it('joins prefix and name', async () => {
    const header = renderHeader('0', 0, plain);
    header.write('some/folder', 345, 'latin1');
    resum(header);
    const [found] = await read(Buffer.concat([header, tarEnd]));
    expect(found?.entry.name).toBe('some/folder/a');
  });

  const next = (): Buffer => Buffer.concat([renderHeader('0', 0, plain), tarEnd]);
  it.each([
    ['a wrong checksum', 'PAYLOAD_CORRUPT', Buffer.alloc(512, 'x')],
    ['a cut content', 'PAYLOAD_CORRUPT', renderHeader('0', 10, plain)],
    ['a cut header', 'PAYLOAD_CORRUPT', renderHeader('0', 0, plain).subarray(0, 100)],
    ['an unknown type', 'PAYLOAD_UNKNOWN', renderHeader('M', 0, plain)],
    ['a sparse file', 'PAYLOAD_UNKNOWN', Buffer.concat([pax('GNU.sparse.major=1'), next()])],
    ['an impossible length', 'PAYLOAD_CORRUPT', Buffer.concat([pax('size=-5'), next()])],
    ['a broken extended header', 'PAYLOAD_CORRUPT', pax('x', 7)],
    ['global headers that add up', 'PAYLOAD_UNSAFE', globals(3, 2 ** 19)],
    ['a huge extended header', 'PAYLOAD_UNSAFE', renderHeader('x', 2 ** 30, plain)],
  ])('refuses %s', async (_, code, bytes) => {
    await expect(read(bytes)).rejects.toMatchObject({ code });
  });
});

function resum(header: Buffer): void {
  header.write(' '.repeat(8), 148, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
}

/** Global headers of so many bytes each. */
function globals(count: number, size: number): Buffer {
  const one = (index: number): Buffer => {
    const text = `${size} comment-${index}=`;
    return Buffer.concat([
      renderHeader('g', size, { name: 'g' }),
      Buffer.from(`${text.padEnd(size - 1, '.')}\n`),
    ]);
  };
  return Buffer.concat([...Array.from({ length: count }, (_, index) => one(index)), tarEnd]);
}

function pax(record: string, length = record.length + (record.length < 7 ? 3 : 4)): Buffer {
  const text = `${length} ${record}\n`;
  return Buffer.concat([
    renderHeader('x', text.length, { name: 'x' }),
    Buffer.from(text),
    renderPadding(text.length),
  ]);
}
