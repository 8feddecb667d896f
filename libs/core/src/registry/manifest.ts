import * as z from 'zod/mini';
import type { Digest } from '../api/operation.ts';
import { digestWire } from '../api/wire.ts';
import { KubeosError } from '../errors/index.ts';
import {
  indexTypes,
  isForeignLayerType,
  isOldManifestType,
  layerTypes,
  manifestTypes,
} from './media-types.ts';

/** What a manifest says of a piece of content. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  /** Length in bytes. */
  readonly size: number;
}

/** An operating system and a machine, by the names of the Go language. */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
}

/** An image of one platform. */
export interface ImageManifest {
  readonly kind: 'image';
  readonly config: Descriptor;
  /** From the lowest to the highest. */
  readonly layers: readonly Descriptor[];
}

/** A list of images. */
export interface ImageIndex {
  readonly kind: 'index';
  readonly manifests: readonly (Descriptor & { readonly platform?: Platform })[];
}

/** Most bytes of a manifest that registries take, https://github.com/opencontainers/distribution-spec. */
export const mostManifestBytes = 4 * 1024 * 1024;

const annotations = z.optional(z.nullable(z.record(z.string(), z.string())));
const descriptor = z.object({
  mediaType: z.string(),
  digest: digestWire,
  size: z.int().check(z.minimum(0)),
  annotations,
});
const manifestSchema = z.object({
  schemaVersion: z.literal(2),
  config: descriptor,
  layers: z.array(descriptor).check(z.maxLength(512)),
});
const indexSchema = z.object({
  schemaVersion: z.literal(2),
  manifests: z
    .array(
      z.object({
        mediaType: z.string(),
        digest: digestWire,
        size: z.int().check(z.minimum(0)),
        platform: z.optional(z.object({ os: z.string(), architecture: z.string() })),
      }),
    )
    .check(z.maxLength(512)),
});

/**
 * Reads what a registry or an engine has under a manifest's digest. Throws `PAYLOAD_UNKNOWN` for what is no image, and for
 * images with layers that cannot be had or read.
 *
 * @param mediaType what the server says of it; its own word, where it has one, counts more
 */
export function readManifest(text: string, mediaType = ''): ImageManifest | ImageIndex {
  const raw = parseJson(text);
  const type = typeOf(raw) ?? (mediaType.split(';')[0] ?? '').trim();
  if (isOldManifestType(type) || schemaVersionOf(raw) === 1) {
    throw unknown(
      'The image has a manifest of docker schema 1, which is not supported; push it anew',
    );
  }
  if (indexTypes.includes(type) || (!manifestTypes.includes(type) && hasMember(raw, 'manifests'))) {
    return readIndex(raw);
  }
  if (manifestTypes.includes(type) || hasMember(raw, 'layers')) return readImage(raw);
  throw unknown(`The reference names no image but ${JSON.stringify(type)}`);
}

/**
 * The image of a platform. Throws `NO_PLATFORM`. A list of one image that names no platform is taken for an image of any.
 */
export function selectPlatform(index: ImageIndex, wanted: Platform): Descriptor {
  const fits = index.manifests.find(
    ({ platform }) => platform?.os === wanted.os && platform.architecture === wanted.architecture,
  );
  const [only, ...others] = index.manifests;
  const found = fits ?? (others.length === 0 && only?.platform === undefined ? only : undefined);
  if (found === undefined) {
    const offered = index.manifests.map(({ platform }) => describe(platform)).join(', ');
    throw new KubeosError(
      'NO_PLATFORM',
      `The image is not for ${describe(wanted)}; it has ${offered === '' ? 'nothing' : offered}`,
      { details: { wanted: describe(wanted), offered } },
    );
  }
  const { mediaType, digest, size } = found;
  if (manifestTypes.includes(mediaType)) return { mediaType, digest, size };
  throw unknown(`The image of ${describe(wanted)} is of type ${JSON.stringify(mediaType)}`);
}

function readIndex(raw: unknown): ImageIndex {
  const read = indexSchema.safeParse(raw);
  if (!read.success) throw unknown(`The image index cannot be read: ${faultOf(read.error)}`);
  return {
    kind: 'index',
    manifests: read.data.manifests.map(({ mediaType, digest, size, platform }) => ({
      ...{ mediaType, digest, size },
      ...(platform === undefined ? {} : { platform }),
    })),
  };
}

function readImage(raw: unknown): ImageManifest {
  const read = manifestSchema.safeParse(raw);
  if (!read.success) throw unknown(`The manifest cannot be read: ${faultOf(read.error)}`);
  const { config, layers } = read.data;
  if (layers.length === 0) throw unknown('The image has no layers');
  for (const layer of layers) checkLayer(layer);
  return { kind: 'image', config: plain(config), layers: layers.map(plain) };
}

function checkLayer(layer: z.output<typeof descriptor>): void {
  const { mediaType, digest } = layer;
  if (isForeignLayerType(mediaType)) {
    throw unknown(`Layer ${digest} is a foreign one (${mediaType}), which registries do not hold`);
  }
  if (!layerTypes.includes(mediaType)) {
    throw unknown(`Layer ${digest} is of type ${JSON.stringify(mediaType)}, not a tar archive`);
  }
  const isChunked = Object.keys(layer.annotations ?? {}).some((key) =>
    key.startsWith('io.github.containers.zstd-chunked.'),
  );
  if (isChunked) {
    throw unknown(`Layer ${digest} is zstd:chunked, which is not supported; use zstd or gzip`);
  }
}

function plain({ mediaType, digest, size }: z.output<typeof descriptor>): Descriptor {
  return { mediaType, digest, size };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new KubeosError('PAYLOAD_UNKNOWN', 'The manifest of the image is not JSON', { cause });
  }
}

function memberOf(raw: unknown, name: string): unknown {
  return typeof raw === 'object' && raw !== null ? Reflect.get(raw, name) : undefined;
}

function typeOf(raw: unknown): string | undefined {
  const type = memberOf(raw, 'mediaType');
  return typeof type === 'string' ? type : undefined;
}

function schemaVersionOf(raw: unknown): unknown {
  return memberOf(raw, 'schemaVersion');
}

function hasMember(raw: unknown, name: string): boolean {
  return Array.isArray(memberOf(raw, name));
}

function faultOf(error: z.core.$ZodError): string {
  const [issue] = error.issues;
  return issue === undefined ? 'unknown' : `${issue.path.map(String).join('.')}: ${issue.message}`;
}

function describe(platform: Platform | undefined): string {
  return platform === undefined ? 'an unnamed platform' : `${platform.os}/${platform.architecture}`;
}

function unknown(message: string): KubeosError {
  return new KubeosError('PAYLOAD_UNKNOWN', message);
}
