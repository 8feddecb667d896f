import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeBootEnvironment, describeRecordFile } from '@kubeos/testing';
import { createBootEnvironment } from './boot-environment.ts';
import { readTextIfThere, writeFileDurably } from './durable-file.ts';
import { storageError } from './errno.ts';
import { createSnapshotFile, createStateFile } from './record-files.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'host-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('writeFileDurably', () => {
  it('replaces the file and leaves nothing else behind', async () => {
    const path = join(folder, 'file');
    await writeFileDurably(path, 'old');
    await writeFileDurably(path, 'new', { mode: 0o640 });
    expect(await readFile(path, 'utf8')).toBe('new');
    expect((await stat(path)).mode & 0o777).toBe(0o640);
    expect(await readdir(folder)).toEqual(['file']);
  });

  it('B-40: writes beside the old file, so that a failure leaves it whole', async () => {
    const path = join(folder, 'file');
    await writeFile(path, 'old');
    const before = await stat(path);
    await writeFileDurably(path, 'new');
    expect((await stat(path)).ino).not.toBe(before.ino);
    // A folder cannot be replaced by a file: the rename fails, and the new file is taken away again.
    await expect(writeFileDurably(folder, 'x')).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    expect(await readFile(path, 'utf8')).toBe('new');
  });

  it('takes the place of what a killed writer left behind', async () => {
    const path = join(folder, 'file');
    await writeFile(path, 'old');
    await writeFile(`${path}.new`, 'a part of what was to be much longer', { mode: 0o644 });
    await writeFileDurably(path, 'new');
    expect(await readFile(path, 'utf8')).toBe('new');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['file']);
  });

  it('says when the folder is missing', async () => {
    await expect(writeFileDurably(join(folder, 'no/file'), '')).rejects.toMatchObject({
      code: 'STORAGE_FAILED',
      details: { errno: 'ENOENT' },
    });
  });

  it('reads an absent file as nothing', async () => {
    expect(await readTextIfThere(join(folder, 'no/file'))).toBeUndefined();
    await expect(readTextIfThere(folder)).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
  });

  it.each([
    ['ENOSPC', 'STORAGE_FULL'],
    ['EDQUOT', 'STORAGE_FULL'],
    ['EIO', 'STORAGE_FAILED'],
  ])('translates %s to %s', (errno, code) => {
    const cause = Object.assign(new Error('failed'), { code: errno });
    expect(storageError(cause, 'Cannot write')).toMatchObject({ code, cause });
  });
});

describe('boot environment', () => {
  it('overwrites the first sector in place and keeps the rest', async () => {
    const path = join(folder, 'grubenv');
    await writeFile(path, Buffer.alloc(1024, 'a'));
    const before = await stat(path);
    const environment = createBootEnvironment(folder);
    await environment.writeSector(Buffer.alloc(512, 'b'));
    expect((await stat(path)).ino).toBe(before.ino);
    expect(await environment.read()).toEqual(
      Buffer.concat([Buffer.alloc(512, 'b'), Buffer.alloc(512, 'a')]),
    );
  });

  it('writes sectors of their size only', async () => {
    const environment = createBootEnvironment(folder);
    await expect(environment.writeSector(Buffer.alloc(511))).rejects.toMatchObject({ code: 'BUG' });
  });
});

describeBootEnvironment('on a disk', async () => createBootEnvironment(folder));

describe('record files', () => {
  it('keeps the state to root and the snapshot to the group', async () => {
    await createStateFile(join(folder, 'state.json')).write('{}');
    expect((await stat(join(folder, 'state.json'))).mode & 0o777).toBe(0o600);
    const gid = process.getgid?.() ?? 0;
    await createSnapshotFile(join(folder, 'status.json'), gid).publish('{}');
    expect((await stat(join(folder, 'status.json'))).mode & 0o777).toBe(0o640);
  });
});

describeRecordFile('of the state', async () => () => createStateFile(join(folder, 'state.json')));

describeRecordFile('of the snapshot', async () => () => {
  const file = createSnapshotFile(join(folder, 'status.json'));
  return { read: () => file.read(), write: (text) => file.publish(text) };
});
