import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { ensureBinaries } from './binaries.ts';

describe('ensureBinaries', () => {
  const variable = 'KUBEBUILDER_ASSETS';
  const before = process.env[variable];
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kubeos-assets-'));
    process.env[variable] = folder;
  });

  afterEach(async () => {
    if (before === undefined) Reflect.deleteProperty(process.env, variable);
    else process.env[variable] = before;
    await rm(folder, { recursive: true });
  });

  it('takes what lies in KUBEBUILDER_ASSETS instead of building it', async () => {
    await writeFile(join(folder, 'etcd'), '');
    await writeFile(join(folder, 'kubectl'), '');
    await expect(ensureBinaries(['etcd', 'kubectl'])).resolves.toEqual({
      etcd: join(folder, 'etcd'),
      kubectl: join(folder, 'kubectl'),
    });
  });

  it('refuses a program that nothing builds', async () => {
    await expect(ensureBinaries(['kube-proxy'])).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
