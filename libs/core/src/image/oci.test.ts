import { describe, expect, it } from '@jest/globals';
import {
  parseImageReference,
  readManifest,
  selectPlatform,
  type Descriptor,
} from '../registry/index.ts';
import {
  ociBlobPath,
  ociLabels,
  ociTypes,
  renderDockerManifest,
  renderOciConfig,
  renderOciIndex,
  renderOciManifest,
  type OciImageFacts,
  type OciLayer,
} from './oci.ts';

const facts: OciImageFacts = {
  architecture: 'amd64',
  version: '1.0.8',
  title: 'KubeOS 1.0.8',
  epochSeconds: 1_700_000_000,
};
const named = { ...facts, reference: parseImageReference('registry.example:5000/kubeos/node:v1') };
const descriptor = (mediaType: string, digit: string): Descriptor => ({
  ...{ mediaType, digest: `sha256:${digit.repeat(64)}`, size: 7 },
});
const config = descriptor(ociTypes.config, '1');
const layer = descriptor(ociTypes.layer, '2');
const other = descriptor(ociTypes.layer, '4');
const layers: readonly OciLayer[] = [
  { descriptor: layer, diffId: `sha256:${'a'.repeat(64)}`, createdBy: 'kbimg' },
];
const manifest = descriptor(ociTypes.manifest, '3');

describe('the documents of an image', () => {
  it('are those that nodes read', () => {
    expect(readManifest(renderOciManifest(facts, config, layers))).toEqual({
      ...{ kind: 'image', config, layers: [layer] },
    });
    const index = readManifest(renderOciIndex([{ descriptor: manifest, architecture: 'amd64' }]));
    expect(
      index.kind === 'index' && selectPlatform(index, { os: 'linux', architecture: 'amd64' }),
    ).toEqual(manifest);
  });

  it('say what is in it and when it was made', () => {
    const labels = {
      'org.opencontainers.image.created': '2023-11-14T22:13:20Z',
      'org.opencontainers.image.title': 'KubeOS 1.0.8',
      'org.opencontainers.image.version': '1.0.8',
    };
    expect(JSON.parse(renderOciConfig(facts, layers))).toMatchObject({
      ...{ architecture: 'amd64', os: 'linux', created: '2023-11-14T22:13:20Z' },
      config: { Labels: labels },
      rootfs: { type: 'layers', diff_ids: [`sha256:${'a'.repeat(64)}`] },
    });
    expect(JSON.parse(renderOciManifest(facts, config, layers))).toMatchObject({
      annotations: labels,
    });
  });

  it('carry the name under which engines file it, where it has one', () => {
    expect(
      JSON.parse(renderOciIndex([{ descriptor: manifest, reference: named.reference }])),
    ).toMatchObject({
      manifests: [
        {
          annotations: {
            'org.opencontainers.image.ref.name': 'v1',
            'io.containerd.image.name': 'registry.example:5000/kubeos/node:v1',
          },
        },
      ],
    });
    expect(renderOciIndex([{ descriptor: manifest, architecture: 'amd64' }])).not.toContain(
      'annotations',
    );
    expect(JSON.parse(renderDockerManifest(named, 'c', 'l'))).toEqual([
      { Config: 'c', RepoTags: ['registry.example:5000/kubeos/node:v1'], Layers: ['l'] },
    ]);
    expect(JSON.parse(renderDockerManifest(facts, 'c', 'l'))).toMatchObject([{ RepoTags: [] }]);
  });

  it('of several layers and platforms name all of them in order', () => {
    const both = [...layers, { ...layers[0], descriptor: other, createdBy: 'app' } as OciLayer];
    expect(readManifest(renderOciManifest(facts, config, both))).toMatchObject({
      layers: [layer, other],
    });
    expect(JSON.parse(renderOciConfig(facts, both))).toMatchObject({
      history: [{ created_by: 'kbimg' }, { created_by: 'app' }],
    });
    const second = descriptor(ociTypes.manifest, '5');
    const index = readManifest(
      renderOciIndex(
        [
          { descriptor: manifest, architecture: 'amd64' },
          { descriptor: second, architecture: 'arm64' },
        ],
        { 'org.opencontainers.image.title': 'x' },
      ),
    );
    if (index.kind !== 'index') throw new Error('an index was rendered');
    expect(selectPlatform(index, { os: 'linux', architecture: 'arm64' })).toEqual(second);
  });

  it('say what a container runs, and as whom', () => {
    const process = {
      ...{ entrypoint: ['/usr/bin/node', '/app/x.cjs'], user: '65532:6552' },
      env: { PATH: '/usr/bin' },
    };
    expect(JSON.parse(renderOciConfig({ ...facts, process }, layers))).toMatchObject({
      config: {
        Entrypoint: ['/usr/bin/node', '/app/x.cjs'],
        ...{ User: '65532:6552', Env: ['PATH=/usr/bin'], WorkingDir: '/' },
      },
    });
    expect(renderOciConfig(facts, layers)).not.toContain('User');
  });

  it('have more labels where more is said', () => {
    const labels = { 'org.opencontainers.image.licenses': 'MulanPSL-2.0' };
    expect(Object.keys(ociLabels({ ...facts, labels }))).toEqual([
      'org.opencontainers.image.created',
      'org.opencontainers.image.licenses',
      'org.opencontainers.image.title',
      'org.opencontainers.image.version',
    ]);
  });

  it('lie under their digest', () => {
    expect(ociBlobPath(layer.digest)).toBe(`blobs/sha256/${'2'.repeat(64)}`);
  });
});
