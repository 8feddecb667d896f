import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDebCache, type DebCache } from './deb-cache.ts';

let folder = '';
const cacheDir = (): string => join(folder, 'cache');
const archives = (tree: string): string => join(folder, tree, 'var/cache/apt/archives');

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deb-cache-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function indexOf(contents: readonly string[]): string {
  const digests = contents.map((content) => createHash('sha256').update(content).digest('hex'));
  return digests.map((digest) => `Package: x\nSHA256: ${digest}\n`).join('\n');
}

/** A tree in which apt has read an index of these packages and installed one of them. */
async function makeTree(
  tree: string,
  packages: Readonly<Record<string, string>>,
): Promise<DebCache> {
  const dir = join(folder, tree);
  for (const path of ['var/lib/apt/lists', 'var/lib/dpkg']) {
    await mkdir(join(dir, path), { recursive: true });
  }
  const index = indexOf(Object.values(packages));
  await writeFile(join(dir, 'var/lib/apt/lists/mirror_Packages'), index);
  await writeFile(join(dir, 'var/lib/apt/lists/mirror_InRelease'), 'SHA256: no\n');
  await writeFile(join(dir, 'var/lib/apt/lists/_srv_local_Packages'), indexOf(['local']));
  await writeFile(
    join(dir, 'var/lib/dpkg/status'),
    'Package: base\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1:2.0\n\n',
  );
  return openDebCache(cacheDir(), dir);
}

const base = 'base_1%3a2.0_amd64.deb';

describe('openDebCache', () => {
  it('keeps what the indices of other machines list, and gives it to the next build', async () => {
    const first = await makeTree('one', { [base]: 'base' });
    await first.take();
    await writeFile(join(archives('one'), base), 'base');
    await writeFile(join(archives('one'), 'foreign_1_all.deb'), 'of no index');
    await writeFile(join(archives('one'), 'kubeos-initramfs_1_all.deb'), 'base');
    await writeFile(join(archives('one'), 'local_1_all.deb'), 'local');
    await mkdir(join(archives('one'), 'partial'));
    await writeFile(join(archives('one'), 'partial', 'half_1_all.deb'), 'base');
    await first.keep();
    await first.verify();
    expect(await readdir(cacheDir())).toEqual([base]);

    const second = await makeTree('two', { [base]: 'base' });
    await second.take();
    expect(await readFile(join(archives('two'), base), 'utf8')).toBe('base');
    await second.keep();
    await second.verify();
    // The same bytes on the disk.
    expect((await stat(join(cacheDir(), base))).nlink).toBe(3);
  });

  it('does not let a package of another repository pass', async () => {
    await mkdir(cacheDir());
    await writeFile(join(cacheDir(), base), 'evil');
    await writeFile(join(cacheDir(), 'unused_1_all.deb'), 'of before');
    const cache = await makeTree('one', { [base]: 'base' });
    await cache.take();
    await cache.keep();
    await expect(cache.verify()).rejects.toMatchObject({
      code: 'DIGEST_MISMATCH',
      details: { package: base },
    });
    expect(await readdir(cacheDir())).toEqual(['unused_1_all.deb']);
  });
});
