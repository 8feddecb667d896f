import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { verifyIntegrity } from './integrity.ts';

let file = '';
beforeAll(async () => {
  file = join(await mkdtemp(join(tmpdir(), 'kubeos-integrity-')), 'node.tgz');
  await writeFile(file, 'package');
});
afterAll(() => rm(join(file, '..'), { recursive: true }));

const wanted = `sha512-${createHash('sha512').update('package').digest('base64')}`;

it('takes the file that the lockfile means', async () => {
  await expect(verifyIntegrity(file, wanted)).resolves.toBeUndefined();
});

it('refuses another one', async () => {
  await writeFile(file, 'packagf');
  await expect(verifyIntegrity(file, wanted)).rejects.toMatchObject({
    ...{ code: 'DIGEST_MISMATCH', message: expect.stringContaining(wanted) },
  });
});
