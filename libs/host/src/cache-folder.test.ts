import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { cacheFolder } from './cache-folder.ts';

const ofHome = join(homedir(), '.cache/kubeos/control-plane');

it.each([
  ['/var/cache', '/var/cache/kubeos/control-plane'],
  [undefined, ofHome],
  ['', ofHome],
  ['cache', ofHome],
])('with XDG_CACHE_HOME %j built programs are kept in %s', (cacheHome, folder) => {
  expect(cacheFolder(cacheHome, 'control-plane')).toBe(folder);
});

it('holds what belongs to several', () => {
  expect(cacheFolder('/var/cache')).toBe('/var/cache/kubeos');
});
