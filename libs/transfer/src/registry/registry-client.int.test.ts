import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { IncomingMessage } from 'node:http';
import type { ServerOptions } from 'node:https';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { login, passOn, serveTokens } from '@kubeos/testing';
import { openOciBench, type OciBench } from '../../test/oci-bench.fixture.ts';

let bench: OciBench;

beforeAll(async () => {
  bench = await openOciBench();
});
afterAll(() => bench.close());
afterEach(() => bench.afterTest());

function showsCertificate(socket: unknown): boolean {
  return socket instanceof TLSSocket && Object.keys(socket.getPeerCertificate()).length > 0;
}

describe('a registry that asks who we are', () => {
  it('by user and password gets those of the node', async () => {
    const registry = await bench.start({ auth: 'basic' });
    await bench.expectFailure('REGISTRY_DENIED', bench.payloadOf(registry.host), 'none are stored');
    await bench.logIn(registry.host, 'wrong');
    await bench.expectFailure(
      'REGISTRY_DENIED',
      bench.payloadOf(registry.host),
      'With those credentials',
    );
    await bench.logIn(registry.host);
    await bench.expectInstalled(bench.payloadOf(registry.host));
  });

  it('by a token is shown one that its server of tokens made', async () => {
    const seen: IncomingMessage[] = [];
    const tokens = await bench.listen(await serveTokens(bench.certsDir, seen));
    const registry = await bench.start({ auth: { realm: `${tokens.url}/token` } });
    await bench.expectFailure(
      'REGISTRY_DENIED',
      bench.payloadOf(registry.host),
      'Without credentials',
    );
    await bench.logIn(registry.host);
    seen.length = 0;
    await bench.expectInstalled(bench.payloadOf(registry.host));
    // One token serves for the manifest and all layers.
    expect(seen).toHaveLength(1);
    const { searchParams } = new URL(seen[0]?.url ?? '', tokens.url);
    expect(Object.fromEntries(searchParams)).toEqual({
      service: 'kubeos-test',
      scope: 'repository:kubeos/os:pull',
    });
  });

  it('gets no credentials of another registry', async () => {
    const registry = await bench.start({ auth: 'basic' });
    await bench.logIn(bench.open.host);
    await bench.expectFailure('REGISTRY_DENIED', bench.payloadOf(registry.host), 'none are stored');
  });

  it.each([
    ['over http elsewhere', 'http://tokens.example/token'],
    ['by another scheme', 'file:///etc/passwd'],
    ['nowhere', 'token'],
  ])('by a token %s gets no credentials', async (_where, realm) => {
    const host = await bench.startFront((_request, response) => {
      response.writeHead(401, { 'WWW-Authenticate': `Bearer realm="${realm}"` }).end();
      return true;
    });
    await bench.logIn(host);
    await bench.expectFailure('INSECURE_REDIRECT', bench.payloadOf(host), 'not https');
  });

  it('over https may not send credentials to http', async () => {
    const seen: IncomingMessage[] = [];
    const tokens = await bench.listen(await serveTokens(bench.certsDir, seen));
    const registry = await bench.start({
      auth: { realm: `${tokens.url}/token` },
      certsDir: bench.certsDir,
    });
    await bench.logIn(registry.host);
    await bench.expectFailure(
      'INSECURE_REDIRECT',
      bench.payloadOf(registry.host, { caCert: 'ca.pem' }),
    );
    expect(seen).toEqual([]);
  });

  it('may have its tokens from another https server', async () => {
    const seen: IncomingMessage[] = [];
    const tokens = await bench.listen(await serveTokens(bench.certsDir, seen), bench.tls);
    const registry = await bench.start({
      auth: { realm: `${tokens.url}/token` },
      certsDir: bench.certsDir,
    });
    await bench.logIn(registry.host);
    await bench.expectInstalled(
      bench.payloadOf(registry.host, { caCert: 'ca.pem', allowInsecure: false }),
    );
    expect(seen).toHaveLength(1);
  });

  it('in a way that nobody knows is told', async () => {
    const host = await bench.startFront((_request, response) => {
      response.writeHead(401, { 'WWW-Authenticate': 'Negotiate' }).end();
      return true;
    });
    await bench.expectFailure('REGISTRY_DENIED', bench.payloadOf(host), 'not supported');
  });

  it('never gets further than the registry: storage elsewhere sees no credentials', async () => {
    const asked: IncomingMessage[] = [];
    const blobs = await bench.listen((request, response) => {
      asked.push(request);
      passOn(bench.open.url, request, response);
    });
    const registry = await bench.start({ auth: 'basic' });
    const front = await bench.listen((request, response) => {
      if (
        request.headers.authorization !== undefined &&
        request.url?.includes('/blobs/') === true
      ) {
        response.writeHead(307, { Location: `${blobs.url}${request.url}` }).end();
      } else passOn(registry.url, request, response);
    });
    const { host } = new URL(front.url);
    await bench.logIn(host);
    await bench.expectInstalled(bench.payloadOf(host));
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.every(({ headers }) => headers.authorization === undefined)).toBe(true);
  });
});

