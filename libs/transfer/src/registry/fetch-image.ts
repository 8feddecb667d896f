import { createHash } from 'node:crypto';
import {
  hasCode,
  indexTypes,
  KubeosError,
  manifestTypes,
  mostManifestBytes,
  readManifest,
  selectPlatform,
  type Clock,
  type Descriptor,
  type Digest,
  type ImageManifest,
  type ImageReference,
  type Platform,
} from '@kubeos/core';
import { downloadFrom, type Download } from '../source/download.ts';
import type { Connect } from '../source/connection.ts';
import type { RegistryClient } from './registry-client.ts';
import { readSmallBody } from './small-body.ts';

/** What an image is asked for with. */
export interface ImageRequest {
  readonly reference: ImageReference;
  /** Digest of its manifest or index. */
  readonly digest: Digest;
  readonly platform: Platform;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** A manifest as it came. */
interface FetchedManifest {
  readonly text: string;
  readonly mediaType: string;
  readonly digest: Digest;
}

const accept = [...manifestTypes, ...indexTypes].join(', ');

/**
 * Fetches the manifest of the image for a platform, and believes nothing of it before its digest is the wanted one.
 * Throws `DIGEST_MISMATCH`, `NO_PLATFORM`, `PAYLOAD_UNKNOWN`, `REGISTRY_DENIED` and the source codes.
 */
export async function fetchImage(
  client: RegistryClient,
  request: ImageRequest,
): Promise<ImageManifest> {
  const top = await fetchWanted(client, request);
  const read = readManifest(top.text, top.mediaType);
  if (read.kind === 'image') return read;
  const chosen = selectPlatform(read, request.platform);
  const inner = await fetchManifest(client, request, chosen.digest);
  if (inner.digest !== chosen.digest) throw mismatch(chosen.digest, inner.digest);
  const image = readManifest(inner.text, inner.mediaType);
  if (image.kind === 'image') return image;
  throw new KubeosError('PAYLOAD_UNKNOWN', 'The image of the platform is an index again');
}

/**
 * The digest alone says what is wanted: its tag may have been moved or removed since. Where the registry lacks that digest
 * the tag tells why: a person then reads which one it has.
 */
async function fetchWanted(
  client: RegistryClient,
  request: ImageRequest,
): Promise<FetchedManifest> {
  const { reference, digest: wanted } = request;
  try {
    const exact = await fetchManifest(client, request, wanted);
    if (exact.digest === wanted) return exact;
    throw mismatch(wanted, exact.digest);
  } catch (thrown) {
    const isAbsent = hasCode(thrown, 'SOURCE_NOT_FOUND', 'SOURCE_REFUSED');
    if (reference.tag === undefined || !isAbsent) throw thrown;
  }
  const named = await fetchManifest(client, request, reference.tag);
  if (named.digest === wanted) return named;
  throw mismatch(wanted, named.digest);
}

async function fetchManifest(
  client: RegistryClient,
  { reference, clock, signal }: ImageRequest,
  name: string,
): Promise<FetchedManifest> {
  const path = `/v2/${reference.repository}/manifests/${name}`;
  const answer = await client.send(path, { headers: { Accept: accept } }, signal);
  if (answer.statusCode !== 200) {
    throw await client.failure(answer, `the image ${reference.repository}, ${name}`);
  }
  const bytes = await readSmallBody(answer, mostManifestBytes, client.base, clock);
  return {
    text: bytes.toString('utf8'),
    mediaType: answer.headers['content-type'] ?? '',
    digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}`,
  };
}

/** Starts to fetch a piece of an image; its bytes are to be verified by whoever reads them. Throws as `openDownload`. */
export async function openBlob(
  client: RegistryClient,
  { reference, clock, signal }: ImageRequest,
  { digest }: Descriptor,
): Promise<Download> {
  const path = `/v2/${reference.repository}/blobs/${digest}`;
  const connect: Connect = async (headers, end) => {
    const body = await client.send(path, { headers }, end);
    const status = body.statusCode ?? 0;
    if (status === 200 || status === 206) return { body, partial: status === 206 };
    throw await client.failure(body, `the layer ${digest} of ${reference.repository}`);
  };
  return downloadFrom(connect, clock, signal);
}

function mismatch(wanted: Digest, found: Digest): KubeosError {
  return new KubeosError(
    'DIGEST_MISMATCH',
    `The manifest of the image has digest ${found}, not ${wanted}`,
    { details: { wanted, found } },
  );
}
