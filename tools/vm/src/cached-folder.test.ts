import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, it } from '@jest/globals';

import { cachedFolder, type CachedFolder } from './cached-folder.ts';

const before = process.env['XDG_CACHE_HOME'];
let home = '';
let made = 0;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'kubeos-cache-'));
  process.env['XDG_CACHE_HOME'] = home;
  made = 0;
});
afterEach(async () => {
  if (before === undefined) delete process.env['XDG_CACHE_HOME'];
  else process.env['XDG_CACHE_HOME'] = before;
  await rm(home, { recursive: true });
});

const wanted = (more: Partial<CachedFolder> = {}): CachedFolder => ({
  kind: 'cake',
  key: 'apple',
  make: async (folder) => {
    made += 1;
    await writeFile(join(folder, 'slices'), String(made));
  },
  ...more,
});
const there = async (): Promise<readonly string[]> =>
  (await readdir(join(home, 'kubeos'))).filter((name) => !name.endsWith('.lock'));

it('is made once by several that want it at the same time', async () => {
  const folders = await Promise.all([cachedFolder(wanted()), cachedFolder(wanted())]);
  folders.push(await cachedFolder(wanted()));
  expect(new Set(folders)).toEqual(new Set([join(home, 'kubeos/cake-apple')]));
  expect(made).toBe(1);
  expect(await readFile(join(folders[0], 'slices'), 'utf8')).toBe('1');
});

it('is made again where that is asked for', async () => {
  await cachedFolder(wanted());
  const folder = await cachedFolder(wanted({ isFresh: true }));
  expect(await readFile(join(folder, 'slices'), 'utf8')).toBe('2');
});

it('is the only one of its kind, also when a killed process has left one unfinished', async () => {
  await mkdir(join(home, 'kubeos/.cake-killed/tree'), { recursive: true });
  await mkdir(join(home, 'kubeos/bread-rye'));
  await cachedFolder(wanted());
  await cachedFolder(wanted({ key: 'plum' }));
  expect((await there()).toSorted()).toEqual(['bread-rye', 'cake-plum']);
});

it('is not there when it could not be made', async () => {
  const make = async (folder: string, finalName: string): Promise<void> => {
    await writeFile(join(folder, 'slices'), 'half');
    expect(existsSync(finalName)).toBe(false);
    throw new Error('The oven is cold');
  };
  await expect(cachedFolder(wanted({ make }))).rejects.toThrow('The oven is cold');
  expect(await there()).toEqual([]);
});

it('is not waited for when the signal comes', async () => {
  const stop = new AbortController();
  const make = async (): Promise<void> => {
    const waiting = cachedFolder(wanted({ signal: stop.signal }));
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'CANCELLED' });
  };
  await cachedFolder(wanted({ make }));
  expect(made).toBe(0);
});
