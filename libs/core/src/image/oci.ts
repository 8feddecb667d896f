/**
 * The documents of an OCI image, https://github.com/opencontainers/image-spec, as texts. Digests are taken over these
 * texts, so that they always come out the same.
 */
import type { Digest } from '../api/operation.ts';
import { compareText } from '../compare-text.ts';
import { formatImageReference, type Descriptor, type ImageReference } from '../registry/index.ts';
import type { ImageArch } from './recipe/recipe.ts';
import { timestampOf } from './sbom.ts';

/** Media types of what an image is made of. */
export const ociTypes = {
  config: 'application/vnd.oci.image.config.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  index: 'application/vnd.oci.image.index.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
} as const;

/** What is said of an image for one platform, inside it and beside it. */
export interface OciImageFacts {
  readonly architecture: ImageArch;
  /** Version of what is in it. */
  readonly version: string;
  /** Name of what is in it: of a system its `PRETTY_NAME`. */
  readonly title: string;
  /** `SOURCE_DATE_EPOCH`, in seconds. */
  readonly epochSeconds: number;
  /** Under which name engines file the image when they load it. */
  readonly reference?: ImageReference;
  /** More labels, with the whole of their names. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Absent in images that nobody runs. */
  readonly process?: OciProcess;
}

/** What a container of the image runs. */
export interface OciProcess {
  readonly entrypoint: readonly string[];
  /** `USER:GROUP`, as numbers: whoever runs it can then see that it is not root. */
  readonly user: string;
  readonly env: Readonly<Record<string, string>>;
}

/** A layer of an image. */
export interface OciLayer {
  readonly descriptor: Descriptor;
  /** Digest of the layer before it was compressed. */
  readonly diffId: Digest;
  /** For people who ask what is in it. */
  readonly createdBy: string;
}

/** The text of `oci-layout`. */
export const ociLayoutText = JSON.stringify({ imageLayoutVersion: '1.0.0' });

/** Renders the configuration. Layers lie upon each other in their order. */
export function renderOciConfig(facts: OciImageFacts, layers: readonly OciLayer[]): string {
  const created = timestampOf(facts.epochSeconds);
  return JSON.stringify({
    created,
    architecture: facts.architecture,
    os: 'linux',
    config: { ...processOf(facts), Labels: ociLabels(facts) },
    rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
    history: layers.map(({ createdBy }) => ({ created, created_by: createdBy })),
  });
}

function processOf({ process }: OciImageFacts): object {
  if (process === undefined) return {};
  const { user, entrypoint, env } = process;
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  return { User: user, Env: variables, Entrypoint: entrypoint, WorkingDir: '/' };
}

/** Renders the manifest of an image for one platform. */
export function renderOciManifest(
  facts: OciImageFacts,
  config: Descriptor,
  layers: readonly OciLayer[],
): string {
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: ociTypes.manifest,
    config,
    layers: layers.map(({ descriptor }) => descriptor),
    annotations: ociLabels(facts),
  });
}

/** What an index names: an image for one platform, or an index of several. */
export interface OciIndexEntry {
  readonly descriptor: Descriptor;
  /** Absent for an index. */
  readonly architecture?: ImageArch;
  /** Under which name engines file it when they load it. */
  readonly reference?: ImageReference | undefined;
}

/** Renders an index: that of a layout, or one of several platforms, which may have labels of its own. */
export function renderOciIndex(
  entries: readonly OciIndexEntry[],
  labels?: Readonly<Record<string, string>>,
): string {
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: ociTypes.index,
    manifests: entries.map(({ descriptor, architecture, reference }) => ({
      ...descriptor,
      ...(architecture !== undefined && { platform: { architecture, os: 'linux' } }),
      ...(reference?.tag !== undefined && {
        annotations: {
          'io.containerd.image.name': formatImageReference(reference),
          'org.opencontainers.image.ref.name': reference.tag,
        },
      }),
    })),
    ...(labels !== undefined && { annotations: labels }),
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

/** The labels of an image, https://github.com/opencontainers/image-spec/blob/main/annotations.md, sorted by name. */
export function ociLabels({
  version,
  title,
  epochSeconds,
  labels = {},
}: Pick<OciImageFacts, 'version' | 'title' | 'epochSeconds' | 'labels'>): Record<string, string> {
  const all = {
    ...labels,
    'org.opencontainers.image.created': timestampOf(epochSeconds),
    'org.opencontainers.image.title': title,
    'org.opencontainers.image.version': version,
  };
  return Object.fromEntries(Object.entries(all).toSorted(([a], [b]) => compareText(a, b)));
}
