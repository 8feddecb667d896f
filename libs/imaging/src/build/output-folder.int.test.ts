import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { exec } from '@kubeos/host';
import { removeTree } from './output-folder.ts';

describe('removeTree', () => {
  it('B-60: removes nothing when something is mounted inside', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kubeos-output-'));
    const tree = join(folder, 'tree');
    await mkdir(join(tree, 'dev'), { recursive: true });
    // In a mount namespace of its own, so that nothing is left of it.
    const script = `
      import { removeTree } from ${JSON.stringify(join(import.meta.dirname, 'output-folder.ts'))};
      await removeTree(${JSON.stringify(tree)}).catch((error) => console.log(error.message));
    `;
    const node = [process.execPath, '--conditions=@kubeos/source', '--input-type=module'];
    const { stdout } = await exec('unshare', [
      ...['--mount', '--propagation', 'private', 'sh', '-c'],
      `mount -t tmpfs tmpfs "$0" && touch "$0/null" && "$@" && test -e "$0/null"`,
      join(tree, 'dev'),
      ...[...node, '--eval', script],
    ]);
    expect(stdout).toContain(`${join(tree, 'dev')} is mounted inside a folder of a build`);
    await removeTree(tree);
    expect(await readdir(folder)).toEqual([]);
    await rm(folder, { recursive: true });
  });
});
