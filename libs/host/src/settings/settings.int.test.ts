import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { exec } from '../exec.ts';
import { createKernelParameters } from './kernel-parameters.ts';
import { createSettingsFiles } from './settings-files.ts';

const label = 'system_u:object_r:etc_t:s0';

const python = async (line: string, file: string) =>
  (await exec('python3', ['-c', `import os, sys; ${line}`, file])).stdout.trim();

describe('a file of settings', () => {
  it('keeps its security label', async () => {
    const root = await mkdtemp(join(tmpdir(), 'settings-label-'));
    try {
      const file = join(root, 'file');
      await writeFile(file, 'old');
      await python(`os.setxattr(sys.argv[1], 'security.selinux', b'${label}')`, file);
      const files = createSettingsFiles({ root, exec, bootMenu: '/grub.cfg' });
      await files.writeAll([{ path: '/file', text: 'new' }]);
      expect(
        await python("print(os.getxattr(sys.argv[1], 'security.selinux').decode())", file),
      ).toBe(label);
    } finally {
      await rm(root, { recursive: true });
    }
  });
});

describe('the kernel', () => {
  const { readKernel, writeKernel } = createKernelParameters('/');

  it('gives nothing for a parameter that can only be written', async () => {
    expect(await readKernel('vm/compact_memory')).toBe('');
  });

  it.each([
    ['kernel/panic', 'soon', 'the kernel takes no such value'],
    ['kernel/osrelease', '1', 'it cannot be changed'],
    ['kernel/absent', '1', 'the kernel has no such parameter'],
  ])('says why it does not set %s', async (path, value, reason) => {
    await expect(writeKernel(path, value)).rejects.toMatchObject({
      code: 'SETTINGS_REFUSED',
      message: `The kernel parameter ${path} was not set: ${reason}`,
    });
  });
});
