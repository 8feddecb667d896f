/** OCI image layouts on the disk, https://github.com/opencontainers/image-spec/blob/main/image-layout.md. */
import { createHash } from 'node:crypto';
import { link, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Descriptor, Digest } from '@kubeos/core';
import { ociBlobPath, ociLayoutText, ociTypes, type OciLayer } from '@kubeos/core/image';
import type { BuildContext } from '../build-context.ts';
import { attempt } from '../root/tree.ts';
import { readPieces, saveStream, type FileDigest } from '../artefacts/files.ts';
import { tarFile, tarFolder, tarTail } from '../artefacts/tar-stream.ts';

const blobsDir = 'blobs/sha256';

/** Makes the folder of a layout; what is in it before goes. Throws the storage codes. */
export async function beginLayout(dir: string): Promise<void> {
  await attempt(`Cannot make ${dir}`, async () => {
    await rm(dir, { recursive: true, force: true });
    await mkdir(join(dir, blobsDir), { recursive: true });
  });
}

/**
 * Adds a layer: compresses the entries of an archive, which is ended here. The same entries give the same bytes. Throws
 * what the entries throw, the storage codes and `CANCELLED`.
 */
export async function addLayer(
  dir: string,
  entries: AsyncIterable<Buffer>,
  createdBy: string,
  { signal }: Pick<BuildContext, 'signal'>,
): Promise<OciLayer> {
  const hash = createHash('sha256');
  async function* plain(): AsyncGenerator<Buffer> {
    for await (const piece of entries) {
      hash.update(piece);
      yield piece;
    }
    hash.update(tarTail);
    yield tarTail;
  }
  const unnamed = join(dir, blobsDir, 'layer');
  // The header of what Node.js compresses has neither a name nor a time.
  const { bytes, digest } = await pipeline(
    plain,
    createGzip({ chunkSize: 256 * 1024 }),
    (compressed: AsyncIterable<Buffer>) => saveStream(compressed, unnamed, signal),
  );
  await attempt(`Cannot name ${unnamed}`, () => rename(unnamed, join(dir, ociBlobPath(digest))));
  return {
    descriptor: { mediaType: ociTypes.layer, digest, size: bytes },
    diffId: `sha256:${hash.digest('hex')}`,
    createdBy,
  };
}

/** Adds a layer of another layout on the same file system; both then share its bytes. Throws the storage codes. */
export async function shareLayer(
  from: string,
  dir: string,
  { descriptor }: OciLayer,
): Promise<void> {
  const path = ociBlobPath(descriptor.digest);
  await attempt(`Cannot link ${path} into ${dir}`, () => link(join(from, path), join(dir, path)));
}

/** Adds a document. Throws the storage codes. */
export async function addDocument(
  dir: string,
  mediaType: string,
  text: string,
): Promise<Descriptor> {
  const bytes = Buffer.from(text);
  const digest: Digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  await writeText(join(dir, ociBlobPath(digest)), text);
  return { mediaType, digest, size: bytes.length };
}

/** Ends a layout with its index. Throws the storage codes. */
export async function endLayout(dir: string, index: string): Promise<void> {
  await writeText(join(dir, 'index.json'), index);
  await writeText(join(dir, 'oci-layout'), ociLayoutText);
}

/** What goes into an archive of a layout. */
export interface ArchiveRequest {
  readonly dir: string;
  /** In any order; one that is named twice is there once. */
  readonly blobs: readonly Descriptor[];
  /** Text of `manifest.json`, for `docker load`. */
  readonly docker?: string;
  readonly epochSeconds: number;
  readonly file: string;
}

/** Packs a layout into one file, an `oci-archive`. Throws the storage codes and `CANCELLED`. */
export async function archiveLayout(
  { dir, blobs, docker, epochSeconds, file }: ArchiveRequest,
  { signal }: Pick<BuildContext, 'signal'>,
): Promise<FileDigest> {
  const names = [...new Set(blobs.map(({ digest }) => ociBlobPath(digest)))].sort();
  async function* archive(): AsyncGenerator<Buffer> {
    for (const folder of ['blobs', blobsDir]) yield tarFolder(folder, epochSeconds);
    for (const name of [...names, 'index.json', 'oci-layout']) {
      yield* fileEntry(name, join(dir, name), epochSeconds, signal);
    }
    if (docker !== undefined) {
      const bytes = Buffer.from(docker);
      yield* tarFile('manifest.json', bytes.length, epochSeconds, [bytes]);
    }
    yield tarTail;
  }
  return saveStream(archive(), file, signal);
}

/** The entry of a file of this machine. Throws `STORAGE_FAILED`, `CANCELLED`. */
export async function* fileEntry(
  name: string,
  path: string,
  epochSeconds: number,
  signal: AbortSignal,
  mode?: number,
): AsyncGenerator<Buffer> {
  const { size } = await attempt(`Cannot read ${path}`, () => stat(path));
  yield* tarFile(name, size, epochSeconds, readPieces(path, signal), mode);
}

async function writeText(path: string, text: string): Promise<void> {
  await attempt(`Cannot write ${path}`, () => writeFile(path, text));
}
