import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { OperationProgress } from '@kubeos/core';
import { exec, type Exec } from '@kubeos/host';
import { absentDigest } from '@kubeos/testing';
import {
  cancelledWhileWriting,
  openEngineBench,
  refused,
  type EngineBench,
} from '../../test/engine-bench.fixture.ts';
import type { Engine } from '../../test/engines.fixture.ts';
import { makeLayer } from '../../test/oci-layer.ts';
import { unwatched } from '../../test/slot-bench.ts';

let bench: EngineBench;
let docker: Engine;
let name = '';

beforeAll(async () => {
  bench = await openEngineBench('docker');
  ({ engine: docker, name } = bench);
}, 60_000);
afterAll(() => bench.close());
afterEach(async () => {
  await bench.afterTest();
  expect(await listContainers()).toBe('');
  expect(await docker.run('image', 'ls', '--all', '--quiet')).toBe('');
});

function listContainers(): Promise<string> {
  return docker.run('ps', '--all', '--quiet', '--no-trunc');
}

describe('an image that docker pulls', () => {
  it('B-55: goes into the slot, and is gone afterwards', async () => {
    const payload = bench.payloadOf(bench.open.host);
    await bench.storeBy().check(payload);
    const steps = await bench.installAndFollow(payload);
    expect(Array.from(steps.keys())).toEqual(['Fetching', 'Writing', 'Verifying']);
  });

  it('B-42: needs no place but that of docker: nothing is copied on the way', async () => {
    const copies: boolean[] = [];
    const onProgress = ({ step }: OperationProgress): void => {
      if (step === 'Writing') copies.push(existsSync(join(bench.folder, 'work')));
    };
    await bench.install(bench.payloadOf(bench.open.host), { watch: { ...unwatched, onProgress } });
    expect(copies.length).toBeGreaterThan(0);
    expect(copies).not.toContain(true);
  });

  it('stays when it was there before', async () => {
    await docker.run('pull', '--quiet', name);
    await bench.install(bench.payloadOf(bench.open.host));
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
    await bench.install(bench.payloadOf(bench.open.host));
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
    await bench.install(bench.payloadOf(bench.open.host));
    const ids = (await listContainers()).split('\n');
    expect(ids).toEqual([theirs]);
    expect(ids).not.toContain(left);
    await docker.run('rm', theirs);
    await docker.run('image', 'rm', name);
  });

  it('of another digest is refused', async () => {
    const payload = bench.payloadOf(bench.open.host, { digest: absentDigest });
    await expect(bench.install(payload)).rejects.toMatchObject(
      refused('DIGEST_MISMATCH', bench.image.digest),
    );
  });

  it('is not found where there is none', async () => {
    const payload = bench.payloadOf(bench.open.host, {}, 'kubeos/os:none');
    await expect(bench.install(payload)).rejects.toMatchObject(refused('SOURCE_NOT_FOUND'));
  });

  it('without os.tar is refused', async () => {
    const other = await makeLayer({ other: Buffer.from('x') });
    const { digest } = await bench.repository.image([[other, '']], 'empty');
    const payload = bench.payloadOf(bench.open.host, { digest }, 'kubeos/os:empty');
    await expect(bench.install(payload)).rejects.toMatchObject(
      refused('PAYLOAD_UNKNOWN', 'os.tar'),
    );
  });

  it('comes with the credentials of the node', async () => {
    const { host } = await bench.start({ auth: 'basic' });
    await expect(bench.install(bench.payloadOf(host))).rejects.toMatchObject(
      refused('REGISTRY_DENIED'),
    );
    await bench.logIn(host);
    const given: string[] = [];
    const noting: Exec = (file, args, options) => {
      given.push(args.join(' '));
      return exec(file, args, options);
    };
    await bench.install(bench.payloadOf(host), { run: noting });
    expect(given.join('\n')).not.toContain('s3cret');
  });

  it('can be given up while it is read', async () => {
    const watch = cancelledWhileWriting();
    const installing = bench.install(bench.payloadOf(bench.open.host), { watch });
    await expect(installing).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});

describe('docker itself', () => {
  it('is missed before anything is written', async () => {
    const without: Exec = (file, args, options) => exec(`no-such-${file}`, args, options);
    const checking = bench.storeBy(without).check(bench.payloadOf(bench.open.host));
    await expect(checking).rejects.toMatchObject(refused('ENGINE_UNAVAILABLE', 'docker'));
  });

  it('is missed when nobody answers', async () => {
    const env = { DOCKER_HOST: `unix://${join(bench.folder, 'nobody.sock')}` };
    const deaf: Exec = (file, args, options) => exec(file, args, { ...options, env });
    const checking = bench.storeBy(deaf).check(bench.payloadOf(bench.open.host));
    await expect(checking).rejects.toMatchObject(refused('ENGINE_UNAVAILABLE'));
  });
});
