import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createDiskImage } from './disk-image.ts';
import { exec } from './exec.ts';
import { createSlotDevices, type SlotDevices } from './slot-devices.ts';
import type { GptPlan } from './gpt-layout.ts';

const mib = 1024 * 1024;
let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'slots-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function put(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}

/** A disk in a made-up /sys and /dev; `partitionName` names the kernel's partitions. */
async function addDisk(
  name: string,
  major: number,
  partitionName: (number: number) => string,
  labels = ['ESP', 'ROOT-A', 'ROOT-B', 'PERSIST'],
): Promise<readonly GptPlan[]> {
  await mkdir(join(root, 'dev'), { recursive: true });
  const sizes = labels.map((label, index) => ({ label, sizeBytes: (index + 1) * mib }));
  const plan = await createDiskImage(join(root, 'dev', name), sizes);
  const add = async (folder: string, attributes: Readonly<Record<string, number | string>>) => {
    const device = folder.split('/').at(-1) ?? '';
    for (const [key, value] of Object.entries(attributes)) {
      await put(`sys/devices/${folder}/${key}`, `${value}\n`);
    }
    await mkdir(join(root, 'sys/class/block'), { recursive: true });
    await symlink(`../../devices/${folder}`, join(root, 'sys/class/block', device));
  };
  const total = plan.reduce((sum, { sizeBytes }) => sum + sizeBytes, 2 * mib);
  await add(`pci/block/${name}`, { dev: `${major}:0`, size: total / 512 });
  for (const [index, { startBytes, sizeBytes }] of plan.entries()) {
    await add(`pci/block/${name}/${partitionName(index + 1)}`, {
      dev: `${major}:${index + 1}`,
      size: sizeBytes / 512,
      start: startBytes / 512,
      partition: index + 1,
    });
  }
  return plan;
}

const mountRoot = (number: string): Promise<void> =>
  put('proc/self/mountinfo', `23 22 ${number} / / ro - ext4 /dev/root ro\n`);

describe('slot devices', () => {
  it.each([
    ['nvme2n1', (number: number) => `nvme2n1p${number}`],
    ['mmcblk2', (number: number) => `mmcblk2p${number}`],
    ['sdb', (number: number) => `sdb${number + 10}`],
  ])('B-09: are found by label on %s, whatever digits the names hold', async (name, partition) => {
    await addDisk(name, 259, partition);
    await mountRoot('259:2');
    const slots = createSlotDevices({ root });
    expect((await slots.find('A')).path).toBe(join(root, 'dev', partition(2)));
    expect((await slots.find('B')).path).toBe(join(root, 'dev', partition(3)));
    expect(await slots.mounted()).toBe('A');
  });

  it('B-10: are measured one by one', async () => {
    await addDisk('vda', 254, (number) => `vda${number}`);
    await mountRoot('254:3');
    const slots = createSlotDevices({ root });
    expect((await slots.find('A')).sizeBytes).toBe(2 * mib);
    expect((await slots.find('B')).sizeBytes).toBe(3 * mib);
    expect(await slots.mounted()).toBe('B');
  });

  it('are found by partition UUID', async () => {
    const plan = await addDisk('vda', 254, (number) => `vda${number}`);
    await mountRoot('254:2');
    const uuid = (index: number): string => `PARTUUID=${plan[index]?.uuid.toUpperCase() ?? ''}`;
    const slots = createSlotDevices({ root, slots: { A: uuid(2), B: uuid(1) } });
    expect((await slots.find('A')).number).toBe('254:3');
    expect((await slots.find('B')).number).toBe('254:2');
  });

  it('are taken as named devices without a search', async () => {
    await put('a.img', 'x'.repeat(1000));
    const path = join(root, 'a.img');
    const slots = createSlotDevices({ root, slots: { A: path, B: join(root, 'b.img') } });
    expect(await slots.find('A')).toEqual({ path, sizeBytes: 1000 });
    await expect(slots.find('B')).rejects.toMatchObject({ code: 'SLOT_NOT_FOUND' });
    expect(await slots.mounted()).toBeUndefined();
  });

  it('stop at a second disk with the same labels', async () => {
    await addDisk('vda', 254, (number) => `vda${number}`);
    await addDisk('vdb', 253, (number) => `vdb${number}`);
    await mountRoot('254:2');
    const slots = createSlotDevices({ root });
    await expect(slots.find('B')).rejects.toMatchObject({ code: 'AMBIGUOUS_DISK' });
    expect(await slots.mounted()).toBe('A');
  });

  it.each([
    ['the mounted one', ['DATA'], async (slots: SlotDevices) => slots.mounted(), 'A'],
    ['any', [], async (slots: SlotDevices) => (await slots.find('A')).number, '254:2'],
  ])('wait for no disk that hangs, to find %s', async (_what, labels, find, found) => {
    await addDisk('vda', 254, (number) => `vda${number}`);
    await mountRoot('254:2');
    await addDisk('rbd0', 250, (number) => `rbd0p${number}`, labels);
    // Whoever opens a pipe to read waits until somebody opens it to write.
    await rm(join(root, 'dev/rbd0'));
    await exec('mkfifo', [join(root, 'dev/rbd0')]);
    expect(await find(createSlotDevices({ root }))).toBe(found);
  });

  it('stop at two partitions of one label', async () => {
    await addDisk('vda', 254, (number) => `vda${number}`, ['ROOT-A', 'ROOT-B', 'ROOT-B']);
    await mountRoot('254:1');
    const slots = createSlotDevices({ root });
    await expect(slots.find('B')).rejects.toMatchObject({ code: 'AMBIGUOUS_DISK' });
    expect((await slots.find('A')).number).toBe('254:1');
  });

  it('come from the disk of the mounted root, not from another one', async () => {
    await addDisk('vda', 254, (number) => `vda${number}`, ['DATA']);
    await addDisk('vdb', 253, (number) => `vdb${number}`);
    await mountRoot('254:1');
    await expect(createSlotDevices({ root }).find('A')).rejects.toMatchObject({
      code: 'SLOT_NOT_FOUND',
    });
  });

  it('are not there when the kernel shows another partition than the table', async () => {
    await addDisk('vda', 254, (number) => `vda${number}`);
    await mountRoot('254:2');
    await rename(
      join(root, 'sys/devices/pci/block/vda/vda3/start'),
      join(root, 'sys/devices/pci/block/vda/vda3/was'),
    );
    await expect(createSlotDevices({ root }).find('B')).rejects.toMatchObject({
      code: 'SLOT_NOT_FOUND',
    });
  });

  it('pass over a disk that cannot be read', async () => {
    await addDisk('vda', 254, (number) => `vda${number}`);
    await addDisk('sr0', 11, (number) => `sr0p${number}`);
    await rm(join(root, 'dev/sr0'));
    await mountRoot('254:2');
    expect((await createSlotDevices({ root }).find('B')).number).toBe('254:3');
  });

  it('refuse a selector of another kind', async () => {
    const slots = createSlotDevices({ root, slots: { A: 'LABEL=x', B: 'sda2' } });
    await expect(slots.find('A')).rejects.toMatchObject({ code: 'INVALID_CONFIGURATION' });
    await expect(slots.find('B')).rejects.toMatchObject({ code: 'INVALID_CONFIGURATION' });
  });
});
