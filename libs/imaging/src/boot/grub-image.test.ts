import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { exec } from '@kubeos/host';
import type { BuildContext } from '../build-context.ts';
import { buildEfiGrub } from './grub-image.ts';

describe('GRUB that cannot be built', () => {
  const { signal } = new AbortController();
  const context: BuildContext = { exec, signal, progress: () => undefined };
  let folder = '';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kubeos-grub-'));
    await mkdir(join(folder, 'modules/x86_64-efi'), { recursive: true });
    await writeFile(join(folder, 'modules/x86_64-efi/moddep.lst'), '');
    await writeFile(join(folder, 'file'), '');
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each([
    ['none', 'UNSUPPORTED', 'install the package grub-efi-amd64-bin'],
    ['modules', 'STORAGE_FAILED', 'Cannot write'],
  ])('is no bug of ours: modules in %s, %s', async (modules, code, message) => {
    const request = {
      ...{ grubConfig: '', workDir: join(folder, 'file'), modulesDir: join(folder, modules) },
    };
    await expect(buildEfiGrub('amd64', request, context)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    });
  });
});
