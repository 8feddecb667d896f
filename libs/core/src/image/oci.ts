/**
 * The documents of an OCI image, https://github.com/opencontainers/image-spec, as texts. Digests are taken over these
 * texts, so that they always come out the same.
 */
import type { Digest } from '../api/operation.ts';
import { formatImageReference, type Descriptor, type ImageReference } from '../registry/index.ts';
import type { ImageArch } from './recipe/recipe.ts';
import { timestampOf } from './sbom.ts';

/** Media types of what an upgrade image is made of. */
export const ociTypes = {
  config: 'application/vnd.oci.image.config.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  index: 'application/vnd.oci.image.index.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
} as const;

/** What is said of an upgrade image, inside it and beside it. */
export interface OciImageFacts {
  readonly architecture: ImageArch;
  /** Version of the system in it. */
  readonly version: string;
  /** `PRETTY_NAME` of the system in it. */
  readonly title: string;
  /** `SOURCE_DATE_EPOCH`, in seconds. */
  readonly epochSeconds: number;
  /** Under which name engines file the image when they load it. */
  readonly reference?: ImageReference;
}

/** The text of `oci-layout`. */
export const ociLayoutText = JSON.stringify({ imageLayoutVersion: '1.0.0' });

/** Renders the configuration. `diffId` is the digest of the layer before it was compressed. */
export function renderOciConfig(facts: OciImageFacts, diffId: Digest): string {
  const created = timestampOf(facts.epochSeconds);
  return JSON.stringify({
    created,
    architecture: facts.architecture,
    os: 'linux',
    config: { Labels: labelsOf(facts) },
    rootfs: { type: 'layers', diff_ids: [diffId] },
    history: [{ created, created_by: 'kbimg' }],
  });
}

/** Renders the manifest of an image with one layer. */
export function renderOciManifest(
  facts: OciImageFacts,
  config: Descriptor,
  layer: Descriptor,
): string {
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: ociTypes.manifest,
    config,
    layers: [layer],
    annotations: labelsOf(facts),
  });
}

/** Renders the index of a layout with one image. */
export function renderOciIndex(facts: OciImageFacts, manifest: Descriptor): string {
  const { architecture, reference } = facts;
  const annotations =
    reference?.tag === undefined
      ? {}
      : {
          annotations: {
            'io.containerd.image.name': formatImageReference(reference),
            'org.opencontainers.image.ref.name': reference.tag,
          },
        };
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: ociTypes.index,
    manifests: [{ ...manifest, platform: { architecture, os: 'linux' }, ...annotations }],
  });
}

/** Renders `manifest.json` of an archive for `docker load`; paths are those in the archive. */
export function renderDockerManifest(
  { reference }: OciImageFacts,
  configPath: string,
  layerPath: string,
): string {
  const tags = reference?.tag === undefined ? [] : [formatImageReference(reference)];
  return JSON.stringify([{ Config: configPath, RepoTags: tags, Layers: [layerPath] }]);
}

/** Where a layout has content of a digest. */
export function ociBlobPath(digest: Digest): string {
  return `blobs/${digest.replace(':', '/')}`;
}

function labelsOf({ version, title, epochSeconds }: OciImageFacts): Record<string, string> {
  return {
    'org.opencontainers.image.created': timestampOf(epochSeconds),
    'org.opencontainers.image.title': title,
    'org.opencontainers.image.version': version,
  };
}
