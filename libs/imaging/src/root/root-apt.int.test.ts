import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Recipe } from '@kubeos/core/image';
import { exec } from '@kubeos/host';
import { buildRootTree } from './build-root-tree.ts';
import {
  describeTree,
  mountsBelow,
  plainRecipe,
  processesIn,
  recordContext,
  writeNodeParts,
  type RecordedContext,
} from './root.fixture.ts';
import type { RootRequest, RootTree } from './root-tree.ts';

const arch = process.arch === 'x64' ? 'amd64' : 'arm64';
const release = '6.1.0-1-tiny';

/** A kernel as Debian packages it, without what makes it large; with what no image may keep. */
const kernelControl = `Package: linux-image-tiny
Version: 6.1.1-1
Architecture: all
Maintainer: KubeOS
Depends: initramfs-tools | linux-initramfs-tool
Description: a kernel
`;

const script = `#!/bin/bash
set -e
if read -r line; then exit 3; fi
grep -q '^proc /proc' /proc/mounts
test "$(id -u)" = 0 && test -d /usr/lib/kubeos
cat /opt/app/config > /opt/app/seen
echo operators:x:900: >> /etc/group
echo root > /var/lib/script-state
`;

let folder = '';
let repoPath = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'root-apt-'));
  await writeNodeParts(folder);
  await makeKernelRepository(join(folder, 'kernel'));
  repoPath = join(folder, 'test.sources');
  const local = `Types: deb\nURIs: copy:${folder}/kernel/repo\nSuites: ./\nTrusted: yes\n`;
  await writeFile(repoPath, `${await debianSources()}\n${local}`);
  await writeFile(join(folder, 'script.sh'), script);
  await mkdir(join(folder, 'app'));
  await writeFile(join(folder, 'app/config'), 'level=1\n');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The mirror of this machine with the release that images are made of. */
async function debianSources(): Promise<string> {
  for (const name of await readdir('/etc/apt/sources.list.d')) {
    const text = await readFile(join('/etc/apt/sources.list.d', name), 'utf8');
    const uri = /^URIs:\s*(\S+\/debian)\/?\s*$/mu.exec(text)?.[1];
    const key = /^Signed-By:\s*(\S+)/mu.exec(text)?.[1];
    if (uri === undefined || key === undefined) continue;
    return `Types: deb\nURIs: ${uri}\nSuites: trixie\nComponents: main\nSigned-By: ${key}\n`;
  }
  throw new Error('No source of Debian in /etc/apt/sources.list.d');
}

async function makeKernelRepository(base: string): Promise<void> {
  const files: Readonly<Record<string, string>> = {
    'DEBIAN/control': kernelControl,
    [`boot/vmlinuz-${release}`]: 'kernel',
    [`boot/config-${release}`]: 'config',
    [`usr/lib/modules/${release}/modules.dep`]: '',
    'etc/ssh/ssh_host_rsa_key': 'key',
    'var/lib/tiny/state': 'state',
    'usr/share/doc/linux-image-tiny/README': 'a text for people',
    'usr/share/doc/linux-image-tiny/copyright':
      'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\nFiles: *\nLicense: GPL-2\n',
  };
  for (const [path, text] of Object.entries(files)) {
    const place = join(base, 'tree', path);
    await mkdir(join(place, '..'), { recursive: true });
    await writeFile(place, text);
  }
  await mkdir(join(base, 'repo'));
  const deb = join(base, 'repo/kernel.deb');
  await exec('dpkg-deb', ['--root-owner-group', '--build', join(base, 'tree'), deb]);
  const content = await readFile(deb);
  const digest = createHash('sha256').update(content).digest('hex');
  const where = `Filename: ./kernel.deb\nSize: ${content.length}\nSHA256: ${digest}\n`;
  await writeFile(join(base, 'repo/Packages'), `${kernelControl}${where}\n`);
}

const secrets = { password: 'very-secret-17', root: '$6$saltsalt$roothash' };

