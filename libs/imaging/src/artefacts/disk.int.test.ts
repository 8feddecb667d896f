import { createHash } from 'node:crypto';
import { open, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Digest } from '@kubeos/core';
import { deriveDiskIds, partitionOf, planDisk } from '@kubeos/core/image';
import { readGpt, type GptPiece } from '@kubeos/host';
import { openBuildBench, type BuildBench } from '../../test/build-bench.ts';
import { epochSeconds, noise } from '../../test/small-tree.ts';
import { assembleDisk } from './disk.ts';
import { makeEsp } from './esp.ts';
import { digestFile } from './files.ts';
import { compressImage } from './compress.ts';
import { convertQcow2, digestDisk } from './qemu-img.ts';

const mib = 1024 * 1024;
const root: Digest = `sha256:${'5a'.repeat(32)}`;
const ids = deriveDiskIds(
  root,
  (text) => `sha256:${createHash('sha256').update(text).digest('hex')}`,
);
const layout = planDisk({ rootMib: 100, imgSizeGib: 3, legacyBios: true, ids });
const grubenv = Buffer.concat([Buffer.from('# GRUB Environment Block\n'), noise('env', 999)]);
const espFiles = [
  { path: 'EFI/BOOT/BOOTX64.EFI', bytes: noise('grub', 700_001) },
  { path: 'EFI/openEuler/grub.cfg', bytes: Buffer.from('menu') },
  { path: 'EFI/openEuler/grubenv', bytes: grubenv },
];
const patches: readonly GptPiece[] = [
  { offset: 0, bytes: noise('boot', 440) },
  { offset: 34 * 512, bytes: noise('core', 30_000) },
];
const persistDirs = ['var', 'etc', 'etcwork', 'etc/KubeOS', 'etc/KubeOS/certs', 'data'];

let bench: BuildBench;
const inBench = (name: string): string => join(bench.dir, name);

beforeAll(async () => {
  bench = await openBuildBench();
  await makeEsp(espRequest('esp.img'), bench.context);
  await writeFile(inBench('root.img'), noise('root', 5 * mib));
  await assembleDisk(diskRequest('system.img'), bench.context);
});
afterAll(() => bench.close());

function espRequest(name: string) {
  return {
    ...{ file: inBench(name), sizeBytes: partitionOf(layout, 'esp').sizeBytes, files: espFiles },
    ...{ volumeId: ids.espVolume, epochSeconds, workDir: bench.dir },
  };
}

function diskRequest(name: string, changes: { readonly patches?: readonly GptPiece[] } = {}) {
  return {
    ...{
      file: inBench(name),
      layout,
      ids,
      esp: inBench('esp.img'),
      rootImage: inBench('root.img'),
    },
    ...{ persistDirs, patches, epochSeconds, workDir: bench.dir, ...changes },
  };
}

