import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exec, type Exec } from '@kubeos/host';
import { absentDigest, indexOf, indexType } from '@kubeos/testing';
import {
  cancelledWhileWriting,
  openEngineBench,
  refused,
  type EngineBench,
} from '../../test/engine-bench.fixture.ts';
import type { Engine } from '../../test/engines.fixture.ts';
import { makeLayer } from '../../test/oci-layer.ts';
import { ownPlatform } from '../payload/image-payload.ts';

/** As on a node without crictl, whatever this machine has. */
const withoutCrictl: Exec = (file, args, options) =>
  exec(file === 'crictl' ? 'no-such-crictl' : file, args, options);

let bench: EngineBench;
let containerd: Engine;
let name = '';

beforeAll(async () => {
  bench = await openEngineBench('containerd', withoutCrictl);
  ({ engine: containerd, name } = bench);
}, 60_000);
afterAll(() => bench.close());
afterEach(async () => {
  await bench.afterTest();
  expect(await readFile('/proc/self/mountinfo', 'utf8')).not.toContain(join(bench.folder, 'work'));
  expect(await listImages()).toBe('');
});

function listImages(): Promise<string> {
  return containerd.run('images', 'ls', '--quiet');
}

describe('an image that containerd pulls', () => {
  it('B-55: goes into the slot, and is gone afterwards', async () => {
    const payload = bench.payloadOf(bench.open.host);
    await bench.storeBy().check(payload);
    const steps = await bench.installAndFollow(payload);
    expect(Array.from(steps.keys())).toEqual(['Fetching', 'Writing', 'Verifying']);
    const writing = steps.get('Writing');
    expect(writing?.bytesTotal).toBeGreaterThan(0);
    expect(writing?.bytesDone).toBe(writing?.bytesTotal);
    expect(await containerd.run('content', 'ls', '--quiet')).toBe('');
  });

  it('B-42: is unpacked nowhere else', async () => {
    const run: Exec = async (file, args, options) => {
      if (args.includes('rm')) expect(await containerd.run('snapshots', 'ls')).not.toContain('sha');
      return withoutCrictl(file, args, options);
    };
    await bench.install(bench.payloadOf(bench.open.host), { run });
  });

  it('stays when it was there before', async () => {
    await containerd.run('images', 'pull', '--plain-http', name);
    await bench.install(bench.payloadOf(bench.open.host));
    expect(await listImages()).toBe(name);
    await containerd.run('images', 'rm', '--sync', name);
  });

  it('B-55: that a killed agent left is removed by the next one', async () => {
    const label = 'upgrade.openeuler.org/prepare=1';
    await containerd.run('content', 'fetch', '--plain-http', '--label', label, name);
    await bench.install(bench.payloadOf(bench.open.host));
  });

  it('B-38: is found by its whole name', async () => {
    const longer = `${bench.open.host}/kubeos/os:2.1`;
    await containerd.run('images', 'pull', '--plain-http', name);
    await containerd.run('images', 'tag', name, longer);
    const other = await bench.repository.image(
      [[await makeLayer({ other: Buffer.from('z') }), '']],
      '2.1',
    );
    const payload = bench.payloadOf(bench.open.host, { digest: other.digest });
    await expect(bench.install(payload)).rejects.toMatchObject(refused('DIGEST_MISMATCH'));
    await bench.install(bench.payloadOf(bench.open.host));
    await containerd.run('images', 'rm', '--sync', name, longer);
  });

  it('is asked for where the hosts of containerd say', async () => {
    const folder = join(bench.folder, 'certs.d', 'images.example');
    await mkdir(folder, { recursive: true });
    await writeFile(
      join(folder, 'hosts.toml'),
      `server = "${bench.open.url}"\n[host."${bench.open.url}"]\ncapabilities = ["pull", "resolve"]\n`,
    );
    await bench.install(bench.payloadOf('images.example'));
  });

  it('is the one of this machine, where there are several', async () => {
    const other = await bench.repository.image([
      [await makeLayer({ other: Buffer.from('x') }), ''],
    ]);
    const content = indexOf([
      { ...other, platform: { os: 'linux', architecture: 'riscv64' } },
      { ...bench.image, platform: ownPlatform() },
    ]);
    const { digest } = await bench.repository.manifest(content, indexType, 'index');
    await bench.install(bench.payloadOf(bench.open.host, { digest }, 'kubeos/os:index'));
  });

  it('of another digest is refused', async () => {
    const payload = bench.payloadOf(bench.open.host, { digest: absentDigest });
    const message = refused('DIGEST_MISMATCH', bench.image.digest);
    await expect(bench.install(payload)).rejects.toMatchObject(message);
  });

  it('is not found where there is none, and not given to everybody', async () => {
    const none = bench.payloadOf(bench.open.host, {}, 'kubeos/os:none');
    await expect(bench.install(none)).rejects.toMatchObject(refused('SOURCE_NOT_FOUND'));
    const { host } = await bench.start({ auth: 'basic' });
    await expect(bench.install(bench.payloadOf(host))).rejects.toMatchObject(
      refused('REGISTRY_DENIED'),
    );
  });

  it('without os.tar is refused', async () => {
    const other = await makeLayer({ other: Buffer.from('x') });
    const { digest } = await bench.repository.image([[other, '']], 'empty');
    const payload = bench.payloadOf(bench.open.host, { digest }, 'kubeos/os:empty');
    await expect(bench.install(payload)).rejects.toMatchObject(
      refused('PAYLOAD_UNKNOWN', 'os.tar'),
    );
  });

  it('can be given up while it is read', async () => {
    const watch = cancelledWhileWriting();
    const installing = bench.install(bench.payloadOf(bench.open.host), { watch });
    await expect(installing).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});

describe('an image that crictl pulls', () => {
  /** What crictl does, done by ctr: there is no Debian package of it. */
  async function withCrictl(afterPull = ''): Promise<Exec> {
    const path = join(bench.folder, 'crictl');
    await writeFile(
      path,
      [
        '#!/bin/sh -e',
        'case "$1" in',
        `pull) ctr --namespace k8s.io images pull --plain-http "$2"; ${afterPull} ;;`,
        'rmi) ctr --namespace k8s.io images rm --sync "$2" ;;',
        'esac',
      ].join('\n'),
    );
    await chmod(path, 0o755);
    return (file, args, options) => exec(file === 'crictl' ? path : file, args, options);
  }

  it('goes into the slot, and is gone afterwards', async () => {
    await bench.install(bench.payloadOf(bench.open.host), { run: await withCrictl() });
  });

  it('is mounted where containerd keeps no layers that it has unpacked', async () => {
    const discard =
      'ctr --namespace k8s.io content ls | grep gc.ref.snapshot -v | grep -v gc.ref.content | cut -c1-71 | grep sha256 | xargs ctr --namespace k8s.io content rm';
    const asked: string[] = [];
    const crictl = await withCrictl(discard);
    const run: Exec = (file, args, options) => {
      asked.push(args.join(' '));
      return crictl(file, args, options);
    };
    await bench.install(bench.payloadOf(bench.open.host), { run });
    expect(asked.filter((line) => line.includes('images mount'))).toHaveLength(1);
    expect(asked.filter((line) => line.includes('images unmount --rm'))).toHaveLength(2);
    expect(await containerd.run('snapshots', 'ls')).not.toContain(bench.folder);
  });
});

describe('containerd itself', () => {
  it('is missed before anything is written', async () => {
    const without: Exec = (file, args, options) => exec(`no-such-${file}`, args, options);
    const checking = bench.storeBy(without).check(bench.payloadOf(bench.open.host));
    await expect(checking).rejects.toMatchObject(refused('ENGINE_UNAVAILABLE', 'ctr'));
  });

  it('is missed when nobody answers', async () => {
    const env = { CONTAINERD_ADDRESS: join(bench.folder, 'nobody.sock') };
    const deaf: Exec = (file, args, options) => exec(file, args, { ...options, env });
    const checking = bench.storeBy(deaf).check(bench.payloadOf(bench.open.host));
    await expect(checking).rejects.toMatchObject(refused('ENGINE_UNAVAILABLE'));
  });
});
