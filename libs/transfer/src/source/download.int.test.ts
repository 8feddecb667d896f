import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { OutgoingHttpHeaders, RequestListener } from 'node:http';
import type { ServerOptions } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Clock, Payload } from '@kubeos/core';
import {
  makeCertificates,
  serve,
  serveBody,
  type PayloadServer,
} from '../../test/payload-server.ts';
import { impatientClock, mib, payloadOf } from '../../test/slot-bench.ts';
import { openDownload } from './download.ts';

const body = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251));
let certsDir = '';
let tls: ServerOptions = {};
let servers: PayloadServer[] = [];

beforeAll(async () => {
  certsDir = await mkdtemp(join(tmpdir(), 'certs-'));
  await makeCertificates(certsDir);
  await writeFile(join(certsDir, 'not-a-certificate.pem'), 'text');
  const read = (name: string): Promise<Buffer> => readFile(join(certsDir, name));
  tls = { key: await read('server.key'), cert: await read('server.pem'), ca: await read('ca.pem') };
});
afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()));
  servers = [];
});
afterAll(() => rm(certsDir, { recursive: true, force: true }));

async function start(listener: RequestListener, options?: ServerOptions): Promise<string> {
  const server = await serve(listener, options);
  servers.push(server);
  return server.url;
}

