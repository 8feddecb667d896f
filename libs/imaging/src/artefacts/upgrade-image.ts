/** The image that upgrades fetch from a registry: one layer with one file, `os.tar`, the archive of the root file system. */
import { createHash } from 'node:crypto';
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Descriptor, Digest } from '@kubeos/core';
import {
  ociBlobPath,
  ociLayoutText,
  ociTypes,
  renderDockerManifest,
  renderOciConfig,
  renderOciIndex,
  renderOciManifest,
  type OciImageFacts,
} from '@kubeos/core/image';
import type { BuildContext } from '../build-context.ts';
import { attempt } from '../root/tree.ts';
import { readPieces, saveStream, type FileDigest } from './files.ts';
import { tarFile, tarFolder, tarTail } from './tar-stream.ts';

/** What an upgrade image is made from. */
export interface UpgradeImageRequest {
  /** The archive of the root file system. */
  readonly rootTar: string;
  /** Folder of the layout; what is in it before goes. */
  readonly dir: string;
  readonly facts: OciImageFacts;
}

/** An upgrade image in its layout. */
export interface UpgradeImage {
  readonly manifest: Descriptor;
  readonly config: Descriptor;
  readonly layer: Descriptor;
}

/** Under this name nodes look for the archive in the layer, as upstream's do. */
const payloadName = 'os.tar';
const blobsDir = 'blobs/sha256';

/**
 * Writes the image as an OCI layout, in one pass over the archive. The same archive and facts give the same bytes. Throws
 * the storage codes and `CANCELLED`.
 */
export async function writeOciLayout(
  { rootTar, dir, facts }: UpgradeImageRequest,
  { signal }: BuildContext,
): Promise<UpgradeImage> {
  await attempt(`Cannot make ${dir}`, async () => {
    await rm(dir, { recursive: true, force: true });
    await mkdir(join(dir, blobsDir), { recursive: true });
  });
  const { layer, diffId } = await writeLayer(rootTar, dir, facts.epochSeconds, signal);
  const config = await writeBlob(dir, ociTypes.config, renderOciConfig(facts, diffId));
  const manifest = await writeBlob(dir, ociTypes.manifest, renderOciManifest(facts, config, layer));
  await writeText(join(dir, 'index.json'), renderOciIndex(facts, manifest));
  await writeText(join(dir, 'oci-layout'), ociLayoutText);
  return { manifest, config, layer };
}

/**
 * Packs a layout into one file that `docker load` takes, and everything else that reads archives of docker or of OCI.
 * Throws the storage codes and `CANCELLED`.
 */
export async function writeDockerArchive(
  request: UpgradeImageRequest,
  { config, manifest, layer }: UpgradeImage,
  file: string,
  { signal }: BuildContext,
): Promise<FileDigest> {
  const { dir, facts } = request;
  const { epochSeconds } = facts;
  const docker = renderDockerManifest(facts, ociBlobPath(config.digest), ociBlobPath(layer.digest));
  const blobs = [config, manifest, layer].map(({ digest }) => ociBlobPath(digest)).sort();
  async function* archive(): AsyncGenerator<Buffer> {
    for (const folder of ['blobs', blobsDir]) yield tarFolder(folder, epochSeconds);
    for (const name of [...blobs, 'index.json', 'oci-layout']) {
      yield* fileEntry(name, join(dir, name), epochSeconds, signal);
    }
    const bytes = Buffer.from(docker);
    yield* tarFile('manifest.json', bytes.length, epochSeconds, [bytes]);
    yield tarTail;
  }
  return saveStream(archive(), file, signal);
}

async function writeLayer(
  rootTar: string,
  dir: string,
  epochSeconds: number,
  signal: AbortSignal,
): Promise<{ readonly layer: Descriptor; readonly diffId: Digest }> {
  const hash = createHash('sha256');
  async function* plain(): AsyncGenerator<Buffer> {
    for await (const piece of fileEntry(payloadName, rootTar, epochSeconds, signal)) {
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
    layer: { mediaType: ociTypes.layer, digest, size: bytes },
    diffId: `sha256:${hash.digest('hex')}`,
  };
}

async function* fileEntry(
  name: string,
  path: string,
  epochSeconds: number,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  const { size } = await attempt(`Cannot read ${path}`, () => stat(path));
  yield* tarFile(name, size, epochSeconds, readPieces(path, signal));
}

async function writeBlob(dir: string, mediaType: string, text: string): Promise<Descriptor> {
  const bytes = Buffer.from(text);
  const digest: Digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  await writeText(join(dir, ociBlobPath(digest)), text);
  return { mediaType, digest, size: bytes.length };
}

async function writeText(path: string, text: string): Promise<void> {
  await attempt(`Cannot write ${path}`, () => writeFile(path, text));
}