function fullRecipe(): Recipe {
  return {
    ...plainRecipe(repoPath, 'apt', ['linux-image-tiny', 'systemd']),
    users: [{ name: 'tom', passwd: secrets.password, groups: ['operators', 'adm'] }],
    copyFiles: [{ src: 'app', dst: '/opt/app', createDir: '/opt' }],
    chrootScript: { path: 'script.sh', rm: true },
    systemdServices: ['systemd-networkd.service'],
  };
}

async function requestFor(name: string, recipe: Recipe): Promise<RootRequest> {
  const workDir = join(folder, name);
  await mkdir(workDir, { mode: 0o700 });
  return {
    ...{ recipe, workDir, recipeDir: folder, arch, epochSeconds: 1_790_000_000 },
    cacheDir: join(homedir(), '.cache/kubeos/kbimg'),
    ...{ nodeBinary: process.execPath, nodeFilesDir: join(folder, 'node-files') },
  };
}

describe('buildRootTree from Debian packages', () => {
  const builds: { readonly tree: RootTree; readonly context: RecordedContext }[] = [];
  const read = (path: string): Promise<string> =>
    readFile(join(builds[0]?.tree.dir ?? '', path), 'utf8');

  beforeAll(async () => {
    // At the same time, with one cache.
    const built = ['one', 'two, with blanks'].map(async (name) => {
      const context = recordContext();
      return { tree: await buildRootTree(await requestFor(name, fullRecipe()), context), context };
    });
    builds.push(...(await Promise.all(built)));
  }, 300_000);

  it('B-76: makes the same tree twice', async () => {
    const [one = [], two] = await Promise.all(builds.map(({ tree }) => describeTree(tree.dir)));
    expect(one).toEqual(two);
    expect(one.length).toBeGreaterThan(2000);
  });

  it('B-67: no password is in an argument, in what is said, or in a file that is left', async () => {
    const { tree, context } = builds[0] ?? { tree: undefined, context: recordContext() };
    const said = JSON.stringify([context.commands, context.steps, tree?.packages]);
    const workDir = join(folder, 'one');
    const holders = async (secret: string): Promise<readonly string[]> => {
      const args = ['--recursive', '--files-with-matches', '--fixed-strings', '-e', secret, '.'];
      const { stdout } = await exec('grep', args, { cwd: workDir, okExitCodes: [0, 1] });
      return stdout.split('\n').filter((line) => line !== '');
    };
    const hash = /^tom:([^:]+)/mu.exec(await read('etc/shadow'))?.[1] ?? '';
    expect(hash).toMatch(/^\$6\$[\w./]{16}\$[\w./]{86}$/u);
    for (const secret of [secrets.password, secrets.root, hash]) {
      expect(said).not.toContain(secret);
    }
    expect(await holders(secrets.password)).toEqual([]);
    expect(await holders(secrets.root)).toEqual(['./root/etc/shadow']);
    expect(await holders(hash)).toEqual(['./root/etc/shadow']);
    expect((await stat(join(tree?.dir ?? '', 'etc/shadow'))).mode & 0o007).toBe(0);
  });

  it('B-61: neither a loop device nor a mount of this machine is touched', async () => {
    const programs = builds.flatMap(({ context }) => context.commands.flat());
    expect(programs.filter((word) => /losetup|^mount$|umount/u.test(word))).toEqual([]);
    expect(await mountsBelow(folder)).toEqual([]);
  });

  it('takes the place of initramfs-tools, and leaves the kernel alone in /boot', async () => {
    const { tree } = builds[0] ?? {};
    expect(tree?.kernelRelease).toBe(release);
    const names = tree?.packages.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['nodejs', 'os-agent', 'systemd', 'libc6']));
    expect(names).not.toContain('initramfs-tools');
    expect(tree?.packages).toContainEqual({
      ...{ format: 'deb', name: 'linux-image-tiny', version: '6.1.1-1', arch: 'all' },
      license: 'GPL-2.0-only',
    });
    expect(await readdir(join(tree?.dir ?? '', 'boot'))).toEqual(['efi', 'vmlinuz']);
  });

  it('makes a node of it', async () => {
    expect(await read('etc/os-release')).toContain('PRETTY_NAME="KubeOS 1.2.3"');
    expect(await read('etc/group')).toMatch(/^kubeos:x:6552:$/mu);
    expect(await read('etc/passwd')).toMatch(/^tom:x:1000:1000::\/home\/tom:\/bin\/bash$/mu);
    expect(await read('etc/group')).toMatch(/^operators:x:\d+:tom$/mu);
    expect((await stat(join(builds[0]?.tree.dir ?? '', 'home/tom/.profile'))).uid).toBe(1000);
    const { stdout } = await exec(join(builds[0]?.tree.dir ?? '', 'usr/lib/kubeos/node'), ['-v']);
    expect(stdout.trim()).toBe(process.version);
  });

  it('runs the script of the recipe with its files there, and removes it', async () => {
    expect(await read('opt/app/seen')).toBe('level=1\n');
    expect(await read('usr/share/factory/var/lib/script-state')).toBe('root\n');
    expect(await readdir(builds[0]?.tree.dir ?? '')).not.toContain('script.sh');
  });

  it('B-63: leaves nothing that is of the build host or the same on every node', async () => {
    const dir = builds[0]?.tree.dir ?? '';
    const paths = (await describeTree(dir)).map((line) => line.split(' ')[0] ?? '');
    const unwanted =
      /ssh_host|^\/(?:etc\/(?:hostname|resolv\.conf|[a-z]+-)$|dev\/.|run\/.|tmp\/.|var\/.)|\/apt\/(?:lists|archives)|\.deb$|99mmdebstrap|script\.sh/u;
    expect(paths.filter((path) => unwanted.test(path))).toEqual([]);
    expect(await read('etc/machine-id')).toBe('');
    expect(paths).toEqual(expect.arrayContaining(['/persist', '/boot/efi', '/opt/cni', '/proc']));
    expect(paths).not.toContain('/usr/share/doc/linux-image-tiny/README');
  });

  it('keeps the list of packages in the slot, for dpkg and for scanners', async () => {
    const database = join(builds[0]?.tree.dir ?? '', 'usr/lib/sysimage/dpkg');
    const args = [`--admindir=${database}`, '--search', '/usr/lib/systemd/systemd'];
    const { stdout, stderr } = await exec('dpkg-query', args);
    expect([stdout, stderr]).toEqual(['systemd: /usr/lib/systemd/systemd\n', '']);
    expect(await read('usr/lib/tmpfiles.d/kubeos-var.conf')).toContain(
      'L /var/lib/dpkg - - - - ../../usr/lib/sysimage/dpkg\n',
    );
  });
});

