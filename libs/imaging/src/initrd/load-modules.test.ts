import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { exec } from '@kubeos/host';
import type { BuildContext } from '../build-context.ts';
import { loadModules } from './load-modules.ts';

describe('loadModules', () => {
  const { signal } = new AbortController();
  const context: BuildContext = { exec, signal, progress: () => undefined };
  let root = '';
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'load-modules-'));
    await mkdir(join(root, 'lib/modules/6.1'), { recursive: true });
  });
  afterEach(() => rm(root, { recursive: true }));

  const load = () =>
    loadModules({ rootDir: root, kernelRelease: '6.1', workDir: join(root, 'work') }, context);

  it('says that depmod has not run', async () => {
    await expect(load()).rejects.toMatchObject({ code: 'INVALID_CONFIGURATION' });
  });

  it.each(['', '.gz', '.zst', '.xz'])(
    'names a module%s of the list that is not there',
    async (end) => {
      const paths = [
        'fs/ext4/ext4',
        'fs/overlayfs/overlay',
        'fs/fat/vfat',
        'drivers/watchdog/softdog',
      ];
      const list = [...paths, 'drivers/block/virtio_blk'].map((path) => `${path}.ko${end}:\n`);
      await writeFile(join(root, 'lib/modules/6.1/modules.dep'), list.join(''));
      await writeFile(join(root, 'lib/modules/6.1/modules.alias'), '');
      await expect(load()).rejects.toMatchObject({
        code: 'STORAGE_FAILED',
        message: expect.stringMatching(
          /Cannot (?:read|copy) the module drivers\/block\/virtio_blk\.ko/u,
        ),
      });
    },
  );
});
