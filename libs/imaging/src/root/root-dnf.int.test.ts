import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Recipe } from '@kubeos/core/image';
import { exec } from '@kubeos/host';
import { buildRootTree } from './build-root-tree.ts';
import { describeTree, plainRecipe, recordContext, writeNodeParts } from './root.fixture.ts';
import type { RootRequest, RootTree } from './root-tree.ts';

const arch = process.arch === 'x64' ? 'amd64' : 'arm64';

/** Packages as small as can be: one with what every system has, one with kernels. */
const specs: Readonly<Record<string, string>> = {
  base: `
Name: tiny-base
Version: 1.5
Release: 2
Summary: a system
License: GPLv2+ and MIT
BuildArch: noarch
%description
A system.
%install
mkdir -p %{buildroot}/usr/lib/systemd/system %{buildroot}/usr/sbin
mkdir -p %{buildroot}/etc/ssh %{buildroot}/var/log %{buildroot}/home
ln -s usr/lib %{buildroot}/lib
echo 'ID="openEuler"' > %{buildroot}/etc/os-release
echo 'root:x:0:0:root:/root:/bin/sh' > %{buildroot}/etc/passwd
echo 'root:*:19000:0:99999:7:::' > %{buildroot}/etc/shadow
printf 'root:x:0:\\nwheel:x:10:\\n' > %{buildroot}/etc/group
echo key > %{buildroot}/etc/ssh/ssh_host_rsa_key
echo systemd > %{buildroot}/usr/lib/systemd/systemd
printf '[Service]\\nExecStart=/bin/true\\n[Install]\\nWantedBy=multi-user.target\\n' > %{buildroot}/usr/lib/systemd/system/tiny.service
%files
/lib
/home
%config /etc/os-release
/etc/passwd
%attr(0000, root, root) /etc/shadow
/etc/group
/etc/ssh
/usr/lib/systemd
/var/log
`,
  kernel: `
Name: tiny-kernel
Version: 5.10.0
Release: 10.oe
Summary: kernels
License: Something of its own
BuildArch: noarch
Requires(pre): tiny-base
%description
Kernels.
%install
mkdir -p %{buildroot}/boot
for release in 5.10.0-9.oe 5.10.0-10.oe; do
  mkdir -p %{buildroot}/usr/lib/modules/$release
  echo $release > %{buildroot}/boot/vmlinuz-$release
  echo > %{buildroot}/boot/System.map-$release
  echo > %{buildroot}/usr/lib/modules/$release/modules.dep
done
mkdir -p %{buildroot}/var/lib/tiny
echo state > %{buildroot}/var/lib/tiny/state
echo rescue > %{buildroot}/boot/vmlinuz-0-rescue-0123456789abcdef
%files
/boot
/usr/lib/modules
%dir %attr(0770, root, wheel) /var/lib/tiny
/var/lib/tiny/state
`,
};

