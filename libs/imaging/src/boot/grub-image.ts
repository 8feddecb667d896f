/** Makes GRUB from the modules of the build host: one file for EFI, two pieces of the disk for BIOS. */
import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KubeosError } from '@kubeos/core';
import { renderEarlyConfig, type ImageArch } from '@kubeos/core/image';
import { isAbsence, type GptPiece } from '@kubeos/host';
import type { BuildContext } from '../build-context.ts';
import { renderCpio } from '../initrd/cpio.ts';
import { attempt } from '../root/tree.ts';

/** What GRUB is made from. */
export interface GrubRequest {
  /** The `grub.cfg` of this image, which GRUB falls back to when both on the boot partition are lost. */
  readonly grubConfig: string;
  /** An existing folder for what is made on the way. */
  readonly workDir: string;
  /** Where the build host keeps the modules of GRUB, a folder for each platform. Default: `/usr/lib/grub`. */
  readonly modulesDir?: string;
}

/** GRUB for EFI. */
export interface EfiGrub {
  /** The name under which firmware looks for it in `EFI/BOOT` of the boot partition. */
  readonly fileName: string;
  readonly bytes: Uint8Array;
}

type Platform = 'i386-pc' | 'x86_64-efi' | 'arm64-efi';

interface PlatformFacts {
  /** The Debian package of its modules. */
  readonly debianPackage: string;
  /** Modules beside the common ones. */
  readonly modules: readonly string[];
}

const efiFileNames: Readonly<Record<ImageArch, string>> = {
  amd64: 'BOOTX64.EFI',
  arm64: 'BOOTAA64.EFI',
};
const efiPlatforms: Readonly<Record<ImageArch, Platform>> = {
  amd64: 'x86_64-efi',
  arm64: 'arm64-efi',
};
const platforms: Readonly<Record<Platform, PlatformFacts>> = {
  'i386-pc': { debianPackage: 'grub-pc-bin', modules: ['biosdisk', 'serial', 'multiboot'] },
  'x86_64-efi': {
    debianPackage: 'grub-efi-amd64-bin',
    modules: ['efi_gop', 'efi_uga', 'multiboot'],
  },
  // Kernels of this architecture may come as gzip files, which nothing but GRUB unpacks.
  'arm64-efi': { debianPackage: 'grub-efi-arm64-bin', modules: ['efi_gop', 'gzio'] },
};

/** Nothing is loaded later: with its modules in itself GRUB needs no file but kernel, initrd and what it is told. */
const commonModules: readonly string[] = [
  // What it is built into itself, and the language of its files.
  ...['memdisk', 'newc', 'normal', 'configfile', 'test', 'true', 'regexp', 'echo', 'sleep'],
  // Partitions, file systems, what is done with them.
  ...['part_gpt', 'fat', 'ext2', 'probe', 'loadenv', 'linux', 'boot', 'reboot'],
  // The menu's password, and what a person at its command line looks around with.
  ...['terminal', 'password_pbkdf2', 'gcry_sha512', 'ls', 'cat', 'halt'],
];

const sectorBytes = 512;
const builtInMenu = 'kubeos/grub.cfg';
const builtInFolder = 'boot/grub';

/** Builds GRUB for machines with EFI. Throws `UNSUPPORTED` when this host has no modules for it, the storage codes. */
export async function buildEfiGrub(
  arch: ImageArch,
  request: GrubRequest,
  context: BuildContext,
): Promise<EfiGrub> {
  const bytes = await makeImage(efiPlatforms[arch], request, context);
  return { fileName: efiFileNames[arch], bytes };
}

/** Where GRUB for BIOS goes. */
export interface BiosBootPlace {
  /** The BIOS boot partition. */
  readonly startBytes: number;
  readonly sizeBytes: number;
}

/**
 * Builds GRUB for machines with BIOS: the code of the boot sector, and what that loads from the BIOS boot partition. Both
 * are written over a disk with its partition table. Throws as `buildEfiGrub`.
 */
