import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { canFetchToolchains, findGo } from './go.ts';

describe('canFetchToolchains', () => {
  it.each([
    ['go1.20.14', false],
    ['go1.21', true],
    ['go1.21rc2', true],
    ['go1.26.6\n', true],
    ['go2.0', true],
    ['devel go1.27-abcdef', false],
  ])('says of %j: %j', (version, expected) => {
    expect(canFetchToolchains(version)).toBe(expected);
  });
});

describe('findGo', () => {
  const before = process.env['PATH'];
  let folder: string;
  const endless = '#!/bin/sh\nexec /bin/sleep 600\n';
  const place = async (name: string, text: string): Promise<void> =>
    writeFile(join(folder, name), text, { mode: 0o755 });
  const find = async (signal: AbortSignal) => findGo(folder, folder, () => undefined, signal);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kubeos-go-'));
    process.env['PATH'] = folder;
  });

  afterEach(async () => {
    process.env['PATH'] = before;
    await rm(folder, { recursive: true });
  });

  it('gives up when it is cancelled while Go fetches a toolchain', async () => {
    await place('go', endless);
    await expect(find(AbortSignal.abort())).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  it('gives up when it is cancelled while pip fetches Go', async () => {
    await place('python3', endless);
    const stop = new AbortController();
    const go = await find(stop.signal);
    stop.abort();
    await expect(go.command()).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});