let folder = '';
let repoPath = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'root-dnf-'));
  const packages = join(folder, 'packages');
  for (const [name, text] of Object.entries(specs)) {
    const spec = join(folder, `${name}.spec`);
    await writeFile(spec, text);
    const defines = [`_topdir ${folder}/top`, `_rpmdir ${packages}`].map((d) => `--define=${d}`);
    await exec('rpmbuild', ['--quiet', '-bb', ...defines, spec]);
  }
  await exec('createrepo_c', ['--quiet', packages]);
  repoPath = join(folder, 'tiny.repo');
  await writeFile(repoPath, `[tiny]\nname=tiny\nbaseurl=file://${packages}\ngpgcheck=0\n`);
  await writeNodeParts(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function request(name: string, packages: readonly string[]): Promise<RootRequest> {
  const workDir = join(folder, name);
  await mkdir(workDir);
  return {
    recipe: {
      ...plainRecipe(repoPath, 'dnf', packages),
      systemdServices: ['tiny.service'],
      persistMkdir: ['data/one'],
    },
    ...{ workDir, recipeDir: folder, cacheDir: join(folder, 'cache'), arch },
    ...{ nodeBinary: process.execPath, nodeFilesDir: join(folder, 'node-files') },
    epochSeconds: 1_700_000_000,
  };
}

describe('buildRootTree from rpm packages', () => {
  const trees: RootTree[] = [];
  const read = (path: string): Promise<string> => readFile(join(trees[0]?.dir ?? '', path), 'utf8');

  beforeAll(async () => {
    for (const name of ['one', 'two, with blanks']) {
      trees.push(await buildRootTree(await request(name, ['tiny-kernel']), recordContext()));
    }
  });

  it('B-76: makes the same tree twice, database of rpm and all', async () => {
    const [one = [], two] = await Promise.all(trees.map(({ dir }) => describeTree(dir)));
    expect(one).toEqual(two);
    expect(one.length).toBeGreaterThan(60);
  });

  it('B-69: boots the newest kernel and leaves out that of a rescue system', async () => {
    expect(trees[0]?.kernelRelease).toBe('5.10.0-10.oe');
    expect(await read('boot/vmlinuz')).toBe('5.10.0-10.oe\n');
  });

  it('lists the packages with what they say of themselves', () => {
    const { packages, vendor } = trees[0] ?? {};
    expect(vendor).toBe('openeuler');
    expect(packages).toEqual([
      expect.objectContaining({ name: 'nodejs', version: process.versions.node }),
      { format: 'generic', name: 'os-agent', version: '0.9.1', arch, license: 'MulanPSL-2.0' },
      {
        ...{ format: 'rpm', name: 'tiny-base', version: '1.5-2', arch: 'noarch' },
        license: 'GPL-2.0-or-later AND MIT',
      },
      { format: 'rpm', name: 'tiny-kernel', version: '5.10.0-10.oe', arch: 'noarch' },
    ]);
  });

  it('keeps the database in the slot, where rpm can read it without writing', async () => {
    const dir = trees[0]?.dir ?? '';
    const { stdout } = await exec('rpm', [
      ...[`--dbpath=${dir}/usr/lib/sysimage/rpm`, '--query', 'tiny-base'],
    ]);
    expect(stdout).toBe('tiny-base-1.5-2.noarch\n');
    expect(await read('usr/lib/tmpfiles.d/kubeos-var.conf')).toContain(
      'L /var/lib/rpm - - - - ../../usr/lib/sysimage/rpm\n',
    );
  });

  it('gives /var to systemd-tmpfiles with modes and owners', async () => {
    const text = await read('usr/lib/tmpfiles.d/kubeos-var.conf');
    expect(text).toContain('d /var/lib/tiny 0770 root wheel - -\n');
    expect(text).toContain('C /var/lib/tiny/state 0644 root root - -\n');
    expect(await read('usr/share/factory/var/lib/tiny/state')).toBe('state\n');
  });

  it('B-63: holds no key of a host', async () => {
    const lines = await describeTree(join(trees[0]?.dir ?? '', 'etc'));
    expect(lines.filter((line) => line.includes('ssh_host'))).toEqual([]);
    expect(await read('etc/machine-id')).toBe('');
  });

  it('enables units of ours and of the recipe', async () => {
    const lines = await describeTree(join(trees[0]?.dir ?? '', 'etc/systemd/system'));
    const links = lines
      .map((line) => line.split(' ')[0])
      .filter((path) => /\/.*\//u.test(path ?? ''));
    expect(links).toEqual([
      '/multi-user.target.wants/host-keys.service',
      '/multi-user.target.wants/tiny.service',
      '/sockets.target.wants/os-agent.socket',
    ]);
  });

  it('makes the folders of PERSIST after those they lie in', () => {
    expect(trees[0]?.persistDirs).toEqual([
      ...['var', 'etc', 'etcwork', 'opt', 'optwork', 'etc/KubeOS', 'etc/KubeOS/certs'],
      ...['data', 'data/one'],
    ]);
  });
});

describe('buildRootTree from rpm packages, when it cannot', () => {
  it('names the package that is missing', async () => {
    const missing = await request('missing', ['tiny-base', 'nosuch']);
    await expect(buildRootTree(missing, recordContext())).rejects.toMatchObject({
      code: 'SOURCE_NOT_FOUND',
      details: { package: 'nosuch' },
    });
  });

  it('names the repository that cannot be read', async () => {
    const asked = await request('unreachable', ['tiny-base']);
    const gone = join(folder, 'gone.repo');
    await writeFile(gone, `[gone]\nname=gone\nbaseurl=file://${folder}/nowhere\ngpgcheck=0\n`);
    const recipe = plainRecipe(gone, 'dnf', ['tiny-base']);
    await expect(buildRootTree({ ...asked, recipe }, recordContext())).rejects.toMatchObject({
      code: 'SOURCE_UNREACHABLE',
      details: { source: 'gone' },
    });
  });

  it('B-76: checks signatures unless the repository says otherwise', async () => {
    const asked = await request('unsigned', ['tiny-base']);
    const signed = join(folder, 'signed.repo');
    await writeFile(signed, `[tiny]\nname=tiny\nbaseurl=file://${folder}/packages\n`);
    const recipe = plainRecipe(signed, 'dnf', ['tiny-base']);
    await expect(buildRootTree({ ...asked, recipe }, recordContext())).rejects.toMatchObject({
      code: 'INSECURE_SOURCE',
      message: expect.stringContaining('[tiny]'),
    });
  });

  it('asks for the release of the packages, not that of the build host', async () => {
    const asked = await request('release', ['tiny-base']);
    const open = join(folder, 'open.repo');
    await writeFile(open, `[o]\nname=o\nbaseurl=file://${folder}/$releasever\n`);
    const recipe = plainRecipe(open, 'dnf', ['tiny-base']);
    await expect(buildRootTree({ ...asked, recipe }, recordContext())).rejects.toMatchObject({
      code: 'INVALID_SPEC',
      message: expect.stringContaining('$releasever'),
    });
  });

  it('names a service that no package brings', async () => {
    const asked = await request('service', ['tiny-kernel']);
    const recipe = { ...asked.recipe, systemdServices: ['nosuch.service'] };
    await expect(buildRootTree({ ...asked, recipe }, recordContext())).rejects.toMatchObject({
      code: 'INVALID_SPEC',
      message: expect.stringContaining('nosuch.service'),
    });
  });

  it('B-67: says what a script of the recipe said, without the secrets in it', async () => {
    const asked = await request('script', ['tiny-kernel']);
    await writeFile(join(folder, 'fails.sh'), 'echo cannot do very-secret-17 >&2; exit 4\n');
    const recipe: Recipe = {
      ...asked.recipe,
      users: [{ name: 'tom', passwd: 'very-secret-17', groups: [] }],
      // Linked statically: the tree has no libraries.
      copyFiles: [{ src: '/bin/busybox', dst: '/bin/sh', createDir: '/bin' }],
      chrootScript: { path: 'fails.sh', rm: false },
    };
    await expect(buildRootTree({ ...asked, recipe }, recordContext())).rejects.toMatchObject({
      code: 'COMMAND_FAILED',
      message: expect.stringContaining('failed with 4: cannot do ***'),
    });
  });
});
