import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash, randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Descriptor, Digest } from '@kubeos/core';
import { createSystemClock, exec, type Exec } from '@kubeos/host';
import {
  createTestAuthority,
  login,
  passOn,
  serveTokens,
  startRegistry,
  type RegistryServer,
  type RegistrySetup,
} from '@kubeos/testing';
import type { BuildContext } from '../build-context.ts';
import { pushOciLayout, type PushedImage, type PushOptions } from './push-oci-layout.ts';

const mib = 1024 * 1024;
const type = (name: string): string => `application/vnd.oci.image.${name}`;
let folder = '';
let open: RegistryServer;
let layout = '';
let manifest: Descriptor;
let layer: Descriptor;
const closers: (() => Promise<unknown>)[] = [];
const steps: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'push-'));
  await mkdir(join(folder, 'certs'));
  const authority = await createTestAuthority(join(folder, 'certs'), 'ca');
  await authority.issue('server');
  open = await startRegistry({ folder: join(folder, 'open') });
  layout = join(folder, 'layout');
  await mkdir(join(layout, 'blobs/sha256'), { recursive: true });
  layer = await put(randomBytes(40 * mib), type('layer.v1.tar'));
  const config = await put(
    Buffer.from('{"architecture":"amd64","os":"linux"}'),
    type('config.v1+json'),
  );
  manifest = await putJson({ config, layers: [layer] }, type('manifest.v1+json'));
  await writeIndex(layout, [manifest]);
});
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
  await rm(join(folder, 'docker'), { recursive: true, force: true });
  steps.length = 0;
});
afterAll(async () => {
  await open.close();
  await rm(folder, { recursive: true });
});

async function put(bytes: Buffer, mediaType: string): Promise<Descriptor> {
  const hex = createHash('sha256').update(bytes).digest('hex');
  await writeFile(join(layout, 'blobs/sha256', hex), bytes);
  return { mediaType, digest: `sha256:${hex}`, size: bytes.length };
}

function putJson(content: object, mediaType: string): Promise<Descriptor> {
  return put(Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, ...content })), mediaType);
}

async function writeIndex(dir: string, manifests: readonly Descriptor[]): Promise<void> {
  await writeFile(join(dir, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }));
}

