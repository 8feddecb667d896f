import { describe, expect, it } from '@jest/globals';
import { parseBuildManifest, renderBuildManifest, type BuildManifest } from './manifest.ts';

const sha256 = 'ab'.repeat(32);
const built: BuildManifest = {
  schemaVersion: 1,
  version: '1.0.8',
  osRelease: 'KubeOS 1.0.8',
  architecture: 'amd64',
  sourceDateEpoch: 1_700_000_000,
  rootFileSystem: { bytes: 8192, digest: `sha256:${sha256}`, uuid: 'u' },
  artefacts: [{ name: 'system.img', bytes: 20, sha256 }],
  blockIndex: { blockBytes: 4096, blocks: 2, file: 'kubeos.blocks', sha256 },
};

describe('a manifest', () => {
  it('is read as it was written', () => {
    expect(parseBuildManifest(renderBuildManifest(built))).toEqual(built);
  });

  it('names the container image of an upgrade, and its digest', () => {
    const containerImage = { reference: 'r.example/kubeos:1', digest: `sha256:${sha256}` } as const;
    const upgrade = { ...built, containerImage };
    expect(parseBuildManifest(renderBuildManifest(upgrade))).toEqual(upgrade);
    const tag = JSON.stringify({
      ...built,
      containerImage: { ...containerImage, digest: 'latest' },
    });
    expect(() => parseBuildManifest(tag)).toThrow('containerImage.digest');
  });

  it('has one text, whatever the order of its members in memory', () => {
    const { version, artefacts, ...rest } = built;
    expect(renderBuildManifest({ artefacts, ...rest, version })).toBe(renderBuildManifest(built));
  });

  it('is refused when it is of a later format or none', () => {
    const later = renderBuildManifest(built).replace('"schemaVersion": 1', '"schemaVersion": 2');
    expect(() => parseBuildManifest(later)).toThrow(
      'This is no manifest of an image: schemaVersion',
    );
    expect(() => parseBuildManifest('{')).toThrow('The manifest of the image is no JSON');
  });

  it('never leads to a file elsewhere', () => {
    const elsewhere = { ...built, artefacts: [{ name: '../system.img', bytes: 1, sha256 }] };
    expect(() => parseBuildManifest(JSON.stringify(elsewhere))).toThrow('artefacts.0.name');
  });
});