async function fetchAll(
  url: string,
  change: Partial<Payload> = {},
  clock: Clock = impatientClock,
  proxyEnv: Readonly<Record<string, string>> = {},
): Promise<Buffer> {
  const signal = new AbortController().signal;
  const payload = payloadOf(url, body, change);
  const download = await openDownload(payload, { clock, certsDir, proxyEnv }, signal);
  const chunks: Buffer[] = [];
  for await (const chunk of download.chunks) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function expectBody(fetched: Promise<Buffer>): Promise<void> {
  expect((await fetched).equals(body)).toBe(true);
}

const code = (name: string): object => expect.objectContaining({ code: name });

describe('download over http', () => {
  it('B-43: is taken only where it was allowed, whatever the case of the scheme', async () => {
    const url = await start(serveBody(body));
    await expectBody(fetchAll(url.replace('http', 'HTTP')));
    await expect(fetchAll(url, { allowInsecure: false })).rejects.toEqual(code('INSECURE_SOURCE'));
    const file = fetchAll('file:///etc/passwd');
    await expect(file).rejects.toEqual(code('INVALID_ARGUMENT'));
  });

  it('B-43: goes on where the connection broke', async () => {
    const ranges: (string | undefined)[] = [];
    const url = await start(
      serveBody(body, { breakAfter: 100_000, onRequest: (range) => ranges.push(range) }),
    );
    await expectBody(fetchAll(url));
    expect(ranges[0]).toBeUndefined();
    expect(ranges.length).toBeGreaterThan(2);
    expect(ranges.slice(1).every((range) => /^bytes=\d+-$/u.test(range ?? ''))).toBe(true);
  });

  it('goes on at a server without ranges', async () => {
    let requests = 0;
    const whole = serveBody(body, { noRanges: true });
    const broken = serveBody(body, { noRanges: true, breakAfter: 100_000 });
    const url = await start((request, response) => {
      requests += 1;
      (requests === 1 ? broken : whole)(request, response);
    });
    await expectBody(fetchAll(url));
    expect(requests).toBe(2);
  });

  it('outlasts a server that is away for a moment', async () => {
    let requests = 0;
    const broken = serveBody(body, { breakAfter: 100_000 });
    const url = await start((request, response) => {
      requests += 1;
      if (requests === 2 || requests === 3) response.writeHead(503).end();
      else (requests === 1 ? broken : serveBody(body))(request, response);
    });
    await expectBody(fetchAll(url));
  });

  it('refuses to join two different versions', async () => {
    let requests = 0;
    const url = await start((request, response) => {
      requests += 1;
      const version = requests === 1 ? body : body.subarray(1);
      serveBody(version, { noRanges: true, breakAfter: 100_000 })(request, response);
    });
    await expect(fetchAll(url)).rejects.toEqual(code('SOURCE_REFUSED'));
  });

  it('gives up on a body that stays short', async () => {
    const url = await start((request, response) => {
      if (request.headers.range === undefined) {
        response.writeHead(200, { 'Content-Length': body.length });
        response.write(body.subarray(0, 1000), () => response.destroy());
      } else {
        response.writeHead(206, { 'Content-Range': `bytes 1000-${body.length - 1}/*` });
        response.flushHeaders();
        response.destroy();
      }
    });
    await expect(fetchAll(url)).rejects.toEqual(code('SHORT_BODY'));
  });

  it('refuses another range than the one that was asked for', async () => {
    let requests = 0;
    const url = await start((request, response) => {
      requests += 1;
      if (requests === 1) serveBody(body, { breakAfter: 1000 })(request, response);
      else response.writeHead(206, { 'Content-Range': 'bytes 5-9/300000' }).end('56789');
    });
    await expect(fetchAll(url)).rejects.toEqual(code('SOURCE_REFUSED'));
  });

  /** The first answer breaks off; the second is a partial one with these changes. */
  const changing = (first: OutgoingHttpHeaders, second: OutgoingHttpHeaders): RequestListener => {
    let requests = 0;
    return (request, response) => {
      requests += 1;
      if (requests === 1) {
        response.writeHead(200, { 'Content-Length': body.length, ...first });
        response.write(body.subarray(0, 1000), () => response.destroy());
        return;
      }
      expect(request.headers.range).toBe('bytes=1000-');
      const range = `bytes 1000-${body.length - 1}/${body.length}`;
      response.writeHead(206, { 'Content-Range': range, ...second });
      response.end(body.subarray(1000));
    };
  };
  const monday = 'Mon, 05 Jan 2026 00:00:00 GMT';
  const tuesday = 'Tue, 06 Jan 2026 00:00:00 GMT';

  it.each([
    ['another ETag', { ETag: '"a"' }, { ETag: '"b"' }],
    ['another weak ETag', { ETag: 'W/"a"' }, { ETag: 'W/"b"' }],
    ['another time', { 'Last-Modified': monday }, { 'Last-Modified': tuesday }],
    ['another length', {}, { 'Content-Range': `bytes 1000-${body.length - 1}/${body.length + 1}` }],
    ['no range', {}, { 'Content-Range': '' }],
  ])('refuses to go on with %s', async (_, first, second) => {
    const url = await start(changing(first, second));
    await expect(fetchAll(url)).rejects.toEqual(code('SOURCE_REFUSED'));
  });

  it.each([
    ['the same ETag', { ETag: '"a"' }, { ETag: '"a"' }],
    ['the same weak ETag', { ETag: 'W/"a"' }, { ETag: 'W/"a"' }],
    ['no further word', { ETag: '"a"', 'Last-Modified': monday }, {}],
    ['a length that it does not tell', {}, { 'Content-Range': `bytes 1000-${body.length - 1}/*` }],
  ])('goes on with %s', async (_, first, second) => {
    await expectBody(fetchAll(await start(changing(first, second))));
  });

  it('refuses to go on where the server has no such range any more', async () => {
    let requests = 0;
    const url = await start((request, response) => {
      requests += 1;
      if (requests === 1) serveBody(body, { breakAfter: 1000 })(request, response);
      else response.writeHead(416, { 'Content-Range': 'bytes */500' }).end();
    });
    await expect(fetchAll(url)).rejects.toEqual(code('SOURCE_REFUSED'));
    expect(requests).toBe(2);
  });

  it.each([
    [404, 'SOURCE_NOT_FOUND'],
    [410, 'SOURCE_NOT_FOUND'],
    [403, 'SOURCE_REFUSED'],
    [429, 'SOURCE_UNREACHABLE'],
    [500, 'SOURCE_UNREACHABLE'],
    [304, 'SOURCE_REFUSED'],
  ])('translates status %i to %s', async (status, name) => {
    const url = await start((_, response) => response.writeHead(status).end());
    await expect(fetchAll(url)).rejects.toEqual(code(name));
  });

  it('says when nobody listens', async () => {
    const url = await start(serveBody(body));
    await Promise.all(servers.map((server) => server.close()));
    servers = [];
    await expect(fetchAll(url)).rejects.toEqual(code('SOURCE_UNREACHABLE'));
  });

  it('does not wait for an answer for ever', async () => {
    const url = await start(() => undefined);
    const hasty: Clock = { ...impatientClock, sleep: async () => undefined };
    await expect(fetchAll(url, {}, hasty)).rejects.toEqual(code('SOURCE_UNREACHABLE'));
  });

  it('gives up when nothing comes for ten minutes', async () => {
    let nowMs = 0;
    const url = await start((_, response) => {
      response.writeHead(200, { 'Content-Length': body.length });
      response.write(body.subarray(0, 1000));
    });
    const clock: Clock = {
      now: () => ({ wallMs: 0, monotonicMs: nowMs }),
      sleep: (milliseconds, signal) => {
        // The deadline of the connection never comes, that of the body at once.
        if (milliseconds < 600_000) return impatientClock.sleep(milliseconds, signal);
        nowMs += milliseconds;
        return Promise.resolve();
      },
    };
    await expect(fetchAll(url, {}, clock)).rejects.toEqual(code('STALLED'));
  });

  it('goes through the proxy of the environment', async () => {
    const asked: string[] = [];
    const proxy = await start((request, response) => {
      asked.push(request.url ?? '');
      serveBody(body)(request, response);
    });
    const env = { HTTP_PROXY: proxy, NO_PROXY: 'localhost' };
    await expectBody(fetchAll('http://images.example/os.img', {}, impatientClock, env));
    expect(asked).toEqual(['http://images.example/os.img']);
  });

  it('goes past the proxy where the environment says so', async () => {
    const proxy = await start((_, response) => response.writeHead(403).end());
    const url = await start(serveBody(body));
    for (const NO_PROXY of ['127.0.0.1', '*', 'images.example,127.0.0.1']) {
      await expectBody(fetchAll(url, {}, impatientClock, { HTTP_PROXY: proxy, NO_PROXY }));
    }
    const proxied = fetchAll(url, {}, impatientClock, { HTTP_PROXY: proxy, NO_PROXY: 'other' });
    await expect(proxied).rejects.toEqual(code('SOURCE_REFUSED'));
  });
});

describe('a receiver slower than the connection', () => {
  it.each(['http', 'https'])('gets the published digest over %s', async (scheme) => {
    const image = randomBytes(4 * mib);
    const url = await start(serveBody(image), scheme === 'https' ? tls : undefined);
    const deps = { clock: impatientClock, certsDir, proxyEnv: {} };
    const signal = new AbortController().signal;
    const payload = payloadOf(url, image, { caCert: 'ca.pem' });
    const { chunks } = await openDownload(payload, deps, signal);
    const hash = createHash('sha256');
    for await (const chunk of chunks) {
      // The connection has the time to run full before the next chunk is asked for.
      for (let turn = 0; turn < 20; turn += 1) await setImmediate();
      hash.update(chunk);
    }
    expect(`sha256:${hash.digest('hex')}`).toBe(payload.digest);
  });
});

describe('redirects', () => {
  const to = (location: string): RequestListener => {
    return (_, response) => response.writeHead(302, { Location: location }).end();
  };

  it('are followed, and from http to https too', async () => {
    const end = await start(serveBody(body), tls);
    const middle = await start(to(`${end}/image`), tls);
    const first = await start(to(`${middle}/there`));
    await expectBody(fetchAll(first, { caCert: 'ca.pem' }));
  });

  it('are never followed from https to http', async () => {
    const end = await start(serveBody(body));
    const first = await start(to(end), tls);
    await expect(fetchAll(first, { caCert: 'ca.pem' })).rejects.toEqual(code('INSECURE_REDIRECT'));
  });

  it('end somewhere', async () => {
    const url = await start(to('/again'));
    await expect(fetchAll(url)).rejects.toEqual(code('SOURCE_REFUSED'));
  });
});

describe('download over https', () => {
  it('B-43: trusts the given CA alone', async () => {
    const url = await start(serveBody(body), tls);
    await expectBody(fetchAll(url, { caCert: 'ca.pem', allowInsecure: false }));
    const wrong = fetchAll(url, { caCert: 'other-ca.pem' });
    await expect(wrong).rejects.toEqual(code('TLS_FAILED'));
    await expect(fetchAll(url)).rejects.toEqual(code('TLS_FAILED'));
  });

  it('says when the other side speaks no TLS', async () => {
    const url = await start(serveBody(body));
    const plain = fetchAll(url.replace('http', 'https'), { caCert: 'ca.pem' });
    await expect(plain).rejects.toEqual(code('TLS_FAILED'));
  });

  it('presents a client certificate where mutual TLS is wanted', async () => {
    const url = await start(serveBody(body), {
      ...tls,
      requestCert: true,
      rejectUnauthorized: true,
    });
    const own = { caCert: 'ca.pem', clientCert: 'client.pem', clientKey: 'client.key' };
    await expectBody(fetchAll(url, { ...own, mutualTls: true }));
    await expect(fetchAll(url, own)).rejects.toMatchObject({
      code: expect.stringMatching(/TLS_FAILED|SOURCE_UNREACHABLE/u),
    });
  });

  it('presents a client certificate that has expired, and is turned away', async () => {
    const url = await start(serveBody(body), {
      ...tls,
      requestCert: true,
      rejectUnauthorized: true,
    });
    const own = { caCert: 'ca.pem', clientCert: 'expired.pem', clientKey: 'other-ca.key' };
    await expect(fetchAll(url, { ...own, mutualTls: true })).rejects.toMatchObject({
      code: expect.stringMatching(/TLS_FAILED|SOURCE_UNREACHABLE/u),
    });
  });

  it.each(['../ca.pem', '/etc/passwd', 'a/b', '..', '.', '', '.hidden', 'a\0b'])(
    'B-53: refuses the certificate name %j',
    async (name) => {
      const asked = fetchAll('https://127.0.0.1:1', { caCert: name });
      await expect(asked).rejects.toEqual(code('INVALID_ARGUMENT'));
    },
  );

  it.each([
    [{ caCert: 'missing.pem' }, 'CERTIFICATE_UNUSABLE'],
    [{ caCert: 'not-a-certificate.pem' }, 'CERTIFICATE_UNUSABLE'],
    [
      { mutualTls: true, clientCert: 'client.pem', clientKey: 'server.key' },
      'CERTIFICATE_UNUSABLE',
    ],
    [{ mutualTls: true, clientCert: 'client.pem' }, 'INVALID_ARGUMENT'],
  ])('translates %j to %s', async (change, name) => {
    await expect(fetchAll('https://127.0.0.1:1', change)).rejects.toEqual(code(name));
  });
});
