import { createHash } from 'node:crypto';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import type { Descriptor, Digest } from '@kubeos/core';

const types = 'application/vnd.oci.image';
const manifestType = `${types}.manifest.v1+json`;
/** Media type of an index. */
export const indexType = `${types}.index.v1+json`;

/** A repository that takes everything, as a registry without authentication. */
export interface Repository {
  blob(bytes: Buffer, mediaType: string): Promise<Descriptor>;
  manifest(content: object | string, mediaType: string, tag?: string): Promise<Descriptor>;
  /** An image of these layers, which are gzip unless a type is given with them. */
  image(layers: readonly LayerBytes[], tag?: string): Promise<Descriptor>;
}

/** A layer and what it is said to be. */
export type LayerBytes = Buffer | readonly [bytes: Buffer, suffix: string];

/** Speaks plain http to a registry, without any code of ours. */
export function openRepository(url: string, name: string): Repository {
  const put = async (target: string | URL, body: Buffer, type: string): Promise<void> => {
    const answer = await fetch(target, {
      method: 'PUT',
      body: new Uint8Array(body),
      headers: { 'Content-Type': type },
    });
    if (!answer.ok) throw new Error(`${String(target)}: ${answer.status} ${await answer.text()}`);
  };
  const describe = (bytes: Buffer, mediaType: string): Descriptor => ({
    mediaType,
    digest: digestOf(bytes),
    size: bytes.length,
  });
  const repository: Repository = {
    blob: async (bytes, mediaType) => {
      const started = await fetch(`${url}/v2/${name}/blobs/uploads/`, { method: 'POST' });
      const target = new URL(started.headers.get('location') ?? '', url);
      const descriptor = describe(bytes, mediaType);
      target.searchParams.set('digest', descriptor.digest);
      await put(target, bytes, 'application/octet-stream');
      return descriptor;
    },
    manifest: async (content, mediaType, tag) => {
      const bytes = Buffer.from(typeof content === 'string' ? content : JSON.stringify(content));
      const descriptor = describe(bytes, mediaType);
      await put(`${url}/v2/${name}/manifests/${tag ?? descriptor.digest}`, bytes, mediaType);
      return descriptor;
    },
    image: async (layers, tag) => {
      const pushed: Descriptor[] = [];
      const diffIds: Digest[] = [];
      for (const layer of layers) {
        const [bytes, suffix] = Buffer.isBuffer(layer) ? ([layer, '+gzip'] as const) : layer;
        diffIds.push(digestOf(unpack(bytes, suffix)));
        pushed.push(await repository.blob(bytes, `${types}.layer.v1.tar${suffix}`));
      }
      const config = await repository.blob(
        Buffer.from(
          JSON.stringify({
            architecture: 'amd64',
            os: 'linux',
            rootfs: { type: 'layers', diff_ids: diffIds },
          }),
        ),
        `${types}.config.v1+json`,
      );
      const content = { schemaVersion: 2, mediaType: manifestType, config, layers: pushed };
      return repository.manifest(content, manifestType, tag);
    },
  };
  return repository;
}

function unpack(bytes: Buffer, suffix: string): Buffer {
  if (suffix === '+gzip') return gunzipSync(bytes);
  return suffix === '+zstd' ? zstdDecompressSync(bytes) : bytes;
}

/** What names an image in an index. */
export function indexOf(entries: readonly (Descriptor & { readonly platform?: object })[]): object {
  return { schemaVersion: 2, mediaType: indexType, manifests: entries };
}

/** Digest of nothing that is there. */
export const absentDigest: Digest = `sha256:${'0'.repeat(64)}`;

function digestOf(bytes: Uint8Array): Digest {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
