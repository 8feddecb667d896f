import { describe, expect, it } from '@jest/globals';
import { createHash, randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { exec } from '@kubeos/host';
import { observe } from './byte-stream.ts';
import { decode } from './decode.ts';
import type { Encoding } from './format.ts';

const text = Buffer.from('plain text '.repeat(4));
const member = gzipSync(text);

async function* cutAt(bytes: Buffer, place: number): AsyncGenerator<Buffer> {
  yield bytes.subarray(0, place);
  for (let at = place; at < bytes.length; at += 100) yield bytes.subarray(at, at + 100);
}

async function wrap(program: string): Promise<Buffer> {
  const { stdout } = await exec('sh', ['-c', `${program} -c | od -An -v -tx1`], { input: text });
  return Buffer.from(stdout.replaceAll(/\s/gu, ''), 'hex');
}

/** Unwraps a stream whose first piece ends at a place, and says whether all of it was read. */
async function unwrap(
  encoding: Encoding,
  bytes: Buffer,
  place: number,
): Promise<{ readonly found: Buffer | string; readonly sawAll: boolean }> {
  const seen = createHash('sha256');
  const stream = observe(cutAt(bytes, place), (chunk) => seen.update(chunk));
  const parts: Buffer[] = [];
  let failure: string | undefined;
  try {
    for await (const part of decode(stream, encoding)) parts.push(part);
  } catch (thrown) {
    failure = (thrown as { readonly code: string }).code;
  }
  const sawAll = seen.digest('hex') === createHash('sha256').update(bytes).digest('hex');
  return { found: failure ?? Buffer.concat(parts), sawAll };
}

describe('gzip', () => {
  it.each([
    ['one member', member, text],
    ['several members', Buffer.concat([member, member]), Buffer.concat([text, text])],
    ['zeros behind the end', Buffer.concat([member, Buffer.alloc(4)]), 'PAYLOAD_CORRUPT'],
    ['other bytes behind the end', Buffer.concat([member, Buffer.from('more')]), 'PAYLOAD_CORRUPT'],
    ['a broken second member', Buffer.concat([member, member.subarray(0, 20)]), 'PAYLOAD_CORRUPT'],
  ])('with %s has one verdict however it is cut', async (_, bytes, expected) => {
    for (let place = 0; place <= bytes.length; place += 1) {
      const { found, sawAll } = await unwrap('gzip', bytes, place);
      expect({ place, found }).toEqual({ place, found: expected });
      if (Buffer.isBuffer(expected)) expect(sawAll).toBe(true);
    }
  });

  it('is read to the end although it ended before', async () => {
    const bytes = Buffer.concat([member, Buffer.alloc(1000)]);
    expect((await unwrap('gzip', bytes, member.length + 1)).sawAll).toBe(true);
  });
});

describe('a decoder program', () => {
  it.each(['zstd', 'xz'] as const)('takes nothing behind the end of %s', async (encoding) => {
    const whole = await wrap(encoding);
    expect(await unwrap(encoding, whole, 10)).toEqual({ found: text, sawAll: true });
    for (const more of [randomBytes(10), Buffer.from('more text')]) {
      const bytes = Buffer.concat([whole, more]);
      for (const place of [10, whole.length, bytes.length]) {
        expect((await unwrap(encoding, bytes, place)).found).toBe('PAYLOAD_CORRUPT');
      }
    }
  });
});
