import { createReadStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createGunzip } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseImageReference } from '@kubeos/core';
import { ociBlobPath } from '@kubeos/core/image';
import { readTar } from '@kubeos/transfer';
import { openBuildBench, type BuildBench } from '../../test/build-bench.ts';
import { epochSeconds, noise } from '../../test/small-tree.ts';
import { digestFile } from './files.ts';
import { writeDockerArchive, writeOciLayout, type UpgradeImage } from './upgrade-image.ts';

const payload = noise('root', 3_000_100);
const reference = parseImageReference('registry.example/kubeos/node:v1');

let bench: BuildBench;
let image: UpgradeImage;
const inBench = (name: string): string => join(bench.dir, name);

beforeAll(async () => {
  bench = await openBuildBench();
  await writeFile(inBench('kubeos.tar'), payload);
  image = await writeOciLayout(requestOf('layout'), bench.context);
  await writeDockerArchive(requestOf('layout'), image, inBench('image.tar'), bench.context);
});
afterAll(() => bench.close());

function requestOf(dir: string) {
  return {
    ...{ rootTar: inBench('kubeos.tar'), dir: inBench(dir) },
    facts: {
      ...{ architecture: 'amd64' as const, version: '1.0.8', title: 'KubeOS 1.0.8' },
      ...{ epochSeconds, reference },
    },
  };
}

async function skopeo(...args: readonly string[]): Promise<string> {
  return (await bench.context.exec('skopeo', args)).stdout;
}

describe('an upgrade image', () => {
  it('has one layer with the archive of the root file system', async () => {
    const layer = join(inBench('layout'), ociBlobPath(image.layer.digest));
    const found: unknown[] = [];
    for await (const { entry, content } of readTar(createReadStream(layer).pipe(createGunzip()))) {
      const parts: Buffer[] = [];
      for await (const piece of content) parts.push(piece);
      found.push([entry.name, entry.mtime, Buffer.concat(parts).equals(payload)]);
    }
    expect(found).toEqual([['os.tar', String(epochSeconds), true]]);
  });

  it('B-76: comes out the same each time, whatever was in the folder', async () => {
    await writeFile(join(inBench('layout'), 'blobs/sha256/old'), 'left over');
    expect(await writeOciLayout(requestOf('layout'), bench.context)).toEqual(image);
    const [first, second] = await Promise.all(
      ['one.tar', 'two.tar'].map((name) =>
        writeDockerArchive(requestOf('layout'), image, inBench(name), bench.context),
      ),
    );
    expect(second).toEqual(first);
    expect(first).toEqual(await digestFile(inBench('image.tar'), bench.context.signal));
  });

  it('is what others take for an OCI image', async () => {
    const told: unknown = JSON.parse(await skopeo('inspect', `oci:${inBench('layout')}:v1`));
    expect(told).toMatchObject({
      ...{ Digest: image.manifest.digest, Architecture: 'amd64', Os: 'linux' },
      ...{ Created: '2023-11-14T22:13:20Z', Layers: [image.layer.digest] },
      Labels: {
        'org.opencontainers.image.title': 'KubeOS 1.0.8',
        'org.opencontainers.image.version': '1.0.8',
      },
    });
  });

  it('is copied between layout, archive of docker and archive of OCI', async () => {
    const layout = `oci:${inBench('layout')}:v1`;
    const name = 'registry.example/kubeos/node:v1';
    await skopeo('copy', layout, `docker-archive:${inBench('exported.tar')}:${name}`);
    await skopeo(
      'copy',
      `docker-archive:${inBench('image.tar')}:${name}`,
      `oci:${inBench('a')}:v1`,
    );
    await skopeo('copy', `oci-archive:${inBench('image.tar')}:v1`, `oci:${inBench('b')}:v1`);
    const configOf = (source: string) => skopeo('inspect', '--config', '--raw', source);
    const config = await readFile(
      join(inBench('layout'), ociBlobPath(image.config.digest)),
      'utf8',
    );
    expect(await configOf(`oci:${inBench('a')}:v1`)).toBe(config);
    expect(await skopeo('inspect', '--raw', `oci:${inBench('b')}:v1`)).toBe(
      await readFile(join(inBench('layout'), ociBlobPath(image.manifest.digest)), 'utf8'),
    );
  });

  it('fails without the archive, and ends with the build', async () => {
    const absent = { ...requestOf('none'), rootTar: inBench('absent') };
    await expect(writeOciLayout(absent, bench.context)).rejects.toMatchObject({
      code: 'STORAGE_FAILED',
    });
    const ended = { ...bench.context, signal: AbortSignal.abort() };
    await expect(writeOciLayout(requestOf('none'), ended)).rejects.toMatchObject({
      code: 'CANCELLED',
    });
  });
});
