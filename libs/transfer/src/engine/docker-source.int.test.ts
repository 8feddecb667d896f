import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type OperationProgress, type Payload, type SlotStore } from '@kubeos/core';
import { createSystemClock, exec, type Exec } from '@kubeos/host';
import { absentDigest } from '@kubeos/testing';
import { startDocker, type Engine } from '../../test/engines.fixture.ts';
import { openOciBench, type OciBench } from '../../test/oci-bench.fixture.ts';
import { makeLayer } from '../../test/oci-layer.ts';
import { digestOf, unwatched } from '../../test/slot-bench.ts';

let bench: OciBench;
let docker: Engine;
let store: SlotStore;
let name = '';
const ownHost = process.env['DOCKER_HOST'];

beforeAll(async () => {
  bench = await openOciBench('docker');
  docker = await startDocker(join(bench.folder, 'docker'));
  process.env['DOCKER_HOST'] = docker.env['DOCKER_HOST'];
  store = bench.storeWith({ clock: createSystemClock() });
  name = `${bench.open.host}/kubeos/os:2`;
}, 60_000);
afterAll(async () => {
  if (ownHost === undefined) delete process.env['DOCKER_HOST'];
  else process.env['DOCKER_HOST'] = ownHost;
  await docker.stop();
  await bench.close();
});
afterEach(async () => {
  await bench.afterTest();
  expect(await listContainers()).toBe('');
  expect(await docker.run('image', 'ls', '--all', '--quiet')).toBe('');
  expect(await readdir(join(bench.folder, 'work')).catch(() => [])).toEqual([]);
});

function listContainers(): Promise<string> {
  return docker.run('ps', '--all', '--quiet', '--no-trunc');
}

async function install(payload: Payload, watch = unwatched): Promise<void> {
  const installed = await store.install('B', payload, watch);
  expect(installed).toEqual({
    payloadDigest: payload.digest,
    slotDigest: digestOf(bench.rootImage),
  });
  expect(await store.inspect('B')).toMatchObject({ version: 'KubeOS 2.0', hasAgent: true });
}

function refused(code: string, message = ''): object {
  return { code, message: expect.stringContaining(message) };
}

describe('an image that docker pulls', () => {
  it('B-55: goes into the slot, and is gone afterwards', async () => {
    const payload = bench.payloadOf(bench.open.host);
    await store.check(payload);
    const seen: OperationProgress[] = [];
    await install(payload, {
      ...unwatched,
      onProgress: (progress: OperationProgress) => void seen.push(progress),
    });
    const steps = new Set(seen.map(({ step }) => step));
    expect(Array.from(steps)).toEqual(['Fetching', 'Writing', 'Verifying']);
  });

  it('B-42: needs no place but that of docker: nothing is copied on the way', async () => {
    const copies: boolean[] = [];
    const onProgress = ({ step }: OperationProgress): void => {
      if (step === 'Writing') copies.push(existsSync(join(bench.folder, 'work')));
    };
    await install(bench.payloadOf(bench.open.host), { ...unwatched, onProgress });
    expect(copies.length).toBeGreaterThan(0);
    expect(copies).not.toContain(true);
  });

  it('stays when it was there before', async () => {
    await docker.run('pull', '--quiet', name);
    await install(bench.payloadOf(bench.open.host));
    expect(await docker.run('image', 'ls', '--quiet', name)).not.toBe('');
    await docker.run('image', 'rm', name);
  });

  it('B-38: is known by any of its digests', async () => {
    // The same image from another repository has that name and its digest too.
    const other = `${bench.open.host}/other/os:2`;
    await docker.run('pull', '--quiet', name);
    await docker.run('tag', name, other);
    await docker.run('push', '--quiet', other);
    await docker.run('tag', name, `${bench.open.host}/another/os:2`);
    await docker.run('push', '--quiet', `${bench.open.host}/another/os:2`);
    const digests = await docker.run('image', 'inspect', '--format', '{{json .RepoDigests}}', name);
    expect(JSON.parse(digests)).toHaveLength(3);
    await install(bench.payloadOf(bench.open.host));
    for (const each of [name, other, `${bench.open.host}/another/os:2`]) {
      await docker.run('image', 'rm', each);
    }
  });

  it('B-54: is copied out of a container of ours, and no other is ever removed', async () => {
    await docker.run('pull', '--quiet', name);
    const theirs = await docker.run('create', '--name', 'my-kubeos-temp-too', name, 'none');
    const left = await docker.run(
      'create',
      '--label',
      'upgrade.openeuler.org/prepare',
      '--name',
      'kubeos-temp',
      name,
      'none',
    );
    await install(bench.payloadOf(bench.open.host));
    const ids = (await listContainers()).split('\n');
    expect(ids).toEqual([theirs]);
    expect(ids).not.toContain(left);
    await docker.run('rm', theirs);
    await docker.run('image', 'rm', name);
  });

  it('of another digest is refused', async () => {
    const payload = bench.payloadOf(bench.open.host, { digest: absentDigest });
    await expect(install(payload)).rejects.toMatchObject(
      refused('DIGEST_MISMATCH', bench.image.digest),
    );
  });

  it('is not found where there is none', async () => {
    const payload = bench.payloadOf(bench.open.host, {}, 'kubeos/os:none');
    await expect(install(payload)).rejects.toMatchObject(refused('SOURCE_NOT_FOUND'));
  });

  it('without os.tar is refused', async () => {
    const other = await makeLayer({ other: Buffer.from('x') });
    const { digest } = await bench.repository.image([[other, '']], 'empty');
    const payload = bench.payloadOf(bench.open.host, { digest }, 'kubeos/os:empty');
    await expect(install(payload)).rejects.toMatchObject(refused('PAYLOAD_UNKNOWN', 'os.tar'));
  });

  it('comes with the credentials of the node', async () => {
    const { host } = await bench.start({ auth: 'basic' });
    await expect(install(bench.payloadOf(host))).rejects.toMatchObject(refused('REGISTRY_DENIED'));
    await bench.logIn(host);
    const given: string[] = [];
    const noting: Exec = (file, args, options) => {
      given.push(args.join(' '));
      return exec(file, args, options);
    };
    const noted = bench.storeWith({ clock: createSystemClock(), exec: noting });
    await noted.install('B', bench.payloadOf(host), unwatched);
    expect(given.join('\n')).not.toContain('s3cret');
  });

  it('can be given up while it is read', async () => {
    const cancel = new AbortController();
    const watch = {
      signal: cancel.signal,
      onProgress: ({ step }: OperationProgress) => {
        if (step === 'Writing') cancel.abort();
      },
    };
    const installing = store.install('B', bench.payloadOf(bench.open.host), watch);
    await expect(installing).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});

describe('docker itself', () => {
  it('is missed before anything is written', async () => {
    const without: Exec = (file, args, options) => exec(`no-such-${file}`, args, options);
    const checking = bench.storeWith({ exec: without }).check(bench.payloadOf(bench.open.host));
    await expect(checking).rejects.toMatchObject(refused('ENGINE_UNAVAILABLE', 'docker'));
  });

  it('is missed when nobody answers', async () => {
    const env = { DOCKER_HOST: `unix://${join(bench.folder, 'nobody.sock')}` };
    const deaf: Exec = (file, args, options) => exec(file, args, { ...options, env });
    const checking = bench.storeWith({ exec: deaf }).check(bench.payloadOf(bench.open.host));
    await expect(checking).rejects.toMatchObject(refused('ENGINE_UNAVAILABLE'));
  });
});
