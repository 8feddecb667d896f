import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { KubeosError } from '@kubeos/core';
import { exec } from '@kubeos/host';
import type { BuildContext } from '../build-context.ts';
import { buildBiosGrub, buildEfiGrub } from './grub-image.ts';

const biosBoot = { startBytes: 34 * 512, sizeBytes: 1024 * 1024 - 34 * 512 };

describe('GRUB from the modules of this host', () => {
  const { signal } = new AbortController();
  const context: BuildContext = { exec, signal, progress: () => undefined };
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kubeos-grub-'));
  });
  afterAll(async () => rm(folder, { recursive: true }));

  const workDir = async (name: string): Promise<string> => {
    const path = join(folder, name);
    await mkdir(path, { recursive: true });
    return path;
  };
  const request = async (name: string) => ({
    grubConfig: 'function kubeos_menu {\n  true\n}\n',
    workDir: await workDir(name),
  });

  it('B-76: gives the same bytes for EFI in another folder', async () => {
    const one = await buildEfiGrub('amd64', await request('one'), context);
    const other = await buildEfiGrub('amd64', await request('other'), context);
    expect(one.fileName).toBe('BOOTX64.EFI');
    expect(Buffer.from(one.bytes.subarray(0, 2)).toString()).toBe('MZ');
    expect(one.bytes.length).toBeLessThan(1024 * 1024);
    expect(Buffer.compare(one.bytes, other.bytes)).toBe(0);
  });

  it('B-76: gives the same bytes for BIOS, and leaves the partition table alone', async () => {
    const one = await buildBiosGrub(biosBoot, await request('one'), context);
    const other = await buildBiosGrub(biosBoot, await request('other'), context);
    expect(one.map(({ offset }) => offset)).toEqual([0, biosBoot.startBytes]);
    expect(one[0]?.bytes.length).toBe(0x1b8);
    expect(one[0]?.bytes.readBigUInt64LE(0x5c)).toBe(34n);
    expect(one[1]?.bytes.readBigUInt64LE(0x1f4)).toBe(35n);
    expect(one.map(({ bytes }) => bytes.toString('hex'))).toEqual(
      other.map(({ bytes }) => bytes.toString('hex')),
    );
  });

  it('refuses a BIOS boot partition that is too small', async () => {
    const place = { ...biosBoot, sizeBytes: 4096 };
    await expect(buildBiosGrub(place, await request('small'), context)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
  });

  it.each([
    ['amd64', 'grub-efi-amd64-bin'],
    ['arm64', 'grub-efi-arm64-bin'],
  ] as const)('names the package of the modules for %s', async (arch, debianPackage) => {
    const nowhere = { ...(await request('none')), modulesDir: folder };
    await expect(buildEfiGrub(arch, nowhere, context)).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      message: expect.stringContaining(debianPackage),
    });
  });

  it('takes the program under its other name, and names its package where there is none', async () => {
    const asked: string[] = [];
    const without: BuildContext = {
      ...context,
      exec: async (file) => {
        asked.push(file);
        const cause = Object.assign(new Error('gone'), { code: 'ENOENT' });
        throw new KubeosError('COMMAND_FAILED', `Cannot start ${file}`, { cause });
      },
    };
    await expect(buildEfiGrub('amd64', await request('none'), without)).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      message: expect.stringContaining('grub-common'),
    });
    expect(asked).toEqual(['grub-mkimage', 'grub2-mkimage']);
  });
});
