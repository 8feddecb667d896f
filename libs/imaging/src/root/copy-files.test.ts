import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chmod, mkdir, mkdtemp, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CopyFile } from '@kubeos/core/image';
import { copyFiles } from './copy-files.ts';
import { openTree, type Tree } from './tree.ts';

let folder = '';
let tree: Tree;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'copy-'));
  await mkdir(join(folder, 'root'));
  await mkdir(join(folder, 'src/sub'), { recursive: true });
  await writeFile(join(folder, 'src/a'), 'a');
  await writeFile(join(folder, 'src/sub/b'), 'b');
  await symlink('a', join(folder, 'src/link'));
  tree = openTree(join(folder, 'root'));
  await tree.makeFolder('/opt/there');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const copy = (entry: CopyFile): Promise<void> => copyFiles(tree, [entry], folder);

describe('copyFiles', () => {
  it('copies a file under a new name, or into a folder under its own', async () => {
    await copy({ src: 'src/a', dst: '/opt/there' });
    await copy({ src: join(folder, 'src/a'), dst: '/opt/there/new' });
    await copy({ src: 'src/a', dst: '/opt/made/', createDir: '/opt/made' });
    expect(await tree.readText('/opt/there/a')).toBe('a');
    expect(await tree.readText('/opt/there/new')).toBe('a');
    expect(await tree.readText('/opt/made/a')).toBe('a');
  });

  it('copies folders as cp -r does, with links as they are', async () => {
    await copy({ src: 'src', dst: '/opt/fresh' });
    await copy({ src: 'src', dst: '/opt/there' });
    expect(await tree.readText('/opt/fresh/sub/b')).toBe('b');
    expect(await tree.readText('/opt/there/src/sub/b')).toBe('b');
    expect(await readlink(join(tree.dir, 'opt/fresh/link'))).toBe('a');
    // A second time over the first.
    await copy({ src: 'src', dst: '/opt/there' });
    expect(await tree.list('/opt/there/src')).toEqual(['a', 'link', 'sub']);
  });

  it('keeps the right to run a file, and gives nobody but root the right to write', async () => {
    await chmod(join(folder, 'src/a'), 0o4777);
    await chmod(join(folder, 'src/sub/b'), 0o600);
    await copy({ src: 'src', dst: '/opt/fresh' });
    const modeOf = async (path: string): Promise<number> =>
      (await stat(join(tree.dir, path))).mode & 0o7777;
    expect(await modeOf('opt/fresh/a')).toBe(0o755);
    expect(await modeOf('opt/fresh/sub/b')).toBe(0o600);
    expect(await modeOf('opt/fresh/sub')).toBe(0o755);
  });

  it('writes within the image even where its links point elsewhere', async () => {
    await tree.link('/out', folder);
    await copy({ src: 'src/a', dst: '/out/b', createDir: '/out' });
    expect(await tree.readText(join(folder, 'b'))).toBe('a');
    await expect(stat(join(folder, 'b'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it.each<[string, CopyFile, string]>([
    ['a folder of the image that is missing', { src: 'src/a', dst: '/no/a' }, 'create_dir'],
    ['a folder over a file', { src: 'src', dst: '/opt/there/file' }, 'no folder'],
    ['a file over a folder', { src: 'src/a', dst: '/opt/with' }, 'a folder'],
    ['what is no file', { src: '/dev/null', dst: '/opt/null' }, 'only'],
  ])('refuses %s', async (_, entry, said) => {
    await tree.write('/opt/there/file', '');
    await tree.makeFolder('/opt/with/a');
    await expect(copy(entry)).rejects.toMatchObject({
      code: 'INVALID_SPEC',
      message: expect.stringContaining(said),
    });
  });

  it('says which file it cannot read', async () => {
    await expect(copy({ src: 'none', dst: '/opt/a' })).rejects.toMatchObject({
      message: expect.stringContaining(join(folder, 'none')),
    });
  });
});
