import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseImageReference } from '@kubeos/core';
import { ociBlobPath, type ImageArch } from '@kubeos/core/image';
import { openBuildBench, type BuildBench } from '../../test/build-bench.ts';
import { epochSeconds, noise } from '../../test/small-tree.ts';
import {
  buildLayer,
  writeContainerImage,
  type BuiltLayer,
  type ContainerImage,
} from './container-image.ts';
import type { LayerFile } from './layer-files.ts';
import { archiveLayout } from './layout.ts';

let bench: BuildBench;
const layers = {} as Record<ImageArch | 'app', BuiltLayer>;
const at = (name: string): string => join(bench.dir, name);

const systemFiles = (arch: string): readonly LayerFile[] => [
  { kind: 'file', path: 'usr/bin/run', content: { file: at('program') }, executable: true },
  { kind: 'link', path: 'bin', target: 'usr/bin' },
  { kind: 'file', path: 'etc/arch', content: Buffer.from(arch) },
];

beforeAll(async () => {
  bench = await openBuildBench();
  await writeFile(at('program'), noise('program', 100_000));
  for (const arch of ['amd64', 'arm64'] as const) {
    layers[arch] = await buildLayer(
      at(`layer-${arch}`),
      systemFiles(arch),
      'system',
      bench.context,
    );
  }
  const app: LayerFile = { kind: 'file', path: 'app/x.cjs', content: Buffer.from('0') };
  layers.app = await buildLayer(at('layer-app'), [app], 'app', bench.context);
});
afterAll(() => bench.close());

function write(name: string): Promise<ContainerImage> {
  const platform = (architecture: ImageArch) => ({
    facts: {
      ...{ architecture, version: '1.2.3', title: 'x', epochSeconds },
      process: { entrypoint: ['/usr/bin/run'], user: '65532:6552', env: { PATH: '/usr/bin' } },
    },
    layers: [layers[architecture], layers.app],
  });
  return writeContainerImage({
    dir: at(name),
    reference: parseImageReference('kubeos/x:1.2.3'),
    platforms: [platform('amd64'), platform('arm64')],
  });
}

async function inspect(source: string, ...more: readonly string[]): Promise<unknown> {
  return JSON.parse((await bench.context.exec('skopeo', [...more, 'inspect', source])).stdout);
}

describe('an image of containers', () => {
  it('is one index with an image for each platform, which share what is equal', async () => {
    const image = await write('image');
    expect(image.platforms.map(({ architecture }) => architecture)).toEqual(['amd64', 'arm64']);
    // Two layers of the platforms and one of the program; configuration and manifest twice; the index.
    expect(image.blobs).toHaveLength(8);
    for (const { architecture, manifest } of image.platforms) {
      const told = await inspect(`oci:${at('image')}:1.2.3`, '--override-arch', architecture);
      expect(told).toMatchObject({
        ...{ Architecture: architecture, Created: '2023-11-14T22:13:20Z' },
        Layers: [layers[architecture], layers.app].map(({ descriptor }) => descriptor.digest),
        Labels: { 'org.opencontainers.image.version': '1.2.3' },
      });
      expect(manifest.size).toBeGreaterThan(0);
    }
  });

  it('comes out the same each time, and from files in any order', async () => {
    expect(await write('again')).toEqual(await write('image'));
    const files = systemFiles('amd64').toReversed();
    const layer = await buildLayer(at('reversed'), files, 'system', bench.context);
    expect(layer).toEqual({ ...layers.amd64, dir: at('reversed') });
  });

  it('is unpacked as it was meant: all of root, without times, links as links', async () => {
    const path = join(at('layer-amd64'), ociBlobPath(layers.amd64.descriptor.digest));
    const args = ['--list', '--verbose', '--numeric-owner', '--utc', '--file', path];
    const { stdout } = await bench.context.exec('tar', args);
    expect(stdout.trimEnd().replaceAll(/ +/gu, ' ').split('\n')).toEqual([
      'lrwxrwxrwx 0/0 0 1970-01-01 00:00 bin -> usr/bin',
      'drwxr-xr-x 0/0 0 1970-01-01 00:00 etc/',
      '-rw-r--r-- 0/0 5 1970-01-01 00:00 etc/arch',
      'drwxr-xr-x 0/0 0 1970-01-01 00:00 usr/',
      'drwxr-xr-x 0/0 0 1970-01-01 00:00 usr/bin/',
      '-rwxr-xr-x 0/0 100000 1970-01-01 00:00 usr/bin/run',
    ]);
  });

  it('goes into one file that others read', async () => {
    const { index, blobs } = await write('image');
    const file = at('image.tar');
    await archiveLayout({ dir: at('image'), blobs, epochSeconds, file }, bench.context);
    const copy = ['copy', '--all', `oci-archive:${file}:1.2.3`, `oci:${at('copy')}:1.2.3`];
    await bench.context.exec('skopeo', copy);
    const found = await readFile(join(at('copy'), ociBlobPath(index.digest)));
    expect(found).toHaveLength(index.size);
  });

  it.each([
    ['a file twice', ['a', 'a'], 'A layer has a twice'],
    ['a file in the place of a folder', ['a', 'a/b'], 'A layer has a as a folder and as a file'],
  ])('with %s is refused', async (_what, paths, message) => {
    const files = paths.map((path) => ({ kind: 'file' as const, path, content: Buffer.alloc(0) }));
    await expect(buildLayer(at('wrong'), files, 'wrong', bench.context)).rejects.toMatchObject({
      ...{ code: 'INVALID_ARGUMENT', message },
    });
  });
});
