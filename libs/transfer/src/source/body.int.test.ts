import { afterEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificates, serve, serveBody } from '../../test/payload-server.ts';
import { impatientClock, payloadOf } from '../../test/slot-bench.ts';
import { openDownload } from './download.ts';

const body = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251));
const text = body.toString('latin1');
const answer = (headers: string): string => `HTTP/1.1 200 OK\r\n${headers}\r\n\r\n`;
const known = answer(`Content-Length: ${body.length}`);

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** Sends what it is told, piece by piece, on every connection, and closes it. */
async function startRaw(pieces: readonly string[]): Promise<string> {
  const send = async (socket: Socket): Promise<void> => {
    for (const piece of pieces) {
      await new Promise((resolve) => socket.write(piece, 'latin1', resolve));
    }
    socket.end();
  };
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => void send(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function fetchAll(url: string, certsDir = '/nowhere'): Promise<Buffer> {
  const payload = payloadOf(url, body, certsDir === '/nowhere' ? {} : { caCert: 'ca.pem' });
  const deps = { clock: impatientClock, certsDir, proxyEnv: {} };
  const { chunks } = await openDownload(payload, deps, new AbortController().signal);
  const parts: Buffer[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
}

describe('a body', () => {
  const chunked = [
    answer('Transfer-Encoding: chunked'),
    `3e8\r\n${text.slice(0, 1000)}\r\n`,
    `${(body.length - 1000).toString(16)}\r\n${text.slice(1000)}\r\n0\r\n\r\n`,
  ];
  const cut = known.length - 10;
  it.each([
    ['in one piece with its headers', [known + text]],
    [
      'cut in its headers and in itself',
      [known.slice(0, cut), known.slice(cut), text.slice(0, 1), text.slice(1)],
    ],
    ['followed by what does not belong to it', [`${known}${text}HTTP/1.1 400 No\r\n\r\n`]],
    ['followed by that later', [known, text, 'more']],
    ['of unknown length', [answer('X: y'), text.slice(0, 1000), text.slice(1000)]],
    ['in chunks', chunked],
  ])('is taken %s', async (_, pieces) => {
    expect((await fetchAll(await startRaw(pieces))).equals(body)).toBe(true);
  });

  it('can be empty', async () => {
    expect(await fetchAll(await startRaw([answer('Content-Length: 0')]))).toHaveLength(0);
  });

  it('is not whole where the connection ends before', async () => {
    const url = await startRaw([known, text.slice(0, 1000)]);
    await expect(fetchAll(url)).rejects.toMatchObject({ code: 'SHORT_BODY' });
  });

  it('leaves no connection', async () => {
    const certsDir = await mkdtemp(join(tmpdir(), 'certs-'));
    closers.push(() => rm(certsDir, { recursive: true }));
    await makeCertificates(certsDir);
    const key = await readFile(join(certsDir, 'server.key'));
    const cert = await readFile(join(certsDir, 'server.pem'));
    for (const tls of [undefined, { key, cert }]) {
      const server = await serve(serveBody(body), tls);
      closers.push(() => server.close());
      expect((await fetchAll(server.url, tls && certsDir)).equals(body)).toBe(true);
      await server.idle();
    }
  });
});
