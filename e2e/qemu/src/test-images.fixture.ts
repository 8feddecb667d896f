/** The images of the tests, built by kbimg and, where they are to be broken, changed afterwards. */
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Digest } from '@kubeos/core';
import { parseBuildManifest, type BuildManifest } from '@kubeos/core/image';
import { exec } from '@kubeos/host';
import { findImageTools, withToolsOnPath, type ImageTools } from '@kubeos/vm';
import { breakRoot, faults, type Fault } from './broken-images.fixture.ts';

/** A root file system that a node can be upgraded to. */
export interface TestPayload {
  /** Name of the compressed image in the folder of all images. */
  readonly file: string;
  /** Of that file. */
  readonly digest: Digest;
  /** `PRETTY_NAME` of the image. */
  readonly version: string;
}

/** All of them. */
export interface TestImages {
  readonly folder: string;
  readonly tools: ImageTools;
  /** Version 1 as a disk, qcow2. */
  readonly disk: string;
  readonly first: BuildManifest;
  readonly second: BuildManifest;
  /** Of another build of version 2 from the same input, made at the same time as something else. */
  readonly secondAgain: BuildManifest;
  readonly upgrade: TestPayload;
  /** The container image of version 2, an OCI layout. */
  readonly layout: string;
  readonly broken: Readonly<Record<Fault, TestPayload>>;
}

const root = resolve(import.meta.dirname, '../../..');
/** Programs and recipe that images are made from. */
export const kbimg = join(root, 'apps/kbimg/dist/kbimg.cjs');
export const agent = join(root, 'apps/agent/dist/agent.cjs');
export const example = join(root, 'examples/vm');

/** What the example does not use of the recipe's tables; the tests look for all of it on the node. */
const everyTable = `
[[users]]
name = "ada"
passwd = "lovelace"
groups = ["games"]

[chroot_script]
path = "chroot.sh"
rm = true

[persist_mkdir]
name = ["data/cache"]

[grub]
passwd = "menu-secret"
`;
const chrootScript = '#!/bin/sh\nset -e\necho made-in-chroot > /usr/share/chroot-marker\n';
/** An option of the kernel that only version 2 has. */
export const newKernelOption = 'kubeos.test=two';

/**
 * Builds the images, once for each state of what they are made from. The first build takes some two minutes.
 */
export async function testImages(): Promise<TestImages> {
  const tools = await findImageTools();
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'kubeos');
  const folder = join(cache, `test-images-${await key()}`);
  const names = await readdir(folder).catch(() => undefined);
  if (names === undefined) await build(cache, folder, tools);
  const read = async (name: string): Promise<BuildManifest> =>
    parseBuildManifest(await readFile(join(folder, name, 'manifest.json'), 'utf8'));
  const second = await read('v2');
  const payload = async (file: string): Promise<TestPayload> => ({
    file,
    digest: `sha256:${(await readFile(join(folder, `${file}.sha256`), 'utf8')).trim()}`,
    version: second.osRelease,
  });
  const broken = await Promise.all(
    faults.map(async (fault) => [fault, await payload(`${fault}.img.zst`)] as const),
  );
  return {
    folder,
    tools,
    disk: join(folder, 'v1/system.qcow2'),
    first: await read('v1'),
    second,
    secondAgain: await read('v2-again'),
    upgrade: await payload('v2.img.zst'),
    layout: join(folder, 'v2-upgrade/upgrade-img'),
    broken: Object.fromEntries(broken) as Record<Fault, TestPayload>,
  };
}

/** Of all that the images follow from, but for the packages of the day. */
async function key(): Promise<string> {
  const hash = createHash('sha256');
  const trees = [join(root, 'apps/kbimg/dist'), join(root, 'apps/agent/dist'), example];
  for (const tree of [...trees, import.meta.dirname]) {
    for (const entry of await filesBelow(tree)) {
      if (tree === import.meta.dirname && !entry.endsWith('images.fixture.ts')) continue;
      hash.update(`${entry.slice(tree.length)}\0`).update(await readFile(entry));
    }
  }
  return hash.update(process.version).digest('hex').slice(0, 16);
}

async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith('metafile'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

async function build(cache: string, folder: string, tools: ImageTools): Promise<void> {
  await mkdir(cache, { recursive: true });
  // Images of another state are of no use any more, and large.
  for (const name of await readdir(cache)) {
    if (/^\.?test-images-/u.test(name)) await rm(join(cache, name), { recursive: true });
  }
  const made = await mkdtemp(join(cache, '.test-images-'));
  // Two at a time: concurrent builds share nothing but downloaded packages.
  await Promise.all([
    create(made, tools, '1', 'vm-img', 'v1'),
    create(made, tools, '2', 'vm-img', 'v2'),
  ]);
  await Promise.all([
    create(made, tools, '2', 'vm-img', 'v2-again'),
    create(made, tools, '2', 'upgrade-img', 'v2-upgrade'),
  ]);
  await rename(join(made, 'v2/kubeos.img.zst'), join(made, 'v2.img.zst'));
  for (const output of ['v1', 'v2', 'v2-again']) {
    const spare = ['system.img', 'kubeos.tar', ...(output === 'v1' ? [] : ['system.qcow2'])];
    for (const name of spare) await rm(join(made, output, name));
  }
  await note(made, 'v2.img.zst');
  for (const fault of faults) {
    const image = join(made, `${fault}.img`);
    await exec('zstd', ['-q', '-d', join(made, 'v2.img.zst'), '-o', image], long);
    await breakRoot(image, fault, made, withToolsOnPath(tools));
    await exec('zstd', ['-q', '-3', '--rm', image], long);
    await note(made, `${fault}.img.zst`);
  }
  await rename(made, folder);
}

const long = { timeoutMs: 15 * 60_000 };

async function note(folder: string, file: string): Promise<void> {
  const digest = createHash('sha256').update(await readFile(join(folder, file)));
  await writeFile(join(folder, `${file}.sha256`), digest.digest('hex'));
}

/** Runs kbimg as a person does. */
async function create(
  folder: string,
  tools: ImageTools,
  version: string,
  kind: string,
  output: string,
): Promise<void> {
  const recipe = join(folder, `recipe-${output}`);
  await cp(example, recipe, { recursive: true });
  const text = (await readFile(join(example, 'kbimg.toml'), 'utf8'))
    .replace('version = "1"', `version = "${version}"\nupgrade_img = "kubeos:${version}"`)
    .replace('../../apps/agent/dist/agent.cjs', agent);
  const own = version === '1' ? '' : kernelOptionCopied;
  await writeFile(join(recipe, 'kbimg.toml'), `${text}${everyTable}${own}`);
  await writeFile(join(recipe, 'chroot.sh'), chrootScript);
  await writeFile(
    join(recipe, 'kubeos.cfg'),
    `set kubeos_image_args="console=ttyS0 ${newKernelOption}"\n`,
  );
  const file = join(recipe, 'kbimg.toml');
  await exec(process.execPath, [kbimg, 'create', '-f', file, '-o', join(folder, output), kind], {
    ...long,
    env: { ...withToolsOnPath(tools), SOURCE_DATE_EPOCH: '1700000000' },
  });
}

const kernelOptionCopied = `
[[copy_files]]
src = "kubeos.cfg"
dst = "/boot/kubeos.cfg"
`;