async function start(setup: Partial<RegistrySetup>): Promise<RegistryServer> {
  const server = await startRegistry({
    folder: await mkdtemp(join(folder, 'registry-')),
    ...setup,
  });
  closers.push(() => server.close());
  return server;
}

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(async () => {
    server.closeAllConnections();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function push(
  host: string,
  change: Partial<
    PushOptions & { readonly name: string; readonly exec: Exec; readonly signal: AbortSignal }
  > = {},
): Promise<PushedImage> {
  const {
    name = 'kubeos/os:2',
    exec: run = exec,
    signal = new AbortController().signal,
    ...more
  } = change;
  const context: BuildContext = { exec: run, signal, progress: (step) => void steps.push(step) };
  const options: PushOptions = {
    dockerConfigDir: join(folder, 'docker'),
    proxyEnv: {},
    clock: createSystemClock(),
    allowInsecure: true,
    pause: async () => undefined,
    ...more,
  };
  return pushOciLayout(layout, `${host}/${name}`, options, context);
}

async function writeDockerConfig(config: object): Promise<void> {
  await mkdir(join(folder, 'docker'), { recursive: true });
  await writeFile(join(folder, 'docker/config.json'), JSON.stringify(config));
}

const basic = Buffer.from(`${login.user}:${login.password}`).toString('base64');
const failed = (code: string, message = ''): object => ({
  code,
  message: expect.stringContaining(message),
});

describe('the push of a layout', () => {
  it('puts everything there, so that a registry gives it by its tag', async () => {
    const { url, host } = await start({});
    expect(await push(host)).toEqual({
      reference: `${host}/kubeos/os:2`,
      digest: manifest.digest,
      sent: 2,
      pieces: 2,
    });
    const given = await fetch(`${url}/v2/kubeos/os/manifests/2`, {
      headers: { Accept: type('manifest.v1+json') },
    });
    expect(given.headers.get('docker-content-digest')).toBe(manifest.digest);
    const blob = await fetch(`${url}/v2/kubeos/os/blobs/${layer.digest}`);
    const hash = createHash('sha256').update(Buffer.from(await blob.arrayBuffer()));
    expect(`sha256:${hash.digest('hex')}`).toBe(layer.digest);
    expect(steps.some((step) => step.includes(layer.digest))).toBe(true);
  });

  it('can be repeated, and then sends nothing', async () => {
    const { host } = await start({});
    await push(host);
    expect(await push(host)).toMatchObject({ sent: 0, pieces: 2 });
    expect(await push(host, { name: 'kubeos/os:3' })).toMatchObject({ sent: 0 });
  });

  it.each([
    // The registry counts what it got, and takes up an upload only where both agree.
    ['goes on where a connection broke', false, 4, 1],
    ['begins a piece anew where the answer for a part of it was lost', true, 5, 2],
  ])('%s', async (_what, isTaken, wantedParts, wantedUploads) => {
    const { url } = await start({});
    let parts = 0;
    const uploads: (string | undefined)[] = [];
    const host = await listen((request, response) => {
      if (request.method === 'PATCH') parts += 1;
      if (request.method === 'POST') uploads.push(request.url);
      if (request.method !== 'PATCH' || parts !== 2) passOn(url, request, response);
      else if (isTaken) {
        passOn(url, request, response, (answer) => {
          answer.resume();
          answer.on('end', () => response.destroy());
        });
      } else response.destroy();
    });
    expect(await push(host)).toMatchObject({ sent: 2 });
    expect(parts).toBe(wantedParts);
    // One more is of the configuration.
    expect(uploads).toHaveLength(wantedUploads + 1);
  });

  it('is given up at a registry that forgets', async () => {
    const { url } = await start({});
    let begun = 0;
    const host = await listen((request, response) => {
      if (request.method === 'POST') begun += 1;
      const isLost =
        request.method === 'PATCH' && request.headers['content-range']?.startsWith('0-') !== true;
      if (isLost || (request.method === 'GET' && request.url?.includes('uploads') === true)) {
        response.writeHead(404).end();
      } else passOn(url, request, response);
    });
    await expect(push(host)).rejects.toMatchObject(failed('SOURCE_NOT_FOUND'));
    expect(begun).toBeLessThan(10);
  });

  it('takes an index of several platforms with all that it names', async () => {
    const { url, host } = await start({});
    const index = await putJson({ manifests: [manifest] }, type('index.v1+json'));
    await writeIndex(layout, [index]);
    try {
      expect(await push(host)).toMatchObject({ digest: index.digest, sent: 2 });
    } finally {
      await writeIndex(layout, [manifest]);
    }
    const given = await fetch(`${url}/v2/kubeos/os/manifests/${manifest.digest}`, {
      headers: { Accept: type('manifest.v1+json') },
    });
    expect(given.status).toBe(200);
  });

  it('can be stopped', async () => {
    const stop = new AbortController();
    const host = await listen(() => stop.abort());
    await expect(push(host, { signal: stop.signal })).rejects.toMatchObject(failed('CANCELLED'));
  });

  it.each([
    ['a digest in place of a tag', `kubeos/os@sha256:${'0'.repeat(64)}`, 'tag'],
    ['no name', 'Kubeos/OS', 'repository'],
  ])('to %s is refused', async (_what, name, message) => {
    await expect(push(open.host, { name })).rejects.toMatchObject(
      failed('INVALID_ARGUMENT', message),
    );
  });

  it('of something else is refused', async () => {
    await writeIndex(layout, []);
    try {
      await expect(push(open.host)).rejects.toMatchObject(
        failed('PAYLOAD_UNKNOWN', 'not one image'),
      );
    } finally {
      await writeIndex(layout, [manifest]);
    }
  });
});

describe('the credentials of a push', () => {
  it('are those that docker keeps', async () => {
    const { host } = await start({ auth: 'basic' });
    await expect(push(host)).rejects.toMatchObject(failed('REGISTRY_DENIED'));
    await writeDockerConfig({ auths: { [host]: { auth: basic } } });
    expect(await push(host)).toMatchObject({ sent: 2 });
  });

  it('buy a token that allows to push', async () => {
    const seen: Parameters<typeof serveTokens>[1] = [];
    const tokens = await listen(await serveTokens(join(folder, 'certs'), seen));
    const own = await mkdtemp(join(folder, 'tokens-'));
    await mkdir(join(own, 'certs'));
    await writeFile(join(own, 'certs/ca.pem'), await readFile(join(folder, 'certs/ca.pem')));
    const { host } = await start({ folder: own, auth: { realm: `http://${tokens}/token` } });
    await writeDockerConfig({ auths: { [host]: { auth: basic } } });
    expect(await push(host)).toMatchObject({ sent: 2 });
    const { searchParams } = new URL(seen.at(-1)?.url ?? '', `http://${tokens}`);
    // The registry names the two in the order of a Go map.
    expect(searchParams.get('scope')).toMatch(/^repository:kubeos\/os:(pull,push|push,pull)$/);
  });

  it('come from the helper that docker asks', async () => {
    const { host } = await start({ auth: 'basic' });
    const bin = await mkdtemp(join(folder, 'bin-'));
    const helper = join(bin, 'docker-credential-kept');
    const answer = JSON.stringify({
      ServerURL: host,
      Username: login.user,
      Secret: login.password,
    });
    await writeFile(
      helper,
      `#!/bin/sh\n[ "$1" = get ] && [ "$(cat)" = '${host}' ] && echo '${answer}' && exit 0\necho 'credentials not found in native keychain'\nexit 1\n`,
    );
    await chmod(helper, 0o755);
    const withHelper: Exec = (file, args, options) =>
      exec(file, args, { ...options, env: { PATH: [bin, process.env['PATH']].join(delimiter) } });
    await writeDockerConfig({ auths: { [host]: {} }, credsStore: 'kept' });
    expect(await push(host, { exec: withHelper })).toMatchObject({ sent: 2 });
    await expect(push(open.host, { exec: withHelper })).resolves.toBeDefined();
    await writeDockerConfig({ credHelpers: { [host]: '../evil' } });
    await expect(push(host)).rejects.toMatchObject(failed('CREDENTIALS_UNUSABLE'));
  });

  it('are told to be unusable without a word of them', async () => {
    await writeDockerConfig({ auths: { [open.host]: { auth: 'c2VjcmV0' } } });
    const pushing = push(open.host);
    await expect(pushing).rejects.toMatchObject(failed('CREDENTIALS_UNUSABLE', open.host));
    await expect(pushing).rejects.not.toMatchObject({
      message: expect.stringMatching(/c2VjcmV0|secret/u),
    });
  });
});

describe('the push over https', () => {
  it('trusts the given CA alone', async () => {
    const { host } = await start({ certsDir: join(folder, 'certs') });
    const secure = { allowInsecure: false };
    await expect(push(host, secure)).rejects.toMatchObject(failed('TLS_FAILED'));
    expect(await push(host, { ...secure, caFile: join(folder, 'certs/ca.pem') })).toMatchObject({
      digest: manifest.digest satisfies Digest,
    });
  });
});
