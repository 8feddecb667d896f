import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { isInstalled } from './dependencies.mjs';
import { withLock } from './lock.mjs';
import { checkUser, missingPrograms, needsOf, programFolders } from './programs.mjs';

let folder;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kubeos-bootstrap-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the installed packages', () => {
  const a1 = { version: '1.0.0', integrity: 'sha512-a1' };
  const a2 = { version: '2.0.0', integrity: 'sha512-a2' };
  const foreign = { version: '1.0.0', integrity: 'sha512-f', optional: true };
  const link = { resolved: 'libs/core', link: true };

  const lock = (packages) =>
    writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ packages }));
  const tree = (packages) => {
    mkdirSync(join(folder, 'node_modules'), { recursive: true });
    const file = join(folder, 'node_modules/.package-lock.json');
    writeFileSync(file, JSON.stringify({ packages }));
  };

  it.each([
    ['are all there', { 'node_modules/a': a1 }, { 'node_modules/a': a1 }, true],
    ['lack one', { 'node_modules/a': a1 }, {}, false],
    ['hold another version', { 'node_modules/a': a2 }, { 'node_modules/a': a1 }, false],
    ['lack one of another platform', { 'node_modules/f': foreign }, {}, true],
    ['hold more than is asked for', {}, { 'node_modules/a': a1 }, true],
    ['lack the folder of a link', { 'node_modules/l': link }, { 'node_modules/l': link }, false],
  ])('%s', (_title, wanted, found, answer) => {
    lock({ '': {}, 'libs/core': {}, ...wanted });
    tree(found);
    expect(isInstalled(folder)).toBe(answer);
  });

  it('are missing where nothing was installed', () => {
    lock({ 'node_modules/a': a1 });
    expect(isInstalled(folder)).toBe(false);
  });
});

describe('the set-up lock', () => {
  it('lets one work at a time', async () => {
    const order = [];
    const work = (name) => async () => {
      order.push(`${name} starts`);
      await new Promise((resolve) => setImmediate(resolve));
      order.push(`${name} ends`);
    };
    const said = [];
    const say = (line) => said.push(line);
    await Promise.all([withLock(folder, work('a')), withLock(folder, work('b'), { say })]);
    expect(order).toEqual(['a starts', 'a ends', 'b starts', 'b ends']);
    expect(said).toEqual(['Waiting for another set-up of this folder ...']);
  });

  it('gives up when its owner does not end', async () => {
    await withLock(folder, async () => {
      const second = withLock(folder, async () => undefined, { patience: -1 });
      await expect(second).rejects.toThrow('another set-up');
    });
  });

  it('is free again after work that failed', async () => {
    const failing = withLock(folder, async () => {
      throw new Error('broken');
    });
    await expect(failing).rejects.toThrow('broken');
    await expect(withLock(folder, async () => 'done')).resolves.toBe('done');
  });
});

describe('the system programs', () => {
  const before = process.env.PATH;
  afterEach(() => {
    process.env.PATH = before;
  });

  it('are found on PATH or reported missing', () => {
    expect(missingPrograms(['sh', 'no-such-program-at-all'])).toEqual(['no-such-program-at-all']);
  });

  it('are files where no program proves enough', () => {
    const file = join(folder, 'module');
    expect(missingPrograms([file])).toEqual([file]);
    writeFileSync(file, '');
    expect(missingPrograms([file])).toEqual([]);
  });

  const scripts = ['bench', 'cluster', 'control-plane', 'demo', 'images'];
  it.each([...scripts, 'integration', 'setup', 'test', 'vm'])(
    'of "%s" come from a package each',
    (command) => {
      const packages = Object.values(needsOf(command));
      expect(packages.length).toBeGreaterThan(0);
      expect(packages).not.toContain(undefined);
    },
  );

  it('are none for what only computes', () => {
    expect(needsOf('check')).toEqual({});
  });

  it('are looked for and run in the folders that the PATH of users lacks', () => {
    process.env.PATH = folder;
    expect(programFolders()).toEqual([folder, '/usr/sbin', '/sbin']);
  });
});

describe('the user', () => {
  it.each(['demo', 'test', 'bench'])('has to be root for "%s"', (command) => {
    expect(() => checkUser(command, 1000)).toThrow('run it as root');
    expect(() => checkUser(command, 0)).not.toThrow();
  });

  it.each(['check', 'unit', 'simulate'])('may be anyone for "%s"', (command) => {
    expect(() => checkUser(command, 1000)).not.toThrow();
  });
});
