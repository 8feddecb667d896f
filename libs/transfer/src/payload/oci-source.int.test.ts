import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { OperationProgress } from '@kubeos/core';
import { exec } from '@kubeos/host';
import { absentDigest, indexOf, indexType, passOn } from '@kubeos/testing';
import { openOciBench, type OciBench } from '../../test/oci-bench.fixture.ts';
import { makeLayer } from '../../test/oci-layer.ts';
import { compress, digestOf, unwatched } from '../../test/slot-bench.ts';
import { ownPlatform } from './image-payload.ts';

let bench: OciBench;

beforeAll(async () => {
  bench = await openOciBench();
});
afterAll(() => bench.close());
afterEach(() => bench.afterTest());

describe('an image from its registry', () => {
  it.each(['gzip', 'zstd', 'plain'])(
    'goes into the slot from a layer that is %s',
    async (encoding) => {
      const bytes =
        encoding === 'plain' ? bench.layer : await compress(encoding, bench.folder, bench.layer);
      const suffix = encoding === 'plain' ? '' : `+${encoding}`;
      const { digest } = await bench.repository.image([[bytes, suffix]], encoding);
      await bench.expectInstalled(
        bench.payloadOf(bench.open.host, { digest }, `kubeos/os:${encoding}`),
      );
    },
  );

  it('may hold an archive of the root, packed again', async () => {
    const tar = join(bench.folder, 'root.tar');
    await exec('tar', ['-C', bench.tree, '--numeric-owner', '-cf', tar, '.']);
    const packed = await compress('gzip', bench.folder, await readFile(tar));
    const { digest } = await bench.repository.image(
      [[await makeLayer({ 'os.tar': packed }), '']],
      'tar',
    );
    const payload = bench.payloadOf(bench.open.host, { digest }, 'kubeos/os:tar');
    await bench.store.install('B', payload, unwatched);
    expect(await bench.store.inspect('B')).toMatchObject({ version: 'KubeOS 2.0' });
  });

  it('tells how far it is', async () => {
    const seen: OperationProgress[] = [];
    const watch = { ...unwatched, onProgress: (at: OperationProgress) => void seen.push(at) };
    await bench.store.install('B', bench.payloadOf(bench.open.host), watch);
    const fetching = seen.filter(({ step }) => step === 'Fetching');
    expect(fetching[0]).toMatchObject({ bytesDone: 0 });
    expect(fetching.at(-1)?.bytesDone).toBe(fetching.at(-1)?.bytesTotal);
    expect(seen.at(-1)?.step).toBe('Verifying');
  });

  it('can be named by its digest', async () => {
    await bench.expectInstalled(
      bench.payloadOf(bench.open.host, {}, `kubeos/os@${bench.image.digest}`),
    );
    const other = bench.payloadOf(bench.open.host, {}, `kubeos/os@${absentDigest}`);
    await expect(bench.store.check(other)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
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
    await bench.expectInstalled(bench.payloadOf(bench.open.host, { digest }, 'kubeos/os:index'));
  });

  it('is refused where there is none for this machine', async () => {
    const content = indexOf([
      { ...bench.image, platform: { os: 'linux', architecture: 'riscv64' } },
    ]);
    const { digest } = await bench.repository.manifest(content, indexType, 'foreign');
    const payload = bench.payloadOf(bench.open.host, { digest }, 'kubeos/os:foreign');
    await bench.expectFailure('NO_PLATFORM', payload, 'linux/riscv64');
  });

  it('is still found when its tag was moved', async () => {
    await bench.repository.image([[await makeLayer({ other: Buffer.from('y') }), '']], 'moved');
    await bench.expectInstalled(bench.payloadOf(bench.open.host, {}, 'kubeos/os:moved'));
  });

  it('is found without its tag, which may have been removed', async () => {
    await bench.expectInstalled(bench.payloadOf(bench.open.host, {}, 'kubeos/os:removed'));
  });

  it('of another digest is refused before anything of it is fetched', async () => {
    const host = await bench.startFront(() => false);
    await bench.expectFailure(
      'DIGEST_MISMATCH',
      bench.payloadOf(host, { digest: absentDigest }),
      bench.image.digest,
    );
    expect(bench.fetched.filter((path) => path.includes('/blobs/'))).toEqual([]);
  });

  it('is not found where there is none', async () => {
    await bench.expectFailure(
      'SOURCE_NOT_FOUND',
      bench.payloadOf(bench.open.host, { digest: absentDigest }, 'kubeos/os:none'),
    );
    await bench.expectFailure(
      'SOURCE_NOT_FOUND',
      bench.payloadOf(bench.open.host, {}, 'kubeos/none:2'),
    );
  });

  it('that is no image is refused by name', async () => {
    const schema1 = JSON.stringify({ schemaVersion: 1, fsLayers: [] });
    const type = 'application/vnd.docker.distribution.manifest.v1+json';
    const host = await bench.startFront((request, response) => {
      if (request.url?.includes('/manifests/') !== true) return false;
      response.writeHead(200, { 'Content-Type': type }).end(schema1);
      return true;
    });
    const digest = digestOf(Buffer.from(schema1));
    await bench.expectFailure('PAYLOAD_UNKNOWN', bench.payloadOf(host, { digest }), 'schema 1');
  });

  it('whose layer is not what the manifest says is refused, and leaves nothing', async () => {
    const host = await bench.startFront((request, response) => {
      if (request.url?.includes('/blobs/') !== true) return false;
      passOn(bench.open.url, request, response, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () => {
          const bytes = Buffer.concat(chunks);
          // The time in the header of gzip, which nothing but the digest notices.
          bytes[4] = (bytes[4] ?? 0) ^ 1;
          response.writeHead(200, { 'Content-Length': bytes.length }).end(bytes);
        });
      });
      return true;
    });
    await bench.expectFailure('DIGEST_MISMATCH', bench.payloadOf(host), 'Layer');
  });

  it.each([
    ['no os.tar', [{ other: 'x' }], 'no file /os.tar'],
    ['os.tar twice', [{ 'os.tar': 'x' }, { 'os.tar': 'y' }], 'More than one'],
    ['os.tar that is removed again', [{ 'os.tar': 'x' }, { '.wh.os.tar': '' }], 'removes'],
  ])('with %s is refused', async (what, contents, message) => {
    const layers = [];
    for (const content of contents) {
      const files = Object.entries(content).map(([name, text]) => {
        return [name, text === 'x' ? bench.rootImage : Buffer.from(text)] as const;
      });
      layers.push([await makeLayer(Object.fromEntries(files)), ''] as const);
    }
    const tag = what.replaceAll(/\W/gu, '-');
    const { digest } = await bench.repository.image(layers, tag);
    await bench.expectFailure(
      'PAYLOAD_UNKNOWN',
      bench.payloadOf(bench.open.host, { digest }, `kubeos/os:${tag}`),
      message,
    );
  });

  it('may have further layers, in which os.tar is found', async () => {
    const { digest } = await bench.repository.image(
      [
        [await makeLayer({ first: Buffer.from('1') }), ''],
        [bench.layer, ''],
        [await makeLayer({ last: Buffer.from('3') }), ''],
      ],
      'three',
    );
    await bench.expectInstalled(bench.payloadOf(bench.open.host, { digest }, 'kubeos/os:three'));
  });

  it('goes on where a connection broke', async () => {
    const ranges: (string | undefined)[] = [];
    const host = await bench.startFront((request, response) => {
      if (request.url?.includes('/blobs/') !== true) return false;
      ranges.push(request.headers.range);
      if (ranges.length > 3) return false;
      passOn(bench.open.url, request, response, (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        let left = 300_000;
        answer.on('data', (chunk: Buffer) => {
          left -= chunk.length;
          if (left > 0) response.write(chunk);
          else response.write(chunk, () => response.destroy());
        });
      });
      return true;
    });
    await bench.expectInstalled(bench.payloadOf(host));
    expect(ranges[0]).toBeUndefined();
    expect(ranges).toHaveLength(4);
    expect(ranges.slice(1).every((range) => /^bytes=[1-9]\d*-$/u.test(range ?? ''))).toBe(true);
  });

  it('can be given up while it comes', async () => {
    const cancel = new AbortController();
    const host = await bench.startFront((request, response) => {
      if (request.url?.includes('/blobs/') !== true) return false;
      response.writeHead(200, { 'Content-Length': 1_000_000_000 });
      response.write(Buffer.alloc(100_000), () => cancel.abort());
      return true;
    });
    const watch = { ...unwatched, signal: cancel.signal };
    const installing = bench.store.install('B', bench.payloadOf(host), watch);
    await expect(installing).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});