export async function buildBiosGrub(
  place: BiosBootPlace,
  request: GrubRequest,
  context: BuildContext,
): Promise<readonly GptPiece[]> {
  const core = Buffer.from(await makeImage('i386-pc', request, context));
  if (core.length > place.sizeBytes) {
    throw new KubeosError(
      'INVALID_ARGUMENT',
      `GRUB has ${core.length} bytes, and the BIOS boot partition only ${place.sizeBytes}`,
    );
  }
  const sector = join(folderOf('i386-pc', request), 'boot.img');
  const boot = await attempt(`Cannot read ${sector}`, () => readFile(sector));
  const firstSector = BigInt(place.startBytes / sectorBytes);
  return [
    { offset: 0, bytes: patchBootSector(boot, firstSector) },
    { offset: place.startBytes, bytes: patchCore(core, firstSector) },
  ];
}

/** The offsets are those of `include/grub/i386/pc/boot.h`; this is what `grub-bios-setup` does with a whole disk. */
function patchBootSector(boot: Buffer, coreSector: bigint): Buffer {
  // Behind the code are a disk signature and the partition table, which stay as they are.
  const code = Buffer.from(boot.subarray(0, 0x1b8));
  code.writeBigUInt64LE(coreSector, 0x5c);
  // The disk is the one that the firmware names.
  code.writeUInt8(0xff, 0x64);
  // Instead of the jump over a check of that name, which some firmware gets wrong.
  code.fill(0x90, 0x66, 0x68);
  return code;
}

/** The first sector of the image loads the others: it is told where they begin. */
function patchCore(core: Buffer, coreSector: bigint): Buffer {
  core.writeBigUInt64LE(coreSector + 1n, 0x1f4);
  return core;
}

async function makeImage(
  platform: Platform,
  request: GrubRequest,
  context: BuildContext,
): Promise<Uint8Array> {
  const folder = folderOf(platform, request);
  await requireModules(platform, folder);
  const work = join(request.workDir, `grub-${platform}`);
  const [disk, image] = [join(work, 'memdisk.cpio'), join(work, 'grub.img')];
  await attempt(`Cannot write ${disk}`, async () => {
    await mkdir(work, { recursive: true });
    await writeFile(disk, renderMemdisk(request.grubConfig));
  });
  const args = [
    ...['--directory', folder, '--format', platform, '--output', image],
    // GRUB looks for its first script below this prefix; in the root of a device it does not find it.
    ...['--memdisk', disk, '--prefix', `(memdisk)/${builtInFolder}`],
    ...[...commonModules, ...platforms[platform].modules],
  ];
  await runMkimage(args, context);
  return attempt(`Cannot read ${image}`, () => readFile(image));
}

function renderMemdisk(grubConfig: string): Uint8Array {
  const file = (text: string) =>
    ({ kind: 'file', bytes: Buffer.from(text), executable: false }) as const;
  const entries = new Map([
    [`${builtInFolder}/grub.cfg`, file(renderEarlyConfig(`(memdisk)/${builtInMenu}`))],
    [builtInMenu, file(grubConfig)],
  ]);
  return renderCpio(entries, 0);
}

function folderOf(platform: Platform, { modulesDir = '/usr/lib/grub' }: GrubRequest): string {
  return join(modulesDir, platform);
}

async function requireModules(platform: Platform, folder: string): Promise<void> {
  try {
    await access(join(folder, 'moddep.lst'));
  } catch (cause) {
    throw missing(`no modules of GRUB in ${folder}`, platforms[platform].debianPackage, cause);
  }
}

/** Debian and openEuler have the same program under two names. */
async function runMkimage(args: readonly string[], { exec, signal }: BuildContext): Promise<void> {
  for (const program of ['grub-mkimage', 'grub2-mkimage']) {
    try {
      await exec(program, args, { signal });
      return;
    } catch (thrown) {
      if (!(thrown instanceof KubeosError) || !isAbsence(thrown.cause)) throw thrown;
    }
  }
  throw missing('no program grub-mkimage', 'grub-common', undefined);
}

function missing(what: string, debianPackage: string, cause: unknown): KubeosError {
  return new KubeosError(
    'UNSUPPORTED',
    `This host has ${what}: install the package ${debianPackage} of Debian, or what is like it`,
    { details: { debianPackage }, cause },
  );
}
