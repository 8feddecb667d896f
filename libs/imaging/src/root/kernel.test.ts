import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newestKernel, placeKernel } from './kernel.ts';
import { openTree, type Tree } from './tree.ts';

let folder = '';
let tree: Tree;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kernel-'));
  tree = openTree(folder);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function addKernel(release: string, modules = true): Promise<void> {
  await tree.write(`/boot/vmlinuz-${release}`, release);
  if (modules) await tree.write(`/usr/lib/modules/${release}/modules.dep`, '');
}

describe('placeKernel', () => {
  it('leaves the kernel alone in /boot', async () => {
    await addKernel('6.12.118+deb13-cloud-amd64');
    await tree.write('/boot/config-6.12.118+deb13-cloud-amd64', 'CONFIG_RD_ZSTD=y\n');
    await tree.write('/boot/initramfs-1.img', '');
    await tree.write('/boot/grub2/grub.cfg', '');
    await tree.link('/vmlinuz', 'boot/vmlinuz-6.12.118+deb13-cloud-amd64');
    await tree.link('/initrd.img.old', 'boot/none');
    expect(await placeKernel(tree)).toBe('6.12.118+deb13-cloud-amd64');
    expect(await tree.list('/boot')).toEqual(['vmlinuz']);
    expect(await tree.readText('/boot/vmlinuz')).toBe('6.12.118+deb13-cloud-amd64');
    expect(await tree.list('/')).toEqual(['boot', 'usr']);
    // Whoever makes the initrd asks it how that may be packed.
    const config = '/usr/lib/modules/6.12.118+deb13-cloud-amd64/config';
    expect(await tree.readText(config)).toBe('CONFIG_RD_ZSTD=y\n');
  });

  it('B-69: takes the newest kernel, and never that of a rescue system', async () => {
    await addKernel('5.10.9-1.oe2203');
    await addKernel('5.10.10-1.oe2203');
    await addKernel('0-rescue-0123456789abcdef0123456789abcdef');
    await addKernel('99.1-rescue');
    expect(await placeKernel(tree)).toBe('5.10.10-1.oe2203');
    expect(await tree.list('/boot')).toEqual(['vmlinuz']);
  });

  it('B-73: takes the kernel of the packages, whichever the build host runs', async () => {
    await addKernel('0.0.1-older-than-any-host');
    expect(await placeKernel(tree)).toBe('0.0.1-older-than-any-host');
  });

  it('takes a kernel that lies with its modules', async () => {
    await tree.write('/usr/lib/modules/6.1/vmlinuz', 'kernel');
    expect(await placeKernel(tree)).toBe('6.1');
    expect(await tree.readText('/boot/vmlinuz')).toBe('kernel');
  });

  it.each([
    ['no kernel', 'rpmlist', () => Promise.resolve()],
    ['a kernel without modules', '/boot/vmlinuz-7.0', () => addKernel('7.0', false)],
    ['a rescue kernel alone', 'rpmlist', () => addKernel('0-rescue-12')],
  ])('says what to do about %s', async (_, said, prepare) => {
    await prepare();
    await expect(placeKernel(tree)).rejects.toMatchObject({
      code: 'INVALID_SPEC',
      message: expect.stringContaining(said),
    });
  });
});

describe('newestKernel', () => {
  it.each([
    [['6.9', '6.10', '6.1'], '6.10'],
    [['5.10.0-1', '5.10.0-10', '5.10.0-9'], '5.10.0-10'],
    [['6.1', '6.1.1'], '6.1.1'],
    [['6.1.0-a', '6.1.0-b'], '6.1.0-b'],
    [[], undefined],
  ])('of %j is %s', (releases, newest) => {
    expect(newestKernel(releases.map((release) => ({ release })))?.release).toBe(newest);
  });
});