describe('credentials of the node', () => {
  it.each([
    ['others can read', 0o644],
    ['a group can read', 0o640],
  ])('are not used where %s them', async (_who, mode) => {
    await bench.logIn(bench.open.host, login.password, mode);
    await expect(bench.store.check(bench.payloadOf(bench.open.host))).rejects.toMatchObject({
      code: 'CREDENTIALS_UNUSABLE',
      message: expect.stringContaining('0600'),
    });
    await bench.expectFailure('CREDENTIALS_UNUSABLE', bench.payloadOf(bench.open.host));
  });
});

describe('a registry that cannot be', () => {
  it.each(['registry.example:70000', '1.2.3.4.5', '[:::::]'])('%s is refused', async (host) => {
    const payload = bench.payloadOf(host);
    const refusal = { code: 'INVALID_ARGUMENT', message: expect.stringContaining(host) };
    await expect(bench.store.check(payload)).rejects.toMatchObject(refusal);
    await bench.expectFailure('INVALID_ARGUMENT', payload, host);
  });
});

describe('a registry over https', () => {
  it('is trusted by the given CA alone', async () => {
    const { host } = await bench.start({ certsDir: bench.certsDir });
    const secure = { caCert: 'ca.pem', allowInsecure: false };
    await bench.expectInstalled(bench.payloadOf(host, secure));
    await bench.expectInstalled(bench.payloadOf(host, { ...secure, allowInsecure: true }));
    for (const allowInsecure of [true, false]) {
      await bench.expectFailure(
        'TLS_FAILED',
        bench.payloadOf(host, { caCert: 'other-ca.pem', allowInsecure }),
      );
      await bench.expectFailure('TLS_FAILED', bench.payloadOf(host, { allowInsecure }));
    }
  });

  it('is what is expected: plain http is for flagSafe alone', async () => {
    await bench.expectFailure(
      'TLS_FAILED',
      bench.payloadOf(bench.open.host, { allowInsecure: false }),
    );
  });

  it('sees our certificate where mutual TLS is wanted, and nobody else does', async () => {
    const { url } = await bench.start({
      certsDir: bench.certsDir,
      clientCa: join(bench.certsDir, 'ca.pem'),
    });
    const own = { caCert: 'ca.pem', clientCert: 'client.pem', clientKey: 'client.key' };
    const { host } = new URL(url);
    await bench.expectInstalled(bench.payloadOf(host, { ...own, mutualTls: true }));
    const shown: boolean[] = [];
    const noted: ServerOptions = { ...bench.tls, requestCert: true, rejectUnauthorized: false };
    const storage = await bench.listen((request, response) => {
      shown.push(showsCertificate(request.socket));
      passOn(bench.open.url, request, response);
    }, noted);
    const front = await bench.startFront((request, response) => {
      if (request.url?.includes('/blobs/') !== true) return false;
      response.writeHead(302, { Location: `${storage.url}${request.url}` }).end();
      return true;
    }, noted);
    await bench.expectInstalled(bench.payloadOf(front, { ...own, mutualTls: true }));
    expect(shown).toEqual([false]);
  });

  it('may not send on to http', async () => {
    const front = await bench.startFront((request, response) => {
      if (request.url?.includes('/blobs/') !== true) return false;
      response.writeHead(302, { Location: `${bench.open.url}${request.url}` }).end();
      return true;
    }, bench.tls);
    await bench.expectFailure('INSECURE_REDIRECT', bench.payloadOf(front, { caCert: 'ca.pem' }));
  });

  it('is given up when it redirects without end', async () => {
    const front = await bench.startFront((request, response) => {
      response.writeHead(302, { Location: request.url }).end();
      return true;
    });
    await bench.expectFailure('SOURCE_REFUSED', bench.payloadOf(front));
  });

  it('says why it refuses', async () => {
    const answers: readonly (readonly [number, string])[] = [
      [429, 'SOURCE_UNREACHABLE'],
      [500, 'SOURCE_UNREACHABLE'],
      [403, 'REGISTRY_DENIED'],
      [400, 'SOURCE_REFUSED'],
    ];
    for (const [status, code] of answers) {
      const front = await bench.startFront((_request, response) => {
        const errors = [{ code: 'WORD', message: 'some reason' }];
        response.writeHead(status).end(JSON.stringify({ errors }));
        return true;
      });
      await bench.expectFailure(code, bench.payloadOf(front), 'WORD some reason');
    }
  });
});
