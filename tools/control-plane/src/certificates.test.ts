import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { makeCertificates, type Certificates } from './certificates.ts';

describe('makeCertificates', () => {
  let folder: string;
  let made: Certificates;
  const read = async (file: string): Promise<X509Certificate> =>
    new X509Certificate(await readFile(file));

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kubeos-certificates-'));
    made = await makeCertificates(folder);
  });

  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  it('signs server and clients with the CA, and only the CA may sign', async () => {
    const [ca, ...leaves] = await Promise.all(
      [made.caFile, made.serverFile, made.adminFile, made.kubeletClientFile].map(read),
    );
    expect(ca?.ca).toBe(true);
    for (const leaf of leaves) {
      expect(leaf.ca).toBe(false);
      expect(ca !== undefined && leaf.verify(ca.publicKey)).toBe(true);
    }
  });

  it.each(['127.0.0.1', '10.0.2.2', '10.0.0.1'])(
    'lets clients reach the server as %s',
    async (address) => {
      expect((await read(made.serverFile)).checkIP(address)).toBe(address);
    },
  );

  it('makes the admin a member of system:masters', async () => {
    expect((await read(made.adminFile)).subject).toContain('O=system:masters');
  });

  it('gives the client of kubelets a name and no group', async () => {
    expect((await read(made.kubeletClientFile)).subject).toBe('CN=kube-apiserver-kubelet-client');
  });

  it.each([
    'caKeyFile',
    'serverKeyFile',
    'adminKeyFile',
    'kubeletClientKeyFile',
    'serviceAccountKeyFile',
  ] as const)('keeps %s to its owner', async (key) => {
    expect((await stat(made[key])).mode & 0o077).toBe(0);
  });
});
