import { describe, expect, it } from '@jest/globals';
import {
  parseImageReference,
  readManifest,
  selectPlatform,
  type Descriptor,
} from '../registry/index.ts';
import {
  ociBlobPath,
  ociTypes,
  renderDockerManifest,
  renderOciConfig,
  renderOciIndex,
  renderOciManifest,
  type OciImageFacts,
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
const manifest = descriptor(ociTypes.manifest, '3');

describe('the documents of an image', () => {
  it('are those that nodes read', () => {
    expect(readManifest(renderOciManifest(facts, config, layer))).toEqual({
      ...{ kind: 'image', config, layers: [layer] },
    });
    const index = readManifest(renderOciIndex(facts, manifest));
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
    expect(JSON.parse(renderOciConfig(facts, layer.digest))).toMatchObject({
      ...{ architecture: 'amd64', os: 'linux', created: '2023-11-14T22:13:20Z' },
      config: { Labels: labels },
      rootfs: { type: 'layers', diff_ids: [layer.digest] },
    });
    expect(JSON.parse(renderOciManifest(facts, config, layer))).toMatchObject({
      annotations: labels,
    });
  });

  it('carry the name under which engines file it, where it has one', () => {
    expect(JSON.parse(renderOciIndex(named, manifest))).toMatchObject({
      manifests: [
        {
          annotations: {
            'org.opencontainers.image.ref.name': 'v1',
            'io.containerd.image.name': 'registry.example:5000/kubeos/node:v1',
          },
        },
      ],
    });
    expect(renderOciIndex(facts, manifest)).not.toContain('annotations');
    expect(JSON.parse(renderDockerManifest(named, 'c', 'l'))).toEqual([
      { Config: 'c', RepoTags: ['registry.example:5000/kubeos/node:v1'], Layers: ['l'] },
    ]);
    expect(JSON.parse(renderDockerManifest(facts, 'c', 'l'))).toMatchObject([{ RepoTags: [] }]);
  });

  it('lie under their digest', () => {
    expect(ociBlobPath(layer.digest)).toBe(`blobs/sha256/${'2'.repeat(64)}`);
  });
});
