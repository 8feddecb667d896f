import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { exec } from '@kubeos/host';

const source = resolve(import.meta.dirname, '../../node-files/root');
const system = 'usr/lib/systemd/system';
const programs = ['find', 'ssh-keygen', 'sync'];
const targets = ['basic', 'local-fs', 'shutdown', 'swap', 'sysinit', 'umount'];

/** The most that each service of ours may be exposed, in tenths, as systemd-analyze 252 counts. */
const exposure = [['kubeos-host-keys.service', 7]] as const;

describe('files of the image', () => {
  let root = '';
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'node-files-'));
    cpSync(source, root, { recursive: true, verbatimSymlinks: true });
    mkdirSync(join(root, 'usr/bin'));
    for (const program of programs) {
      writeFileSync(join(root, 'usr/bin', program), '#!/bin/sh\n');
      chmodSync(join(root, 'usr/bin', program), 0o755);
    }
    for (const target of targets) {
      writeFileSync(join(root, system, `${target}.target`), '[Unit]\nDefaultDependencies=no\n');
    }
  });
  afterAll(() => rmSync(root, { recursive: true }));

  it.each(['kubeos-host-keys.service', 'tmp.mount', 'var.mount'])(
    '%s is understood by systemd without a word',
    async (unit) => {
      const { stdout, stderr } = await exec('systemd-analyze', ['verify', `--root=${root}`, unit]);
      expect(stdout + stderr).toBe('');
    },
  );

  it.each(exposure)('%s is exposed no more than %d tenths of a point', async (unit, limit) => {
    const how = ['--offline=true', `--root=${root}`, `--threshold=${limit}`];
    const { stdout } = await exec('systemd-analyze', ['security', ...how, unit]);
    expect(stdout).toMatch(/Overall exposure level for kubeos/u);
  });

  it('has a limit for each of its services', () => {
    const services = readdirSync(join(source, system)).filter((name) => name.endsWith('.service'));
    expect(services).toEqual(exposure.map(([unit]) => unit));
  });

  it('wants its units with the programs that need them', () => {
    const wanted = readdirSync(join(source, system))
      .filter((name) => name.endsWith('.wants'))
      .toSorted()
      .flatMap((folder) =>
        readdirSync(join(source, system, folder)).map((name) => [
          folder,
          readlinkSync(join(source, system, folder, name)),
        ]),
      );
    expect(wanted).toEqual([
      ['local-fs.target.wants', '../tmp.mount'],
      ...['ssh.service', 'ssh.socket', 'sshd.service', 'sshd.socket'].map((unit) => [
        `${unit}.wants`,
        '../kubeos-host-keys.service',
      ]),
    ]);
  });

  it('B-74: asks at no boot whether it is the first one: facts alone say what is to be made', () => {
    const all = resolve(source, '..');
    const texts = readdirSync(all, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
    expect(texts.length).toBeGreaterThan(5);
    expect(texts.filter((text) => /first.?boot/iu.test(text))).toEqual([]);
  });

  it('masks what has no sense on a root that is replaced as a whole', () => {
    const masks = join(source, 'etc/systemd/system');
    const units = readdirSync(masks);
    expect(units).toEqual(
      expect.arrayContaining([
        'apt-daily.timer',
        'ldconfig.service',
        'systemd-update-done.service',
      ]),
    );
    expect(units.map((unit) => readlinkSync(join(masks, unit)))).toEqual(
      units.map(() => '/dev/null'),
    );
  });
});
