import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

import { afterEach, beforeEach, expect, it } from '@jest/globals';

import type { ImageTools } from '../tools/image-tools.ts';
import { makeMachineFiles } from './machine-files.ts';

let folder = '';
/** Its qemu-img notes its arguments. */
let tools: ImageTools;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubeos-files-'));
  const qemuImg = join(folder, 'qemu-img');
  await writeFile(qemuImg, `#!/bin/sh\nprintf '%s\\n' "$@" >> ${folder}/asked\n`);
  await chmod(qemuImg, 0o755);
  tools = { binDir: folder, qemu: '', qemuImg, ovmfCode: '/code.fd', ovmfVars: '/vars.fd' };
});
afterEach(() => rm(folder, { recursive: true }));

const asked = (): Promise<string> => readFile(join(folder, 'asked'), 'utf8');

it('are overlays, of an image that is named from the working folder', async () => {
  const file = relative(process.cwd(), join(folder, 'system.qcow2'));
  const disk = { file, format: 'qcow2', sizeBytes: 4096 } as const;
  const files = await makeMachineFiles(folder, { firmware: 'bios', disk }, tools);
  expect(files).toEqual({ disk: { file: join(folder, 'disk.qcow2'), format: 'qcow2' } });
  // qemu-img counts a relative name from the folder of the overlay.
  expect((await asked()).split('\n')).toEqual([
    ...['create', '-q', '-f', 'qcow2', '-b', join(folder, 'system.qcow2'), '-F', 'qcow2'],
    ...[join(folder, 'disk.qcow2'), '4096', ''],
  ]);
});

it('are the image itself where that is wanted, and variables of firmware', async () => {
  const disk = { file: '/d.img', isWrittenInPlace: true };
  const files = await makeMachineFiles(folder, { firmware: 'uefi', disk }, tools);
  expect(files).toEqual({
    disk: { file: '/d.img', format: 'raw' },
    uefi: { code: '/code.fd', variables: join(folder, 'variables.qcow2') },
  });
  expect(await asked()).not.toContain('/d.img');
});
