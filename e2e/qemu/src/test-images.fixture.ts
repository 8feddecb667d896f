/** The images of the tests, built by kbimg and, where they are to be broken, changed afterwards. */
import { createHash } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Digest, Payload } from '@kubeos/core';
import { parseBuildManifest, type BuildManifest } from '@kubeos/core/image';
import { exec } from '@kubeos/host';
import {
  cachedFolder,
  changeRoot,
  findImageTools,
  keyOfImages,
  layOutExample,
  runKbimg,
  withToolsOnPath,
  type ImageServer,
  type ImageTools,
} from '@kubeos/vm';
import { breakages, faults, type Fault } from './broken-images.fixture.ts';

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
  readonly second: BuildManifest;
  /** Of another build of version 2 from the same input, made at the same time as something else. */
  readonly secondAgain: BuildManifest;
  readonly upgrade: TestPayload;
  /** Of the container image of version 2. */
  readonly container: BuildManifest;
  readonly broken: Readonly<Record<Fault, TestPayload>>;
}

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
const kernelOptions = `set kubeos_image_args="console=ttyS0 ${newKernelOption}"\n`;
const kernelOptionsCopied = `
[[copy_files]]
src = "kubeos.cfg"
dst = "/boot/kubeos.cfg"
`;

const longMs = 15 * 60_000;

/** What a node fetches from the server of the tests, whose CA it has been given. */
export function payloadOf(server: ImageServer, { file, digest }: TestPayload): Payload {
  return {
    ...{ imageType: 'disk', url: `${server.url}/${file}`, digest },
    ...{ allowInsecure: false, mutualTls: false, caCert: 'test-ca.pem' },
  };
}

/** Builds the images, once for each state of what they are made from. */
export async function testImages(): Promise<TestImages> {
  const tools = await findImageTools();
  const own = await Promise.all(
    ['test-images', 'broken-images'].map((name) =>
      readFile(join(import.meta.dirname, `${name}.fixture.ts`), 'utf8'),
    ),
  );
  const folder = await cachedFolder({
    kind: 'test-images',
    key: await keyOfImages(own),
    make: (made) => build(made, tools),
  });
  const manifest = async (name: string): Promise<BuildManifest> =>
    parseBuildManifest(await readFile(join(folder, name, 'manifest.json'), 'utf8'));
  const second = await manifest('v2');
  const payload = async (file: string): Promise<TestPayload> => ({
    file,
    digest: await digestOf(join(folder, file)),
    version: second.osRelease,
  });
  const broken = await Promise.all(
    faults.map(async (fault) => [fault, await payload(`${fault}.img.zst`)] as const),
  );
  return {
    folder,
    tools,
    disk: join(folder, 'v1/system.qcow2'),
    second,
    secondAgain: await manifest('v2-again'),
    upgrade: await payload('v2.img.zst'),
    container: await manifest('v2-upgrade'),
    broken: Object.fromEntries(broken) as Record<Fault, TestPayload>,
  };
}

async function digestOf(file: string): Promise<Digest> {
  return `sha256:${createHash('sha256')
    .update(await readFile(file))
    .digest('hex')}`;
}

async function build(made: string, tools: ImageTools): Promise<void> {
  const create = (version: 1 | 2, kind: string, output: string): Promise<void> =>
    createImage({ made, tools, version, kind, output });
  // Two at a time: concurrent builds share nothing but downloaded packages.
  await Promise.all([create(1, 'vm-img', 'v1'), create(2, 'vm-img', 'v2')]);
  await Promise.all([create(2, 'vm-img', 'v2-again'), create(2, 'upgrade-img', 'v2-upgrade')]);
  const payload = join(made, 'v2.img.zst');
  await rename(join(made, 'v2/kubeos.img.zst'), payload);
  for (const output of ['v1', 'v2', 'v2-again']) {
    const spare = ['system.img', 'kubeos.tar', ...(output === 'v1' ? [] : ['system.qcow2'])];
    for (const name of spare) await rm(join(made, output, name));
  }
  for (const fault of faults) {
    const image = join(made, `${fault}.img`);
    await exec('zstd', ['-q', '-d', payload, '-o', image], { timeoutMs: longMs });
    await changeRoot(image, [breakages[fault]], made, withToolsOnPath(tools));
    await exec('zstd', ['-q', '-1', '--rm', image], { timeoutMs: longMs });
  }
}

interface Creation {
  readonly made: string;
  readonly tools: ImageTools;
  readonly version: 1 | 2;
  readonly kind: string;
  readonly output: string;
}

/** Runs kbimg as a person does. */
async function createImage({ made, tools, version, kind, output }: Creation): Promise<void> {
  const named = `version = "${version}"\nupgrade_img = "kubeos:${version}"`;
  const recipe = await layOutExample(
    join(made, `recipe-${output}`),
    (text) =>
      text.replace('version = "1"', named) +
      everyTable +
      (version === 1 ? '' : kernelOptionsCopied),
  );
  await writeFile(join(dirname(recipe), 'chroot.sh'), chrootScript);
  await writeFile(join(dirname(recipe), 'kubeos.cfg'), kernelOptions);
  const env = { SOURCE_DATE_EPOCH: '1700000000' };
  await runKbimg(recipe, join(made, output), kind, { tools, env });
}
