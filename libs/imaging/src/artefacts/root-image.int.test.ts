import { cp, readFile, rename, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { compareBlocks } from '@kubeos/core/image';
import { openBuildBench, type BuildBench } from '../../test/build-bench.ts';
import { epochSeconds, makeSmallTree, noise } from '../../test/small-tree.ts';
import { digestFile } from './files.ts';
import { makeRootImage, type RootImage } from './root-image.ts';

const mib = 1024 * 1024;
let bench: BuildBench;
let tree = '';
let first: RootImage;

beforeAll(async () => {
  bench = await openBuildBench();
  tree = join(bench.dir, 'tree');
  await makeSmallTree(bench.context.exec, tree, { version: 'v1', files: 300 });
  first = await build(tree, 'first.img');
});
afterAll(() => bench.close());

function build(rootDir: string, name: string, slotBytes = 64 * mib): Promise<RootImage> {
  const file = join(bench.dir, name);
  return makeRootImage(
    { rootDir, file, slotBytes, epochSeconds, workDir: bench.dir },
    bench.context,
  );
}

async function ask(program: string, ...args: readonly string[]): Promise<string> {
  return (await bench.context.exec(program, args)).stdout;
}
const inImage = (request: string): Promise<string> =>
  ask('debugfs', '-R', request, join(bench.dir, 'first.img'));

describe('makeRootImage', () => {
  it('B-76: gives the same bytes for a copy of the tree, whoever read or touched it before', async () => {
    const copy = join(bench.dir, 'copy');
    await bench.context.exec('cp', ['--archive', tree, copy]);
    await readFile(join(copy, 'boot/vmlinuz'));
    await utimes(join(copy, 'etc'), 5, Date.now() / 1000);
    // In a folder its name comes last now.
    await rename(join(copy, 'usr/bin/ping'), join(copy, 'usr/bin/x'));
    await rename(join(copy, 'usr/bin/x'), join(copy, 'usr/bin/ping'));
    expect((await build(copy, 'copy.img')).digest).toBe(first.digest);
    expect(await digestFile(join(bench.dir, 'copy.img'), bench.context.signal)).toEqual({
      ...{ bytes: first.bytes, digest: first.digest },
    });
  });

  it('makes a sound file system, as long as its file and little longer than its content', async () => {
    const file = join(bench.dir, 'first.img');
    await ask('e2fsck', '-fn', file);
    expect((await stat(file)).size).toBe(first.bytes);
    expect(first.bytes % (4 * mib)).toBe(0);
    expect(first.bytes).toBeLessThan(20 * mib);
    const facts = await ask('dumpe2fs', '-h', file);
    expect(facts).toMatch(new RegExp(`^Block count: +${first.bytes / 4096}$`, 'mu'));
    expect(facts).toMatch(new RegExp(`^Filesystem UUID: +${first.uuid}$`, 'mu'));
    expect(facts).not.toMatch(/has_journal|metadata_csum_seed|orphan_file|resize_inode/u);
  });

  it('keeps owners, modes, links, device nodes, capabilities and times', async () => {
    expect(await inImage('stat /usr/bin/ping')).toMatch(/Mode: +04755[\s\S]*Links: 2/u);
    expect(await inImage('ea_list /usr/bin/ping4')).toContain('security.capability (20)');
    expect(await inImage('stat /usr/share')).toMatch(/User: +1234 +Group: +70000/u);
    expect(await inImage('stat /dev/null')).toContain('Device major/minor number: 01:03');
    expect(await inImage('stat /usr/share/long')).toContain('Type: symlink');
    expect(await inImage('ls /usr/share')).toContain(String.raw`F\xc5\x91tan`);
    const times = await inImage('stat /boot/vmlinuz');
    expect(times).toContain(`mtime: 0x${(1_600_000_000).toString(16)}:00000000`);
    expect(times).toContain(`ctime: 0x${epochSeconds.toString(16)}:00000000`);
  });

  it('shares nearly all blocks with an image of a tree that differs in a few files', async () => {
    const next = join(bench.dir, 'next');
    await cp(tree, next, { recursive: true, verbatimSymlinks: true });
    await writeFile(join(next, 'etc/os-release'), 'PRETTY_NAME="KubeOS v2"\n');
    // One longer, one shorter, one more in front of all others.
    await writeFile(join(next, 'usr/lib/many/7'), noise('new', 90_000));
    await writeFile(join(next, 'usr/lib/many/200'), noise('new', 100));
    await writeFile(join(next, 'boot/another'), noise('another', 70_000));
    const second = await build(next, 'next.img');
    const { wanted, found } = compareBlocks(second.blockIndex, first.blockIndex);
    expect(wanted).toBeGreaterThan(3000);
    expect(found / wanted).toBeGreaterThan(0.95);
  });

  it('says by how much a tree is too large for its slot', async () => {
    await expect(build(tree, 'large.img', 8 * mib)).rejects.toMatchObject({
      code: 'SLOT_TOO_SMALL',
      message: expect.stringMatching(
        /^The root file system needs 13 MiB, 5 MiB more than a slot has: raise disk_partition.root by 5 or more$/u,
      ),
    });
    // Where the content alone would fit, but not with what the file system itself needs.
    await expect(build(tree, 'large.img', 12 * mib)).rejects.toMatchObject({
      code: 'SLOT_TOO_SMALL',
    });
  });

  it('fills a slot to its end when it has to', async () => {
    expect((await build(tree, 'tight.img', 13 * mib)).bytes).toBe(13 * mib);
  });

  it('ends with the build', async () => {
    const request = {
      ...{ rootDir: tree, file: join(bench.dir, 'ended.img'), slotBytes: 64 * mib },
      ...{ epochSeconds, workDir: bench.dir },
    };
    const ended = { ...bench.context, signal: AbortSignal.abort() };
    await expect(makeRootImage(request, ended)).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});
