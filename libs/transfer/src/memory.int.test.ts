import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { build } from 'esbuild';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable, type Duplex } from 'node:stream';
import { createZstdCompress } from 'node:zlib';
import { attachLoopDisk, createDiskImage, exec, type LoopDisk } from '@kubeos/host';
import { serve, type PayloadServer } from '../test/payload-server.ts';
import { mib } from '../test/slot-bench.ts';
import { renderEntry, tarEnd } from './tar/tar-writer.ts';

const largest = 256;
const block = randomBytes(mib);
let folder = '';
let disk: LoopDisk;
let server: PayloadServer;

/** An image that nobody has to keep: a superblock, and the same MiB over and over. */
function* image(blocks: number): Generator<Buffer> {
  const first = Buffer.from(block);
  first.fill(0, 1024, 2048);
  first.writeUInt16LE(0xef53, 0x438);
  first.writeUInt32LE(2, 0x418);
  first.writeUInt32LE((blocks * mib) / 4096, 0x404);
  yield first;
  for (let count = 1; count < blocks; count += 1) yield block;
}

/** An archive with a kernel and one long file. */
function* archive(blocks: number): Generator<Buffer> {
  const entry = {
    ...{ linkName: '', mode: 0o644, uid: 0, gid: 0, mtime: '0', deviceMajor: 0, deviceMinor: 0 },
    attributes: new Map<string, Buffer>(),
  };
  yield renderEntry({ ...entry, type: 'directory', name: 'boot', size: 0 });
  yield renderEntry({ ...entry, type: 'file', name: 'boot/vmlinuz', size: 0 });
  yield renderEntry({ ...entry, type: 'file', name: 'long', size: blocks * mib });
  for (let count = 0; count < blocks; count += 1) yield block;
  yield tarEnd;
}

/** A layer with that image as its payload. */
function* layer(blocks: number): Generator<Buffer> {
  const entry = {
    ...{ linkName: '', mode: 0o644, uid: 0, gid: 0, mtime: '0', deviceMajor: 0, deviceMinor: 0 },
    attributes: new Map<string, Buffer>(),
  };
  yield renderEntry({ ...entry, type: 'file', name: 'os.tar', size: blocks * mib });
  yield* image(blocks);
  yield tarEnd;
}

const contents = { image, archive, layer };
const encoders = { plain: () => new PassThrough(), zstd: () => createZstdCompress() };
type Content = keyof typeof contents;
type Encoding = keyof typeof encoders;

/** A payload that is made anew whenever it is asked for. */
function payload(content: Content, encoding: Encoding, blocks: number): Duplex {
  return Readable.from(contents[content](blocks)).pipe(encoders[encoding]());
}

/** Manifests of a registry by their digests. */
const manifests = new Map<string, string>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'memory-'));
  await createDiskImage(join(folder, 'disk.img'), [
    // An archive needs a file system around it.
    { label: 'ROOT-B', sizeBytes: largest * 1.25 * mib },
  ]);
  disk = await attachLoopDisk(exec, join(folder, 'disk.img'));
  server = await serve((request, response) => {
    const [, content = '', encoding = '', blocks = '', name = ''] = request.url?.split('/') ?? [];
    const manifest = manifests.get(name);
    if (content === 'v2' && blocks !== 'blobs') {
      response.end(manifest);
      return;
    }
    if (content === 'v2') {
      payload('layer', 'zstd', Number(encoding)).pipe(response);
      return;
    }
    payload(content as Content, encoding as Encoding, Number(blocks)).pipe(response);
  });
  await build({
    entryPoints: [join(import.meta.dirname, '../test/install-and-measure.ts')],
    outfile: join(folder, 'measure.mjs'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    conditions: ['@kubeos/source'],
  });
});
afterAll(async () => {
  await server.close();
  await disk.detach();
  await rm(folder, { recursive: true, force: true });
});

async function describePayload(stream: Duplex): Promise<{ digest: string; size: number }> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    hash.update(chunk);
    size += chunk.length;
  }
  return { digest: `sha256:${hash.digest('hex')}`, size };
}

async function measure(imageType: string, source: string, digest: string): Promise<number> {
  const program = ['--max-semi-space-size=1', join(folder, 'measure.mjs')];
  const args = [disk.partition(1), imageType, source, digest, folder];
  const { stdout } = await exec(process.execPath, [...program, ...args]);
  return Number(stdout) / 1024;
}

async function peakMib(content: Content, encoding: Encoding, blocks: number): Promise<number> {
  const { digest } = await describePayload(payload(content, encoding, blocks));
  return measure('disk', `${server.url}/${content}/${encoding}/${blocks}`, digest);
}

async function peakOfImageMib(blocks: number): Promise<number> {
  const mediaType = 'application/vnd.oci.image.layer.v1.tar+zstd';
  const described = { mediaType, ...(await describePayload(payload('layer', 'zstd', blocks))) };
  const config = { ...described, mediaType: 'application/vnd.oci.image.config.v1+json', size: 2 };
  const manifest = JSON.stringify({ schemaVersion: 2, config, layers: [described] });
  const digest = `sha256:${createHash('sha256').update(manifest).digest('hex')}`;
  manifests.set(digest, manifest);
  return measure('oci', `${new URL(server.url).host}/${blocks}`, digest);
}

describe('memory', () => {
  it.each<[Content, Encoding]>([
    ['image', 'plain'],
    ['image', 'zstd'],
    ['archive', 'plain'],
    ['archive', 'zstd'],
  ])('B-41: stays small and flat whatever the length of an %s, %s', async (content, encoding) => {
    const small = await peakMib(content, encoding, 32);
    const large = await peakMib(content, encoding, largest);
    expect(large).toBeLessThan(120);
    expect(large - small).toBeLessThan(24);
  });

  it('B-41: stays small and flat whatever the length of an image of a registry', async () => {
    const small = await peakOfImageMib(32);
    const large = await peakOfImageMib(largest);
    expect(large).toBeLessThan(120);
    expect(large - small).toBeLessThan(24);
  });
});
