import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import {
  formatImageReference,
  indexTypes,
  KubeosError,
  manifestTypes,
  parseImageReference,
  readManifest,
  type Clock,
  type Descriptor,
  type Digest,
  type ImageReference,
} from '@kubeos/core';
import { storageError } from '@kubeos/host';
import { openRegistry, type ProxyEnvironment, type RegistryClient } from '@kubeos/transfer';
import type { BuildContext } from '../build-context.ts';
import { readPersonCredentials } from './person-credentials.ts';
import { uploadBlob, type BlobTarget } from './upload-blob.ts';

/** How an image is pushed. */
export interface PushOptions {
  /** Folder of docker's `config.json`, with the credentials of the person: `DOCKER_CONFIG`, else `~/.docker`. */
  readonly dockerConfigDir: string;
  /** The environment, for the proxies it may name. */
  readonly proxyEnv: ProxyEnvironment;
  readonly clock: Clock;
  /** File of the only CA to trust; default: those of the system. */
  readonly caFile?: string;
  /** Allows a registry that speaks plain http. Default: false. */
  readonly allowInsecure?: boolean;
  /** Waits before the next attempt; default: so many milliseconds. */
  readonly pause?: BlobTarget['pause'];
}

/** What was pushed. */
export interface PushedImage {
  /** Whole, with the tag. */
  readonly reference: string;
  /** Digest of its manifest or index: what `checksum` of an `OS` is, behind `sha256:`. */
  readonly digest: Digest;
  /** Pieces that were sent; the others were there. */
  readonly sent: number;
  readonly pieces: number;
}

/**
 * Pushes an OCI image layout under a tag: what the registry lacks first, the manifest last. Doing it again sends only what is
 * still missing. Throws `INVALID_ARGUMENT`, `PAYLOAD_UNKNOWN` for a layout that is none, `CREDENTIALS_UNUSABLE`,
 * `REGISTRY_DENIED`, the source codes, `STORAGE_FAILED`, `CANCELLED`.
 *
 * @param layoutDir folder with `index.json` and `blobs`
 */
export async function pushOciLayout(
  layoutDir: string,
  reference: string,
  options: PushOptions,
  context: BuildContext,
): Promise<PushedImage> {
  const parsed = parseImageReference(reference);
  if (parsed.tag === undefined) {
    throw new KubeosError('INVALID_ARGUMENT', 'An image is pushed under a tag, not a digest');
  }
  const root = await readRoot(layoutDir);
  try {
    const client = await openClient(parsed, options, context);
    const push = createPush(layoutDir, client, parsed, options, context);
    await push.manifest(root, parsed.tag);
    const { digest } = root;
    return { reference: formatImageReference(parsed), digest, ...push.counts() };
  } catch (thrown) {
    if (!context.signal.aborted) throw thrown;
    throw new KubeosError('CANCELLED', 'The push was stopped', { cause: thrown });
  }
}

async function openClient(
  reference: ImageReference,
  options: PushOptions,
  context: BuildContext,
): Promise<RegistryClient> {
  const { clock, proxyEnv, caFile, allowInsecure = false } = options;
  const credentials = await readPersonCredentials(
    options.dockerConfigDir,
    reference.registry,
    context,
  );
  const ca = caFile === undefined ? {} : { caCert: basename(caFile) };
  return openRegistry(
    {
      reference,
      access: 'pull,push',
      allowInsecure,
      trust: { ...ca, mutualTls: false },
      credentials,
    },
    { clock, proxyEnv, certsDir: dirname(caFile ?? '/') },
    context.signal,
  );
}

/** Work on one image; manifests come behind what they name. */
interface Push {
  manifest(descriptor: Descriptor, tag?: string): Promise<void>;
  counts(): { readonly sent: number; readonly pieces: number };
}

function createPush(
  layoutDir: string,
  client: RegistryClient,
  { repository }: ImageReference,
  options: PushOptions,
  context: BuildContext,
): Push {
  const wait = options.pause === undefined ? {} : { pause: options.pause };
  const { signal } = context;
  const target: BlobTarget = { client, repository, signal, ...wait };
  let sent = 0;
  let pieces = 0;

  const pushBlob = async (blob: Descriptor): Promise<void> => {
    context.progress(`Pushing ${blob.digest} (${blob.size} bytes)`);
    pieces += 1;
    if (await uploadBlob(target, blob, blobPath(layoutDir, blob))) sent += 1;
  };

  const pushManifest: Push['manifest'] = async (descriptor, tag) => {
    const bytes = await readBlob(layoutDir, descriptor);
    const content = readManifest(bytes.toString('utf8'), descriptor.mediaType);
    if (content.kind === 'index') {
      for (const entry of content.manifests) await pushManifest(entry);
    } else {
      for (const blob of [content.config, ...content.layers]) await pushBlob(blob);
    }
    const name = tag ?? descriptor.digest;
    context.progress(`Pushing the manifest ${name}`);
    const request = {
      method: 'PUT',
      headers: { 'Content-Type': descriptor.mediaType },
      body: bytes,
    };
    const path = `/v2/${repository}/manifests/${name}`;
    const answer = await client.send(path, request, signal);
    if (answer.statusCode !== 201) throw await client.failure(answer, `the manifest ${name}`);
    answer.destroy();
  };
  return { manifest: pushManifest, counts: () => ({ sent, pieces }) };
}

/** The one image, or the one list of images, of a layout. */
async function readRoot(layoutDir: string): Promise<Descriptor> {
  const index = readManifest(
    (await read(join(layoutDir, 'index.json'))).toString('utf8'),
    indexTypes[0],
  );
  const [root, ...others] = index.kind === 'index' ? index.manifests : [];
  const isKnown = [...manifestTypes, ...indexTypes].includes(root?.mediaType ?? '');
  if (root !== undefined && others.length === 0 && isKnown) return root;
  throw new KubeosError('PAYLOAD_UNKNOWN', `${layoutDir} holds not one image`);
}

function blobPath(layoutDir: string, { digest }: Descriptor): string {
  return join(layoutDir, 'blobs', ...digest.split(':'));
}

async function readBlob(layoutDir: string, blob: Descriptor): Promise<Buffer> {
  const bytes = await read(blobPath(layoutDir, blob));
  if (bytes.length === blob.size) return bytes;
  throw new KubeosError('PAYLOAD_UNKNOWN', `${blobPath(layoutDir, blob)} has another length`);
}

async function read(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (thrown) {
    throw storageError(thrown, `Cannot read ${path}`);
  }
}
