import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  chmod,
  copyFile,
  mkdir,
  mkdtemp,
  readFile,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { exec, resolveLinks } from '@kubeos/host';
import type { BuildContext } from '../build-context.ts';
import { buildInitrd } from './build-initrd.ts';

const release = '6.1.0-test';
const nodeFilesDir = resolve(import.meta.dirname, '../../node-files');
const context: BuildContext = {
  exec,
  signal: new AbortController().signal,
  progress: () => undefined,
};

// The programs and libraries of this machine, and modules that are none.
let work = '';
let rootDir = '';
let packed: Buffer = Buffer.alloc(0);
let unpacked = '';
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'initrd-'));
  rootDir = join(work, 'root');
  for (const name of ['sfdisk', 'e2fsck', 'resize2fs']) await addProgram(name);
  await addModules({
    'drivers/block/virtio_blk.ko': Buffer.from('virtio_blk'),
    'drivers/watchdog/softdog.ko.gz': gzipSync('softdog'),
    'fs/fat/vfat.ko.zst': zstdCompressSync('vfat'),
    'fs/overlayfs/overlay.ko.xz': await packedByXz('overlay'),
    'drivers/net/e1000.ko': Buffer.from('e1000'),
  });
  packed = await build('initrd');
  unpacked = join(work, 'unpacked');
  await mkdir(unpacked);
  const input = gunzipSync(packed);
  await exec('cpio', ['--extract', '--make-directories'], { input, cwd: unpacked });
}, 60_000);
afterAll(() => rm(work, { recursive: true, force: true }));

async function put(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(join(rootDir, path)), { recursive: true });
  await writeFile(join(rootDir, path), content);
}

/** With what ldd finds, at the same paths. */
async function addProgram(name: string): Promise<void> {
  const path = `/usr/sbin/${name}`;
  const { stdout } = await exec('ldd', [path]);
  const libraries = [...stdout.matchAll(/(?:=> |^\s+)(\/\S+)/gmu)].map(([, file = '']) => file);
  for (const file of [path, ...libraries]) {
    const to = join(rootDir, file);
    await mkdir(dirname(to), { recursive: true });
    await copyFile(await resolveLinks('/', file), to);
    await chmod(to, 0o755);
  }
}

async function addModules(modules: Readonly<Record<string, Uint8Array>>): Promise<void> {
  const folder = `usr/lib/modules/${release}`;
  const names = Object.keys(modules);
  for (const name of names) {
    await put(`${folder}/kernel/${name}`, modules[name] ?? '');
  }
  await put(`${folder}/modules.dep`, names.map((name) => `kernel/${name}:\n`).join(''));
  await put(`${folder}/modules.alias`, 'alias fs-vfat vfat\nalias pci:v1 e1000\n');
  await put(`${folder}/modules.builtin`, 'kernel/fs/ext4/ext4.ko\n');
  await mkdir(join(rootDir, 'lib'), { recursive: true });
  await symlink('/usr/lib/modules', join(rootDir, 'lib/modules'));
}

async function packedByXz(text: string): Promise<Uint8Array> {
  const plain = join(work, 'plain');
  await writeFile(plain, text);
  await exec('xz', [plain]);
  return readFile(`${plain}.xz`);
}

async function build(name: string, root = rootDir): Promise<Buffer> {
  const outFile = join(work, name);
  const workDir = join(work, `${name}.work`);
  await mkdir(workDir);
  const request = { rootDir: root, kernelRelease: release, nodeFilesDir, workDir, outFile };
  const initrd = await buildInitrd({ ...request, epochSeconds: 1_700_000_000 }, context);
  const bytes = await readFile(outFile);
  expect(initrd).toMatchObject({ sizeBytes: bytes.length, modules: 4 });
  return bytes;
}

describe('initrd', () => {
  it('is the same for the same root file system', async () => {
    expect(packed.equals(await build('again'))).toBe(true);
  });

  it.each(['sfdisk', 'e2fsck', 'resize2fs'])('has all that %s needs to start', async (program) => {
    // Without a library the loader ends with 127.
    const options = { okExitCodes: [0, 1] };
    const { stderr } = await exec('chroot', [unpacked, `/usr/bin/${program}`, '-V'], options);
    expect(stderr).not.toMatch(/shared librar/u);
  });

  it('has a busybox that understands its init', async () => {
    const syntax = ['/usr/bin/busybox', 'sh', '-n', '/init'];
    expect((await exec('chroot', [unpacked, ...syntax])).stderr).toBe('');
  });

  it('holds modules that are not packed, with lists of them', async () => {
    const modules = join(unpacked, 'lib/modules', release);
    const names = [
      'kernel/drivers/block/virtio_blk.ko',
      'kernel/drivers/watchdog/softdog.ko',
      'kernel/fs/fat/vfat.ko',
      'kernel/fs/overlayfs/overlay.ko',
    ];
    for (const name of names) {
      expect(await readFile(join(modules, name), 'utf8')).toBe(basename(name, '.ko'));
    }
    const list = await readFile(join(modules, 'modules.dep'), 'utf8');
    expect(list).toBe(names.map((name) => `${name}:\n`).join(''));
    expect(await readFile(join(modules, 'modules.alias'), 'utf8')).toBe('alias fs-vfat vfat\n');
  });

  it('is packed with zstd only where the kernel says that it can unpack that', async () => {
    const configuration = `boot/config-${release}`;
    await put(configuration, '# Kernel\nCONFIG_RD_ZSTD=y\n');
    const archive = zstdDecompressSync(await build('zstd'));
    await rm(join(rootDir, configuration));
    expect(archive.equals(gunzipSync(packed))).toBe(true);
  });

  it('names the package of a program that the root lacks', async () => {
    await expect(build('nothing', join(work, 'nowhere'))).rejects.toMatchObject({
      code: 'INVALID_CONFIGURATION',
      message: expect.stringContaining('no sfdisk, which its initrd needs: add the package fdisk'),
    });
  });

  it('says when the lists of modules are missing', async () => {
    const list = join(rootDir, `usr/lib/modules/${release}/modules.dep`);
    const text = await readFile(list);
    await rm(list);
    await expect(build('lists')).rejects.toMatchObject({
      message: expect.stringContaining('depmod has not run'),
    });
    await writeFile(list, text);
  });
});
