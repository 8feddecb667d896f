import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { build } from 'esbuild';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { attachLoopDisk, createDiskImage, exec, type LoopDisk } from '@kubeos/host';
import { serve, type PayloadServer } from '../test/payload-server.ts';
import { mib } from '../test/slot-bench.ts';

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

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'memory-'));
  await createDiskImage(join(folder, 'disk.img'), [{ label: 'ROOT-B', sizeBytes: largest * mib }]);
  disk = await attachLoopDisk(exec, join(folder, 'disk.img'));
  server = await serve((request, response) => {
    Readable.from(image(Number(request.url?.slice(1)))).pipe(response);
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

async function peakMib(blocks: number): Promise<number> {
  const hash = createHash('sha256');
  for (const chunk of image(blocks)) hash.update(chunk);
  const { stdout } = await exec(process.execPath, [
    '--max-semi-space-size=1',
    join(folder, 'measure.mjs'),
    ...[disk.partition(1), `${server.url}/${blocks}`, `sha256:${hash.digest('hex')}`, folder],
  ]);
  return Number(stdout) / 1024;
}

describe('memory', () => {
  it('B-41: stays small and flat whatever the length of the image', async () => {
    const small = await peakMib(32);
    const large = await peakMib(largest);
    expect(large).toBeLessThan(120);
    expect(large - small).toBeLessThan(24);
  });
});
