import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, it } from '@jest/globals';

import { diskOf } from './disk.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubeos-disk-'));
});
afterEach(() => rm(folder, { recursive: true }));

it.each([
  ['qcow2', Buffer.from([0x51, 0x46, 0x49, 0xfb, 0, 0, 0, 3])],
  ['raw', Buffer.alloc(512)],
  ['raw', Buffer.from('QFI')],
])('is told to be %s by its first bytes', async (format, bytes) => {
  const file = join(folder, 'image');
  await writeFile(file, bytes);
  expect(await diskOf(file)).toMatchObject({ file, format });
});

it('that is not there is named', async () => {
  const file = join(folder, 'no-image');
  await expect(diskOf(file)).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
    message: expect.stringContaining(file),
  });
});
