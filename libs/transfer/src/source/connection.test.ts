import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Payload } from '@kubeos/core';
import { checkSource } from './connection.ts';

const payload: Payload = {
  imageType: 'disk',
  url: 'https://images.example.org/os.img',
  digest: `sha256:${'0'.repeat(64)}`,
  allowInsecure: false,
  mutualTls: false,
};

describe('a source that nobody has asked yet', () => {
  let certsDir = '';
  beforeAll(async () => {
    certsDir = await mkdtemp(join(tmpdir(), 'certs-'));
    await writeFile(join(certsDir, 'text.pem'), 'text');
  });
  afterAll(() => rm(certsDir, { recursive: true }));

  it.each([
    ['https with what the system trusts', {}],
    ['http where it is allowed', { url: 'http://images/os.img', allowInsecure: true }],
  ])('can be %s', async (_what, change) => {
    await expect(checkSource({ ...payload, ...change }, { certsDir })).resolves.toBeUndefined();
  });

  it.each([
    ['another scheme', { url: 'ftp://images/os.img' }, 'INVALID_ARGUMENT'],
    ['http', { url: 'http://images/os.img' }, 'INSECURE_SOURCE'],
    ['a CA that is not there', { caCert: 'ca.pem' }, 'CERTIFICATE_UNUSABLE'],
    ['a CA that is none', { caCert: 'text.pem' }, 'CERTIFICATE_UNUSABLE'],
    ['a CA elsewhere', { caCert: '../ca.pem' }, 'INVALID_ARGUMENT'],
    ['mutual TLS without a certificate', { mutualTls: true }, 'INVALID_ARGUMENT'],
  ])('is refused with %s', async (_what, change, code) => {
    const checked = checkSource({ ...payload, ...change }, { certsDir });
    await expect(checked).rejects.toMatchObject({ code });
  });
});
