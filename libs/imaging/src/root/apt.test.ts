import { describe, expect, it } from '@jest/globals';
import { mmdebstrapArguments } from './apt.ts';
import { dnfArguments } from './dnf.ts';
import { isolated } from './isolation.ts';

const request = {
  ...{ dir: '/w/root', workDir: '/w', cacheDir: '/c', epochSeconds: 1, arch: 'amd64' as const },
};

describe('mmdebstrapArguments', () => {
  it('names packages one by one, then the tree, the list of the recipe and our own', () => {
    const args = mmdebstrapArguments(
      {
        ...request,
        packages: ['systemd', 'linux-image-cloud-amd64'],
        repoPath: '/r/debian.sources',
      },
      '/w/repo',
    );
    expect(args.filter((arg) => arg.startsWith('--include='))).toEqual([
      '--include=kubeos-initramfs',
      '--include=systemd',
      '--include=linux-image-cloud-amd64',
    ]);
    expect(args.slice(args.indexOf('--'))).toEqual([
      ...['--', '', '/w/root', '/r/debian.sources'],
      'deb [trusted=yes] copy:///w/repo ./',
    ]);
    expect(args).toContain('--architectures=amd64');
    expect(args).toContain('--aptopt=Apt::Install-Recommends "false"');
  });

  it('names our own list in an output folder with any name', () => {
    const plain = { ...request, packages: [], repoPath: '/r/debian.sources' };
    expect(mmdebstrapArguments(plain, '/my images #1/100%/repo').at(-1)).toBe(
      'deb [trusted=yes] copy:///my%20images%20%231/100%25/repo ./',
    );
  });
});

describe('dnfArguments', () => {
  const own = process.arch === 'x64' ? 'amd64' : 'arm64';
  const other = process.arch === 'x64' ? 'arm64' : 'amd64';
  const plain = { ...request, packages: ['kernel'], repoPath: '/r/oe.repo' };

  it('leaves out what the build host has of its own', () => {
    const args = dnfArguments({ ...plain, arch: own }, '/w/dnf.conf');
    expect(args).toEqual([
      ...['--config=/w/dnf.conf', '--installroot=/w/root', '--setopt=reposdir=dnf-repos'],
      ...['--setopt=install_weak_deps=False', '--setopt=varsdir=/nonexistent', '--noplugins'],
      ...['--releasever=0', '--assumeyes', 'install', '--', 'kernel'],
    ]);
  });

  it('names the processor where it is another one', () => {
    const args = dnfArguments({ ...plain, arch: other }, '/w/dnf.conf');
    expect(args).toContain(`--forcearch=${other === 'arm64' ? 'aarch64' : 'x86_64'}`);
  });
});

describe('isolated', () => {
  it('keeps mounts in a namespace that dies with the build', () => {
    const { file, args } = isolated({ file: 'dnf', args: ['x'] }, { procDir: '/w/proc' });
    expect([file, ...args].join(' ')).toBe(
      'setpriv --pdeathsig KILL -- unshare --mount --propagation private --uts --ipc --pid --fork --kill-child --mount-proc=/w/proc -- dnf x',
    );
  });

  it('makes a tree the root of a script', () => {
    const { args } = isolated({ file: '/s', args: [] }, { rootDir: '/w/root' });
    expect(args.slice(-5)).toEqual(['--kill-child', '--mount-proc', '--root=/w/root', '--', '/s']);
  });
});