async function readAt(name: string, offset: number, length: number): Promise<Buffer> {
  const file = await open(inBench(name), 'r');
  try {
    const bytes = Buffer.alloc(length);
    const { bytesRead } = await file.read(bytes, 0, length, offset);
    return bytes.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

async function ask(program: string, ...args: readonly string[]): Promise<string> {
  return (await bench.context.exec(program, args)).stdout;
}

describe('makeEsp', () => {
  it('B-76: gives the same bytes for the same files', async () => {
    await makeEsp(espRequest('again.img'), bench.context);
    const images = await Promise.all(
      ['esp.img', 'again.img'].map((name) => digestFile(inBench(name), bench.context.signal)),
    );
    expect(images[1]).toEqual(images[0]);
  });

  it('makes a sound FAT32 with the label BOOT that holds the files', async () => {
    const esp = inBench('esp.img');
    expect(await ask('fsck.vfat', '-n', '-v', esp)).toContain('2 FATs, 32 bit entries');
    expect(await ask('mdir', '-i', esp, '::/')).toMatch(/Volume in drive : is BOOT/u);
    for (const { path, bytes } of espFiles) {
      const copy = inBench('copied');
      await ask('mcopy', '-n', '-o', '-i', esp, `::/${path}`, copy);
      expect((await readFile(copy)).equals(bytes)).toBe(true);
    }
  });

  it('puts the environment of GRUB into whole sectors of its own, in one piece', async () => {
    const image = await readFile(inBench('esp.img'));
    const place = image.indexOf(grubenv);
    expect(place).toBeGreaterThan(0);
    expect(place % 512).toBe(0);
  });

  it('says when the files are too many', async () => {
    const files = [{ path: 'large', bytes: new Uint8Array(60 * mib) }];
    await expect(
      makeEsp({ ...espRequest('large.img'), files }, bench.context),
    ).rejects.toMatchObject({ code: 'SLOT_TOO_SMALL' });
  });
});

describe('assembleDisk', () => {
  it('B-61, B-72: puts every part in its place, with no device of the host', async () => {
    const gpt = await readGpt((at, length) => readAt('system.img', at, length), 3072 * mib, 512);
    expect(gpt).toEqual({
      diskUuid: ids.disk,
      partitions: layout.partitions.map(({ role: _, ...partition }) => partition),
    });
    for (const [name, role] of [
      ['esp.img', 'esp'],
      ['root.img', 'rootA'],
    ] as const) {
      const content = await readFile(inBench(name));
      const { startBytes } = partitionOf(layout, role);
      expect((await readAt('system.img', startBytes, content.length)).equals(content)).toBe(true);
    }
    const slotB = partitionOf(layout, 'rootB');
    const empty = await readAt('system.img', slotB.startBytes, slotB.sizeBytes);
    expect(empty.equals(Buffer.alloc(slotB.sizeBytes))).toBe(true);
  });

  it('writes GRUB for BIOS around the partition table', async () => {
    for (const { offset, bytes } of patches) {
      expect((await readAt('system.img', offset, bytes.length)).equals(bytes)).toBe(true);
    }
    // Signature of the first sector.
    expect((await readAt('system.img', 510, 2)).toString('hex')).toBe('55aa');
    expect(await ask('sfdisk', '--verify', inBench('system.img'))).toContain('No errors detected');
  });

  it('makes PERSIST with its folders, and room to grow', async () => {
    const { startBytes } = partitionOf(layout, 'persist');
    const place = `${inBench('system.img')}?offset=${startBytes}`;
    await ask('e2fsck', '-fn', place);
    expect(await ask('debugfs', '-R', 'stats -h', place)).toMatch(
      /name: +PERSIST[\s\S]*has_journal/u,
    );
    const list = await ask('debugfs', '-R', 'ls -p /', place);
    expect(list).toMatch(/^\/\d+\/040755\/0\/0\/data\/\/$/mu);
    expect(await ask('debugfs', '-R', 'ls -p /etc/KubeOS', place)).toContain('/040700/0/0/certs/');
  });

  it('B-76: gives the same bytes again, in a file that is nearly all holes', async () => {
    await assembleDisk(diskRequest('again.img'), bench.context);
    const [first, second] = [inBench('system.img'), inBench('again.img')];
    expect(await ask('qemu-img', 'compare', '-s', first, second)).toContain('identical');
    const { blocks, size } = await stat(inBench('system.img'));
    expect(size).toBe(3072 * mib);
    expect(blocks * 512).toBeLessThan(30 * mib);
  });

  it.each([
    ['the partition table', { offset: 440, bytes: Buffer.alloc(8) }],
    ['behind its partition', { offset: 2048 * 512 - 1, bytes: Buffer.alloc(2) }],
  ])('refuses a boot loader that reaches into %s', async (_, patch) => {
    await expect(
      assembleDisk(diskRequest('refused.img', { patches: [patch] }), bench.context),
    ).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it('refuses a root that is larger than its slot', async () => {
    const large = planDisk({ rootMib: 4, imgSizeGib: 3, legacyBios: true, ids });
    await expect(
      assembleDisk({ ...diskRequest('refused.img'), layout: large }, bench.context),
    ).rejects.toThrow('1048576 more than the partition ROOT-A');
  });
});

describe('other forms', () => {
  it('digests a disk without reading its holes', async () => {
    const name = 'holes.img';
    await writeFile(inBench(name), noise('start', 5000));
    const file = await open(inBench(name), 'r+');
    await file.write(noise('middle', 1.5 * mib), 0, 1.5 * mib, 3 * mib);
    await file.truncate(8 * mib);
    await file.close();
    expect((await stat(inBench(name))).blocks * 512).toBeLessThan(2 * mib);
    expect(await digestDisk(inBench(name), bench.context)).toEqual(
      await digestFile(inBench(name), bench.context.signal),
    );
  });

  it('converts a disk without changing it, the same way each time', async () => {
    const [disk, qcow2] = [inBench('system.img'), inBench('system.qcow2')];
    const made = await convertQcow2(disk, qcow2, bench.context);
    expect(await ask('qemu-img', 'compare', disk, qcow2)).toContain('Images are identical');
    expect(await convertQcow2(disk, inBench('again.qcow2'), bench.context)).toEqual(made);
  });

  it('compresses an image, the same way each time, and records its length', async () => {
    const made = await compressImage(inBench('root.img'), inBench('root.zst'), bench.context);
    expect(await compressImage(inBench('root.img'), inBench('2.zst'), bench.context)).toEqual(made);
    expect(await ask('zstd', '-lv', inBench('root.zst'))).toMatch(
      /Decompressed Size: .*\(5242880 B\)[\s\S]*Check: XXH64/u,
    );
    await ask('zstd', '-q', '-d', inBench('root.zst'), '-o', inBench('plain'));
    expect((await readFile(inBench('plain'))).equals(await readFile(inBench('root.img')))).toBe(
      true,
    );
  });
});
