import { describe, expect, it } from '@jest/globals';
import type { Digest } from '../api/operation.ts';
import { readManifest, selectPlatform, type ImageIndex } from './manifest.ts';
import { indexTypes, manifestTypes } from './media-types.ts';

const digestOf = (digit: string): Digest => `sha256:${digit.repeat(64)}`;
const linux = { os: 'linux', architecture: 'amd64' };
const config = {
  mediaType: 'application/vnd.oci.image.config.v1+json',
  digest: digestOf('c'),
  size: 2,
};
const layer = {
  mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
  digest: digestOf('1'),
  size: 100,
};
const [ociManifest = '', dockerManifest = ''] = manifestTypes;
const [ociIndex = '', dockerList = ''] = indexTypes;

function image(change: object = {}): string {
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: ociManifest,
    config,
    layers: [layer],
    ...change,
  });
}

function index(manifests: readonly object[], change: object = {}): string {
  return JSON.stringify({ schemaVersion: 2, mediaType: ociIndex, manifests, ...change });
}

function entry(digit: string, platform?: object): object {
  return { mediaType: ociManifest, digest: digestOf(digit), size: 10, platform };
}

const refused = (message: string): object =>
  expect.objectContaining({ code: 'PAYLOAD_UNKNOWN', message: expect.stringContaining(message) });

describe('a manifest', () => {
  it.each([
    ['of OCI', image()],
    ['of OCI that does not name its type', image({ mediaType: undefined })],
    ['of docker', image({ mediaType: dockerManifest })],
  ])('%s is an image', (_what, text) => {
    expect(readManifest(text, `${ociManifest}; charset=utf-8`)).toEqual({
      kind: 'image',
      config,
      layers: [layer],
    });
  });

  it.each([
    'application/vnd.oci.image.layer.v1.tar',
    'application/vnd.oci.image.layer.v1.tar+zstd',
    'application/vnd.docker.image.rootfs.diff.tar.gzip',
  ])('may have layers of type %s', (mediaType) => {
    const layers = [layer, { ...layer, mediaType }];
    expect(readManifest(image({ layers }))).toMatchObject({ layers });
  });

  it.each([
    ['no JSON', 'text', 'not JSON'],
    ['no object', '[]', 'names no image'],
    ['null', 'null', 'names no image'],
    ['another type', JSON.stringify({ mediaType: 'application/json' }), 'application/json'],
    ['schema 1', JSON.stringify({ schemaVersion: 1, fsLayers: [] }), 'schema 1'],
    ['no layers', image({ layers: [] }), 'no layers'],
    ['no config', image({ config: undefined }), 'config'],
    [
      'a layer without digest',
      image({ layers: [{ ...layer, digest: 'md5:0' }] }),
      'layers.0.digest',
    ],
    ['a layer of no length', image({ layers: [{ ...layer, size: -1 }] }), 'layers.0.size'],
    [
      'a layer of another type',
      image({ layers: [{ ...layer, mediaType: 'text/plain' }] }),
      'text/plain',
    ],
    [
      'an encrypted layer',
      image({ layers: [{ ...layer, mediaType: `${layer.mediaType}+encrypted` }] }),
      'encrypted',
    ],
    [
      'a foreign layer',
      image({
        layers: [
          { ...layer, mediaType: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip' },
        ],
      }),
      'foreign',
    ],
    [
      'a layer that is not to be distributed',
      image({
        layers: [
          { ...layer, mediaType: 'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip' },
        ],
      }),
      'foreign',
    ],
    [
      'a chunked layer',
      image({
        layers: [
          {
            ...layer,
            annotations: { 'io.github.containers.zstd-chunked.manifest-checksum': 'sha256:0' },
          },
        ],
      }),
      'zstd:chunked',
    ],
  ])('that is %s is refused', (_what, text, message) => {
    expect(() => readManifest(text)).toThrow(refused(message));
  });

  it('of schema 1 is refused by what the server says of it', () => {
    const type = 'application/vnd.docker.distribution.manifest.v1+prettyjws';
    expect(() => readManifest('{}', type)).toThrow(refused('schema 1'));
  });
});

describe('an index', () => {
  const read = (manifests: readonly object[], change: object = {}): ImageIndex => {
    const found = readManifest(index(manifests, change));
    if (found.kind !== 'index') throw new Error('no index');
    return found;
  };
  const attestation = entry('9', { os: 'unknown', architecture: 'unknown' });
  const arm = entry('2', { os: 'linux', architecture: 'arm64', variant: 'v8' });

  it.each([
    ['of OCI', {}],
    ['of docker', { mediaType: dockerList }],
    ['that does not name its type', { mediaType: undefined }],
  ])('%s gives the image of the platform', (_what, change) => {
    const found = selectPlatform(read([attestation, arm, entry('1', linux)], change), linux);
    expect(found).toEqual({ mediaType: ociManifest, digest: digestOf('1'), size: 10 });
  });

  it('of one image that names no platform gives that', () => {
    expect(selectPlatform(read([entry('1')]), linux).digest).toBe(digestOf('1'));
  });

  it.each([
    ['none', [], 'it has nothing'],
    ['others', [arm, attestation], 'linux/arm64, unknown/unknown'],
    ['two without a name', [entry('1'), entry('2')], 'an unnamed platform'],
    ['another machine alone', [arm], 'not for linux/amd64'],
  ])('of %s is refused by name', (_what, manifests, message) => {
    expect(() => selectPlatform(read(manifests), linux)).toThrow(
      expect.objectContaining({ code: 'NO_PLATFORM', message: expect.stringContaining(message) }),
    );
  });

  it('in an index is refused', () => {
    const nested = { ...entry('1', linux), mediaType: ociIndex };
    expect(() => selectPlatform(read([nested]), linux)).toThrow(refused(ociIndex));
  });

  it('without digests is refused', () => {
    expect(() => read([{ mediaType: ociManifest, size: 1 }])).toThrow(
      refused('manifests.0.digest'),
    );
  });
});
