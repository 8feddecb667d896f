import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createKernelParameters } from './kernel-parameters.ts';

describe('kernel parameters', () => {
  let root = '';
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'parameters-'));
    await mkdir(join(root, 'proc/sys/vm'), { recursive: true });
    await writeFile(join(root, 'proc/sys/vm/swappiness'), '100\n');
    await writeFile(join(root, 'proc/secret'), 'secret');
  });
  afterEach(() => rm(root, { recursive: true }));

  it('are read as they are printed', async () => {
    const { readKernel } = createKernelParameters(root);
    expect(await readKernel('vm/swappiness')).toBe('100\n');
  });

  it.each(['vm', 'vm/absent', 'vm/swappiness/absent'])('%s is none', async (path) => {
    const { readKernel, writeKernel } = createKernelParameters(root);
    expect(await readKernel(path)).toBeUndefined();
    await expect(writeKernel(path, '4711')).rejects.toMatchObject({
      code: 'SETTINGS_REFUSED',
      message: expect.not.stringContaining('4711'),
    });
  });

  it('are written with a newline', async () => {
    await createKernelParameters(root).writeKernel('vm/swappiness', '5');
    expect(await readFile(join(root, 'proc/sys/vm/swappiness'), 'utf8')).toBe('5\n');
  });

  it.each(['../secret', 'vm/../../secret', '/proc/secret', 'vm//swappiness', '.', '', 'vm\0'])(
    'B-53: lie below /proc/sys, and %j does not',
    async (path) => {
      const { readKernel, writeKernel } = createKernelParameters(root);
      const refusal = { code: 'SETTINGS_REFUSED' };
      await expect(readKernel(path)).rejects.toMatchObject(refusal);
      await expect(writeKernel(path, '1')).rejects.toMatchObject(refusal);
    },
  );
});