describe('buildRootTree from Debian packages, when it cannot', () => {
  it('B-60: a build that is cancelled leaves no program and no mount', async () => {
    const controller = new AbortController();
    const context = recordContext(controller.signal);
    const workDir = join(folder, 'cancelled');
    const during: (readonly string[])[] = [];
    const build = buildRootTree(await requestFor('cancelled', fullRecipe()), {
      ...context,
      exec: (file, args, options) =>
        context.exec(file, args, {
          ...options,
          // In this step the devices and /proc are mounted for scripts of packages.
          onStderr: (text) => {
            if (!text.includes('installing essential packages')) return;
            void mountsBelow(workDir).then((mounts) => {
              during.push(mounts);
              controller.abort();
            });
          },
        }),
    });
    await expect(build).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(during).toEqual([[]]);
    expect(await processesIn(workDir)).toEqual([]);
    expect(await mountsBelow(workDir)).toEqual([]);
  }, 300_000);

  it('names the repository that cannot be read', async () => {
    const gone = join(folder, 'gone.sources');
    await writeFile(gone, 'Types: deb\nURIs: copy:/nowhere\nSuites: ./\nTrusted: yes\n');
    const recipe = plainRecipe(gone, 'apt', ['systemd']);
    const build = buildRootTree(await requestFor('gone', recipe), recordContext());
    await expect(build).rejects.toMatchObject({
      code: 'SOURCE_UNREACHABLE',
      message: expect.stringContaining('/nowhere'),
    });
  });
});
