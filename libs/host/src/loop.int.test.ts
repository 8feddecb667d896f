import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { listBlockDevices } from './block-devices.ts';
import { createDiskImage } from './disk-image.ts';
import { exec } from './exec.ts';
import { attachLoopDisk, type LoopDisk } from './loop-disk.ts';
import { releaseDevice, withMount } from './mounts.ts';
import { agentFiles, inspectSlot } from './slot-content.ts';
import { createSlotDevices, type SlotDevices } from './slot-devices.ts';

const mib = 1024 * 1024;
let folder = '';
let disk: LoopDisk;
let slots: SlotDevices;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'loop-'));
  await createDiskImage(join(folder, 'disk.img'), [
    { label: 'ROOT-A', sizeBytes: 16 * mib },
    { label: 'ROOT-B', sizeBytes: 17 * mib },
  ]);
  disk = await attachLoopDisk(exec, join(folder, 'disk.img'));
  slots = createSlotDevices({ root: '/', disk: disk.path });
});
afterEach(async () => {
  await disk.detach();
  await rm(folder, { recursive: true, force: true });
});

async function put(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

async function digest(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
}

describe('slots on a loop device', () => {
  it('are mapped from the table to the partitions of the kernel', async () => {
    const slot = await slots.find('B');
    expect(slot.path).toBe(disk.partition(2));
    expect(slot.sizeBytes).toBe(17 * mib);
    const names = (await listBlockDevices('/')).map(({ path }) => path);
    expect(names).toContain(slot.path);
    const named = createSlotDevices({
      root: folder,
      slots: { A: disk.partition(1), B: disk.partition(2) },
    });
    expect(await named.find('B')).toEqual(slot);
  });

  it('are inspected without a change of a single byte', async () => {
    const tree = join(folder, 'tree');
    await put(join(tree, 'usr/lib/os-release'), 'PRETTY_NAME="KubeOS 1.0"\n');
    await mkdir(join(tree, 'etc'));
    await symlink('../usr/lib/os-release', join(tree, 'etc/os-release'));
    for (const path of agentFiles) await put(join(tree, path), '');
    const slot = await slots.find('A');
    await exec('mkfs.ext4', ['-q', '-F', '-d', tree, slot.path]);
    const before = await digest(slot.path);
    expect(await inspectSlot(exec, slot)).toEqual({
      sizeBytes: 16 * mib,
      version: 'KubeOS 1.0',
      hasAgent: true,
    });
    expect(await digest(slot.path)).toBe(before);
  });

  it('without a system have no version', async () => {
    const slot = await slots.find('A');
    const nothing = { sizeBytes: 16 * mib, hasAgent: false };
    expect(await inspectSlot(exec, slot)).toEqual(nothing);
    await exec('mkfs.ext4', ['-q', '-F', slot.path]);
    expect(await inspectSlot(exec, slot)).toEqual(nothing);
  });

  it('with a link that leads in a circle have no version', async () => {
    const tree = join(folder, 'tree');
    await mkdir(join(tree, 'etc'), { recursive: true });
    await symlink('os-release', join(tree, 'etc/os-release'));
    const slot = await slots.find('A');
    await exec('mkfs.ext4', ['-q', '-F', '-d', tree, slot.path]);
    expect(await inspectSlot(exec, slot)).not.toHaveProperty('version');
  });

  it('are mounted for the time of the work only', async () => {
    const slot = await slots.find('A');
    await exec('mkfs.ext4', ['-q', '-F', slot.path]);
    const how = { folder: join(folder, 'mounts'), options: 'ro,noload' };
    const seen = await withMount(exec, slot.path, how, async (mountPoint) => {
      expect((await stat(join(mountPoint, 'lost+found'))).isDirectory()).toBe(true);
      return mountPoint;
    });
    await expect(stat(seen)).rejects.toMatchObject({ code: 'ENOENT' });
    const failing = withMount(exec, slot.path, how, async () => {
      throw new RangeError('work');
    });
    await expect(failing).rejects.toThrow(RangeError);
    expect(await readFile('/proc/self/mountinfo', 'utf8')).not.toContain(folder);
  });

  it('are released from mounts that an earlier life left behind', async () => {
    const slot = await slots.find('A');
    await exec('mkfs.ext4', ['-q', '-F', slot.path]);
    const mounts = join(folder, 'mounts');
    await mkdir(join(mounts, 'left'), { recursive: true });
    await exec('mount', [slot.path, join(mounts, 'left')]);
    await releaseDevice(exec, slot, join(folder, 'never-made'));
    await symlink(mounts, join(folder, 'by-another-name'));
    await releaseDevice(exec, slot, join(folder, 'by-another-name'));
    expect(await readFile('/proc/self/mountinfo', 'utf8')).not.toContain(folder);
  });
});
