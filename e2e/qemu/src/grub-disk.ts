/** Tiny disks with the GRUB of images on them, and slots that hold a kernel of a few bytes. */
import { copyFile, mkdir, open, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { slotNames, type SlotName } from '@kubeos/core';
import { grubFolder, renderGrubConfig, type GrubConfigOptions } from '@kubeos/core/image';
import { exec, linuxPartitionType, renderGpt, type GptPlan } from '@kubeos/host';
import { buildBiosGrub, buildEfiGrub, espFiles, type BuildContext } from '@kubeos/imaging';
import { withToolsOnPath, type ImageTools } from '@kubeos/vm';
import { renderKernel } from './grub-kernel.ts';

/** What a slot holds. */
export type SlotKind =
  'whole' | 'noKernel' | 'badKernel' | 'noInitrd' | 'noBytes' | 'badInitrd' | 'empty';

/** Disks of one kind are copies of a template. */
export interface GrubDisks {
  /** The text of `grub.cfg` on the template. */
  readonly grubConfig: string;
  /** Makes a disk, over that of before. */
  make(slots: Readonly<Record<SlotName, SlotKind>>): Promise<GrubDisk>;
}

/** A disk, while no machine runs from it. */
export interface GrubDisk {
  readonly path: string;
  /** Writes or removes a file of the boot loader's folder. */
  write(name: string, content: Uint8Array | string | undefined): Promise<void>;
  read(name: string): Promise<Buffer>;
  /** Makes zeros of the whole boot partition. */
  wipe(): Promise<void>;
}

const mib = 1024 * 1024;
const espType = 'c12a7328-f81f-11d2-ba4b-00a0c93ec93b';
const biosBootType = '21686148-6449-6e6f-744e-656564454649';
const biosBoot = { startBytes: 34 * 512, sizeBytes: mib - 34 * 512 };
const espMib = 4;
const slotMib = 2;
const slotStart = { A: 5, B: 7 } as const;
const diskMib = 10;
const uuidOf = (number: number): string => `5ab0c0de-0000-8000-8000-00000000000${number}`;

const contents: Readonly<Record<SlotKind, Readonly<Record<string, string | Buffer>>>> = {
  whole: { vmlinuz: renderKernel(), 'initramfs.img': 'initrd' },
  noKernel: { 'initramfs.img': 'initrd' },
  badKernel: { vmlinuz: Buffer.alloc(8192, 'no kernel'), 'initramfs.img': 'initrd' },
  noInitrd: { vmlinuz: renderKernel() },
  noBytes: { vmlinuz: renderKernel(), 'initramfs.img': '' },
  badInitrd: { vmlinuz: renderKernel(), 'initramfs.img': 'initrd' },
  empty: {},
};

/** Makes a template in this folder. */
export async function prepareGrubDisks(
  folder: string,
  tools: ImageTools,
  options: Omit<GrubConfigOptions, 'partUuids'> = {},
): Promise<GrubDisks> {
  const { signal } = new AbortController();
  const context: BuildContext = { exec, signal, progress: () => undefined };
  const grubConfig = renderGrubConfig({ ...options, partUuids: { A: uuidOf(2), B: uuidOf(3) } });
  const request = { grubConfig, workDir: folder };
  const template = join(folder, 'template.img');
  await writeFile(template, '');
  await truncate(template, diskMib * mib);
  for (const piece of renderGpt(uuidOf(0), diskMib * mib, plan)) await put(template, piece);
  for (const piece of await buildBiosGrub(biosBoot, request, context)) await put(template, piece);
  const esp = join(folder, 'esp.img');
  await writeFile(esp, '');
  await truncate(esp, espMib * mib);
  await exec('mkfs.vfat', ['-n', 'BOOT', esp]);
  const files = espFiles(await buildEfiGrub('amd64', request, context), grubConfig);
  await exec('mmd', ['-i', esp, '::/EFI', '::/EFI/BOOT', `::/${grubFolder}`]);
  for (const { path, bytes } of files) await writeFat(esp, `/${path}`, bytes);
  await put(template, { offset: mib, bytes: await readFile(esp) });
  const slots = await makeSlots(folder, tools);
  return {
    grubConfig,
    make: async (kinds) => {
      const path = join(folder, 'disk.img');
      await copyFile(template, path);
      for (const slot of slotNames) {
        const bytes = slots.get(kinds[slot]) ?? Buffer.alloc(0);
        await put(path, { offset: slotStart[slot] * mib, bytes });
      }
      return diskAt(path);
    },
  };
}

const plan: readonly GptPlan[] = [
  { label: 'ESP', type: espType, startBytes: mib, sizeBytes: espMib * mib, uuid: uuidOf(1) },
  ...slotNames.map((slot, index) => ({
    ...{ label: `ROOT-${slot}`, type: linuxPartitionType, uuid: uuidOf(index + 2) },
    ...{ startBytes: slotStart[slot] * mib, sizeBytes: slotMib * mib },
  })),
  { label: 'BIOS', type: biosBootType, uuid: uuidOf(5), ...biosBoot },
];

async function makeSlots(
  folder: string,
  tools: ImageTools,
): Promise<ReadonlyMap<SlotKind, Buffer>> {
  const images = new Map<SlotKind, Buffer>();
  for (const kind of Object.keys(contents) as SlotKind[]) {
    const tree = join(folder, kind);
    const boot = join(tree, 'boot');
    await mkdir(boot, { recursive: true });
    for (const [name, content] of Object.entries(contents[kind])) {
      await writeFile(join(boot, name), content);
    }
    await writeFile(join(boot, 'kubeos.cfg'), `set kubeos_image_args="image=${kind} two"\n`);
    const image = join(folder, `${kind}.img`);
    // As slots are made: what GRUB 2.06 cannot read is off.
    const features = '^has_journal,^metadata_csum_seed,^orphan_file';
    await exec('mkfs.ext4', ['-q', '-O', features, '-d', tree, image, `${slotMib}M`], {
      env: withToolsOnPath(tools),
    });
    if (kind === 'badInitrd') {
      // Without its magic number the tree of extents cannot be read, and so none of the bytes that the inode promises.
      const spoil = ['-w', '-R', 'set_inode_field /boot/initramfs.img block[0] 0', image];
      await exec('debugfs', spoil, { env: withToolsOnPath(tools) });
    }
    images.set(kind, await readFile(image));
  }
  return images;
}

function diskAt(path: string): GrubDisk {
  const image = `${path}@@1M`;
  return {
    path,
    write: async (name, content) => {
      const target = `/${grubFolder}/${name}`;
      if (content !== undefined) await writeFat(image, target, Buffer.from(content));
      else await exec('mdel', ['-i', image, `::${target}`]);
    },
    read: async (name) => {
      const copy = `${path}.copy`;
      await rm(copy, { force: true });
      await exec('mcopy', ['-n', '-i', image, `::/${grubFolder}/${name}`, copy]);
      return readFile(copy);
    },
    wipe: async () => put(path, { offset: mib, bytes: Buffer.alloc(espMib * mib) }),
  };
}

async function writeFat(image: string, path: string, bytes: Uint8Array): Promise<void> {
  await exec('mcopy', ['-o', '-i', image, '-', `::${path}`], { input: bytes });
}

async function put(path: string, piece: { offset: number; bytes: Uint8Array }): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.write(piece.bytes, 0, piece.bytes.length, piece.offset);
  } finally {
    await file.close();
  }
}
