import {
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { KubeosError, type SettingsFiles } from '@kubeos/core';
import { describeSettingsFiles } from '@kubeos/testing';
import { exec } from '../exec.ts';
import { createSettingsFiles } from './settings-files.ts';

const bootMenu = '/boot/efi/grub.cfg';

describe('files of settings', () => {
  let root = '';
  let files: SettingsFiles;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'settings-'));
    files = createSettingsFiles({ root, exec, bootMenu });
    await mkdir(join(root, 'etc/kubernetes'), { recursive: true });
    await mkdir(join(root, 'boot/efi'), { recursive: true });
    await put('/etc/sysctl.conf', 'old\n');
  });
  afterEach(() => rm(root, { recursive: true }));

  const put = (path: string, content: string | Uint8Array) => writeFile(join(root, path), content);
  const write = (path: string, text?: string) =>
    files.writeAll([text === undefined ? { path } : { path, text }]);
  const text = (path: string) => readFile(join(root, path), 'utf8');
  const link = (path: string, target: string) => symlink(target, join(root, path));
  const modeOf = async (path: string) => (await stat(join(root, path))).mode & 0o7777;

  describe('read', () => {
    it.each(['/etc/absent', '/absent/file', '/etc/sysctl.conf/file'])(
      'finds nothing at %s',
      async (path) => {
        expect(await files.read(path)).toBeUndefined();
      },
    );

    it.each([
      ['bytes that are no UTF-8', () => put('/etc/odd', Buffer.from([0x61, 0xff])), 'UTF-8'],
      ['a folder', () => mkdir(join(root, 'etc/odd')), 'not a regular file'],
      ['a pipe', () => exec('mkfifo', [join(root, 'etc/odd')]), 'not a regular file'],
      [
        'a file that is too large',
        async () => {
          await put('/etc/odd', '');
          await truncate(join(root, 'etc/odd'), 2 ** 20 + 1);
        },
        'larger than 1048576 bytes',
      ],
    ])('cannot read %s', async (_name, make, problem) => {
      await make();
      await expect(files.read('/etc/odd')).rejects.toMatchObject({
        code: 'SETTINGS_UNREADABLE',
        message: expect.stringContaining(problem),
      });
    });
  });

  describe('links', () => {
    it.each(['sysctl.conf', './sysctl.conf', '/etc/sysctl.conf', '../../../etc/sysctl.conf'])(
      'to %s in the same folder stay links to what is changed',
      async (target) => {
        await link('/etc/link.conf', target);
        expect(await files.read('/etc/link.conf')).toBe('old\n');
        await write('/etc/link.conf', 'new\n');
        expect(await text('/etc/sysctl.conf')).toBe('new\n');
        expect(await readlink(join(root, 'etc/link.conf'))).toBe(target);
      },
    );

    it.each(['../boot/efi/grub.cfg', '/etc/kubernetes/absent', '/', '..'])(
      'to %s lead into another folder',
      async (target) => {
        await link('/etc/link.conf', target);
        const refusal = { code: 'SETTINGS_REFUSED', details: { path: '/etc/link.conf' } };
        await expect(files.read('/etc/link.conf')).rejects.toMatchObject(refusal);
        await expect(write('/etc/link.conf', 'new')).rejects.toMatchObject(refusal);
        await expect(write('/etc/link.conf')).rejects.toMatchObject(refusal);
      },
    );

    it('of folders are followed below the root', async () => {
      await link('/etc/rancher', '/etc/kubernetes');
      await write('/etc/rancher/config.yaml', 'a: 1\n');
      expect(await text('/etc/kubernetes/config.yaml')).toBe('a: 1\n');
      expect(await files.read('/etc/rancher/config.yaml')).toBe('a: 1\n');
    });

    it('in a circle end as a failure', async () => {
      await link('/etc/one', 'two');
      await link('/etc/two', 'one');
      await expect(files.read('/etc/one')).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    });
  });

  describe('writeAll', () => {
    it('B-40: replaces the file and leaves nothing else behind', async () => {
      const before = await stat(join(root, 'etc/sysctl.conf'));
      await put('/etc/sysctl.conf.new', 'what a killed writer left');
      await write('/etc/sysctl.conf', 'new\n');
      expect(await text('/etc/sysctl.conf')).toBe('new\n');
      expect((await stat(join(root, 'etc/sysctl.conf'))).ino).not.toBe(before.ino);
      expect(await readdir(join(root, 'etc'))).toEqual(['kubernetes', 'sysctl.conf']);
    });

    it('keeps mode and owner', async () => {
      // Only root may give files away.
      const [uid, gid] =
        process.getuid?.() === 0 ? [1234, 5678] : [process.getuid?.(), process.getgid?.()];
      await chown(join(root, 'etc/sysctl.conf'), uid ?? 0, gid ?? 0);
      await chmod(join(root, 'etc/sysctl.conf'), 0o4751);
      await write('/etc/sysctl.conf', 'new\n');
      expect(await stat(join(root, 'etc/sysctl.conf'))).toMatchObject({ uid, gid });
      expect(await modeOf('/etc/sysctl.conf')).toBe(0o4751);
    });

    it('B-49: makes new files 0644 and new folders 0755, whatever the umask', async () => {
      const umask = process.umask(0o077);
      try {
        await write('/etc/containerd/conf/config.toml', 'version = 3\n');
      } finally {
        process.umask(umask);
      }
      expect(await modeOf('/etc/containerd/conf/config.toml')).toBe(0o644);
      expect(await modeOf('/etc/containerd/conf')).toBe(0o755);
      expect(await modeOf('/etc/containerd')).toBe(0o755);
    });

    it('removes nothing where the folder is missing too', async () => {
      await write('/absent/file');
    });

    it('leaves the old file where the new one cannot be made whole', async () => {
      const failing = async () => {
        throw new KubeosError('COMMAND_FAILED', 'cp: no space');
      };
      const change = { path: '/etc/sysctl.conf', text: 'new' };
      const broken = createSettingsFiles({ root, exec: failing, bootMenu });
      await expect(broken.writeAll([change])).rejects.toMatchObject({
        code: 'STORAGE_FAILED',
        message: expect.stringContaining('etc/sysctl.conf'),
      });
      expect(await text('/etc/sysctl.conf')).toBe('old\n');
      expect(await readdir(join(root, 'etc'))).toEqual(['kubernetes', 'sysctl.conf']);
    });

    it.each([
      ['folder cannot be made', '/etc/sysctl.conf/folder/file', 'STORAGE_FAILED'],
      ['place is taken by a folder', '/etc/kubernetes', 'SETTINGS_UNREADABLE'],
      ['name is too long', `/etc/${'x'.repeat(254)}`, 'STORAGE_FAILED'],
    ])('changes none of the files when the %s of a later one', async (_name, later, code) => {
      await put('/etc/other', 'old\n');
      const writing = files.writeAll([
        { path: '/etc/sysctl.conf', text: 'new\n' },
        { path: '/etc/other' },
        { path: bootMenu, text: 'new', before: 'old' },
        { path: later, text: 'new\n' },
      ]);
      await expect(writing).rejects.toMatchObject({ code });
      expect(await text('/etc/sysctl.conf')).toBe('old\n');
      expect(await readdir(join(root, 'etc'))).toEqual(['kubernetes', 'other', 'sysctl.conf']);
      expect(await readdir(join(root, 'boot/efi'))).toEqual([]);
    });

    it('leaves nothing beside the files when one of them cannot be put in place', async () => {
      // The second one is a folder by the time of its turn.
      const meddling: typeof exec = async (file, args, options) => {
        const result = await exec(file, args, options);
        await rm(join(root, 'etc/other'));
        await mkdir(join(root, 'etc/other'));
        return result;
      };
      await put('/etc/other', 'old\n');
      const writing = createSettingsFiles({ root, exec: meddling, bootMenu }).writeAll([
        { path: '/etc/first', text: 'new\n' },
        { path: '/etc/other', text: 'new\n' },
        { path: '/etc/last', text: 'new\n' },
      ]);
      await expect(writing).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
      const left = await readdir(join(root, 'etc'));
      expect(left).toEqual(['first', 'kubernetes', 'other', 'sysctl.conf']);
    });

    it('goes by the later text where a link makes two paths one file', async () => {
      await link('/etc/link.conf', 'sysctl.conf');
      await files.writeAll([
        { path: '/etc/link.conf', text: 'first\n' },
        { path: '/etc/sysctl.conf', text: 'second\n' },
      ]);
      expect(await files.read('/etc/link.conf')).toBe('second\n');
    });

    it('takes nothing but a regular file for the old one', async () => {
      await expect(write('/etc/kubernetes', 'new')).rejects.toMatchObject({
        code: 'SETTINGS_UNREADABLE',
      });
    });
  });

  describe('the boot menu', () => {
    const change = (before: string, text: string) =>
      files.writeAll([{ path: bootMenu, text, before }]);

    it('has a copy of what it was', async () => {
      await put(bootMenu, 'one');
      await change('one', 'two');
      await change('two', 'three');
      expect(await text(bootMenu)).toBe('three');
      expect(await text(`${bootMenu}.bak`)).toBe('two');
      expect(await readdir(join(root, 'boot/efi'))).toEqual(['grub.cfg', 'grub.cfg.bak']);
    });

    it.each([['empty'], ['torn'], ['gone']])(
      'has that copy too when it is %s by now',
      async (how) => {
        if (how === 'gone') await rm(join(root, bootMenu), { force: true });
        else await put(bootMenu, how === 'torn' ? 'tw' : '');
        await change('one', 'two');
        expect(await text(bootMenu)).toBe('two');
        expect(await text(`${bootMenu}.bak`)).toBe('one');
      },
    );

    it('has no copy of what nobody knows', async () => {
      await put(bootMenu, 'torn');
      await put(`${bootMenu}.bak`, 'one');
      await write(bootMenu, 'two');
      expect(await text(bootMenu)).toBe('two');
      expect(await text(`${bootMenu}.bak`)).toBe('one');
    });

    it('is the only file with a copy', async () => {
      await files.writeAll([{ path: '/etc/sysctl.conf', text: 'new', before: 'old\n' }]);
      expect(await readdir(join(root, 'etc'))).toEqual(['kubernetes', 'sysctl.conf']);
    });

    it('is not written into a folder where no boot partition is mounted', async () => {
      await rm(join(root, 'boot/efi'), { recursive: true });
      await expect(write(bootMenu, 'one')).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
      expect(await readdir(join(root, 'boot'))).toEqual([]);
    });
  });

  describeSettingsFiles('below a root', async () => {
    await mkdir(join(root, 'proc/sys/vm'), { recursive: true });
    await put('/proc/sys/vm/swappiness', '60\n');
    return { files, parameter: 'vm/swappiness' };
  });
});
