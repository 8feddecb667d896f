import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { withOutputFolder } from './output-folder.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubeos-output-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const shown = async (): Promise<readonly string[]> =>
  (await readdir(folder)).filter((name) => name !== '.kbimg.lock');

describe('withOutputFolder', () => {
  it('lends a private folder and takes it away afterwards', async () => {
    await withOutputFolder(folder, async ({ workDir }) => {
      expect((await stat(workDir)).mode & 0o777).toBe(0o700);
      await writeFile(join(workDir, 'scratch'), 'x');
    });
    expect(await shown()).toEqual([]);
  });

  it('takes it away when the build fails', async () => {
    const failing = withOutputFolder(folder, async ({ workDir }) => {
      await writeFile(join(workDir, 'scratch'), 'x');
      throw new Error('no disk');
    });
    await expect(failing).rejects.toThrow('no disk');
    expect(await shown()).toEqual([]);
  });

  it('B-62: puts artefacts in place and leaves what is not ours alone, such as a folder of keys', async () => {
    await writeFile(join(folder, 'notes.txt'), 'mine');
    await withOutputFolder(folder, async ({ workDir, publish }) => {
      await mkdir(join(workDir, 'layout'));
      await writeFile(join(workDir, 'layout/index.json'), '{}');
      await writeFile(join(workDir, 'manifest.json'), '{}');
      await publish(['layout', 'manifest.json']);
    });
    expect(await shown()).toEqual(['layout', 'manifest.json', 'notes.txt']);
    expect((await stat(join(folder, 'manifest.json'))).mode & 0o777).toBe(0o640);
  });

  it('touches nothing behind a link', async () => {
    const outside = join(folder, 'outside');
    await writeFile(outside, '', { mode: 0o755 });
    await withOutputFolder(join(folder, 'out'), async ({ workDir, publish }) => {
      await mkdir(join(workDir, 'layout'));
      await symlink(outside, join(workDir, 'layout/link'));
      await publish(['layout']);
    });
    expect((await stat(outside)).mode & 0o777).toBe(0o755);
  });

  it('never shows the old manifest beside new artefacts', async () => {
    await writeFile(join(folder, 'manifest.json'), 'old');
    await writeFile(join(folder, 'system.img'), 'old');
    const failing = withOutputFolder(folder, async ({ workDir, publish }) => {
      await writeFile(join(workDir, 'system.img'), 'new');
      await publish(['system.img', 'kubeos.tar', 'manifest.json']);
    });
    await expect(failing).rejects.toThrow('kubeos.tar');
    expect(await shown()).toEqual(['system.img']);
    expect(await readFile(join(folder, 'system.img'), 'utf8')).toBe('new');
  });

  it('refuses a second build into the same folder, and lets it in when the first is done', async () => {
    await withOutputFolder(folder, async () => {
      await expect(withOutputFolder(folder, async () => 'in')).rejects.toThrow(
        `Another build goes into ${folder}`,
      );
    });
    expect(await withOutputFolder(folder, async () => 'in')).toBe('in');
  });

  it('removes what a killed build has left', async () => {
    await mkdir(join(folder, '.kbimg-work-dead/tree'), { recursive: true });
    await withOutputFolder(folder, async () => undefined);
    expect(await shown()).toEqual([]);
  });

  it('says what is in the way when the output is a file', async () => {
    await writeFile(join(folder, 'out'), '');
    await expect(withOutputFolder(join(folder, 'out'), async () => 'in')).rejects.toThrow(
      `Cannot make the folder ${join(folder, 'out')}`,
    );
  });
});
