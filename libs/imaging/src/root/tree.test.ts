import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openTree, type Tree } from './tree.ts';

let folder = '';
let tree: Tree;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tree-'));
  await mkdir(join(folder, 'root'));
  tree = openTree(join(folder, 'root'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('openTree', () => {
  it('writes through the links of the image, which never lead out of it', async () => {
    await tree.makeFolder('/usr/lib');
    await symlink('/usr/lib', join(tree.dir, 'lib'));
    await symlink('../../../../../..', join(tree.dir, 'up'));
    await tree.write('/lib/os-release', 'one');
    await tree.write('/up/etc/two', 'two');
    expect(await readFile(join(tree.dir, 'usr/lib/os-release'), 'utf8')).toBe('one');
    expect(await readFile(join(tree.dir, 'etc/two'), 'utf8')).toBe('two');
    expect(await tree.readText('/lib/os-release')).toBe('one');
  });

  it('B-68: gives files and folders their modes whatever the umask says', async () => {
    const before = process.umask(0o077);
    try {
      await tree.write('/a/b/file', 'x');
      await tree.write('/a/b/program', 'x', 0o755);
    } finally {
      process.umask(before);
    }
    const modeOf = async (path: string): Promise<number> =>
      (await stat(join(tree.dir, path))).mode & 0o777;
    expect(await modeOf('a')).toBe(0o755);
    expect(await modeOf('a/b')).toBe(0o755);
    expect(await modeOf('a/b/file')).toBe(0o644);
    expect(await modeOf('a/b/program')).toBe(0o755);
  });

  it('removes a link, not what it leads to', async () => {
    await writeFile(join(folder, 'outside'), 'stays');
    await symlink(join(folder, 'outside'), join(tree.dir, 'link'));
    await symlink(folder, join(tree.dir, 'out'));
    await tree.remove('/link');
    await tree.remove('/out');
    await tree.remove('/missing/too');
    expect(await tree.list('/')).toEqual([]);
    expect(await readFile(join(folder, 'outside'), 'utf8')).toBe('stays');
  });

  it('says what is there', async () => {
    await tree.write('/f', '');
    await tree.makeFolder('/d');
    await tree.link('/l', 'd');
    await tree.link('/lost', 'nowhere');
    const kinds = ['/f', '/d', '/l', '/lost', '/none'].map((path) => tree.kindOf(path));
    expect(await Promise.all(kinds)).toEqual(['file', 'folder', 'folder', 'nothing', 'nothing']);
    expect(await tree.readText('/none')).toBeUndefined();
  });

  it('empties a folder and leaves it', async () => {
    await tree.write('/tmp/a/b', '');
    await tree.empty('/tmp');
    await tree.empty('/none');
    expect(await tree.list('/tmp')).toEqual([]);
    expect(await tree.kindOf('/tmp')).toBe('folder');
  });

  it('translates what fails', async () => {
    await tree.write('/f', '');
    await expect(tree.write('/f/g', '')).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    await expect(tree.link('/f', 'x')).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
  });
});
