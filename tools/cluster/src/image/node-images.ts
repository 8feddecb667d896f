/** The images of nodes that join a cluster, built by kbimg from `examples/node.toml`, and two that are bad. */
import { copyFile, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { ensureBinaries } from '@kubeos/control-plane';
import type { Digest } from '@kubeos/core';
import { osReleaseText, parseBuildManifest, prettyName } from '@kubeos/core/image';
import { exec } from '@kubeos/host';
import { digestFile, type BuildContext } from '@kubeos/imaging';
import {
  cachedFolder,
  changeRoot,
  findImageTools,
  keyOfImages,
  layOutExample,
  runKbimg,
  withToolsOnPath,
  type Example,
  type ImageTools,
  type RootChange,
} from '@kubeos/vm';

import { componentSizes, type ComponentSizes } from './component-sizes.ts';
import { writeWebImage } from './web-image.ts';

/** A root file system that a node can be upgraded to. */
export interface NodePayload {
  /** `PRETTY_NAME` of the system. */
  readonly version: string;
  /** Name of the compressed image in the folder of all images. */
  readonly file: string;
  /** Of that file. */
  readonly digest: Digest;
  /** Of that file. */
  readonly bytes: number;
}

/** Ways in which an image is bad and passes every check before it is booted. */
export type NodeFault =
  /** No first program: the initrd reboots, and the boot attempts are used up. */
  | 'noInit'
  /** All is well, but kubelet ends at once: nobody confirms the system. */
  | 'noKubelet';

/** All of them. */
export interface NodeImages {
  /** Holds the payloads. */
  readonly folder: string;
  readonly tools: ImageTools;
  /** Version 1 as a disk, qcow2; it is not to be written to. */
  readonly disk: string;
  /** `PRETTY_NAME` of version 1. */
  readonly version: string;
  /** Version 2: the same but for its name. */
  readonly second: NodePayload;
  /** Version 3, bad. */
  readonly broken: Readonly<Record<NodeFault, NodePayload>>;
  readonly sizes: NodeImageSizes;
}

/** Sizes of version 1, in bytes. */
export interface NodeImageSizes {
  /** The root file system. */
  readonly root: number;
  /** The same as a payload, compressed. */
  readonly payload: number;
  /** The disk, qcow2. */
  readonly disk: number;
  /** Of the root's files. */
  readonly components: ComponentSizes;
}

/** How the images are found. */
export interface NodeImagesOptions {
  /** Told what is being built. */
  readonly log?: (line: string) => void;
  readonly signal?: AbortSignal;
}

const example: Example = {
  recipe: 'node.toml',
  parts: ['node.toml', 'node', 'vm/debian.sources'],
};
const noPassword = 'root_passwd = "*"';
/** Of `kubeos`, as in `examples/vm`. */
const password =
  'root_passwd = "$6$kubeosvm$Rk/vlV2SXEFD4A.rJF5ZcICnYohvKxNf1yI.OWaK1JgEwBXn2whcCIwdb8W8irB.6jLama3zXl6PPer0IvNOE/"';
const moreFiles = `
[[copy_files]]
src = "web.tar"
dst = "/usr/lib/kubeos/images/"
create_dir = "/usr/lib/kubeos/images"
`;
const osRelease = '/usr/lib/os-release';
const faults: Readonly<Record<NodeFault, RootChange>> = {
  noInit: { path: '/usr/lib/systemd/systemd', becomes: 'nothing' },
  noKubelet: { path: '/usr/bin/kubelet', becomes: 'program', text: '#!/bin/sh\nexit 1\n' },
};
const payloadNames = { second: 'v2', noInit: 'v3-no-init', noKubelet: 'v3-no-kubelet' } as const;
const longMs = 15 * 60_000;
const listingBytes = 64 * 1024 * 1024;

/**
 * Builds the images, once for each state of what they are made from: `bundleForImages` comes before. Root's password on
 * the serial port is `kubeos`, and they bring the image `webImage` along; both are not in the example itself.
 */
export async function nodeImages({
  log = () => undefined,
  signal = new AbortController().signal,
}: NodeImagesOptions = {}): Promise<NodeImages> {
  const tools = await findImageTools(log, signal);
  const kubelet = (await ensureBinaries(['kubelet'], log, signal))['kubelet'] ?? '';
  const own = await Promise.all(
    ['node-images.ts', 'web-image.ts', 'component-sizes.ts'].map((name) =>
      readFile(join(import.meta.dirname, name), 'utf8'),
    ),
  );
  const { digest } = await digestFile(kubelet, signal);
  const context: BuildContext = { exec, signal, progress: log };
  const folder = await cachedFolder({
    ...{ kind: 'node-images', key: await keyOfImages([digest, ...own], example), signal },
    make: (made) => build(made, kubelet, tools, context),
  });
  const payload = async (name: keyof typeof payloadNames): Promise<NodePayload> => {
    const file = `${payloadNames[name]}.img.zst`;
    const version = prettyName(name === 'second' ? '2' : '3');
    return { version, file, ...(await digestFile(join(folder, file), signal)) };
  };
  return {
    ...{ folder, tools, disk: join(folder, 'v1.qcow2'), version: prettyName('1') },
    second: await payload('second'),
    broken: { noInit: await payload('noInit'), noKubelet: await payload('noKubelet') },
    sizes: JSON.parse(await readFile(join(folder, 'sizes.json'), 'utf8')) as NodeImageSizes,
  };
}

async function build(
  made: string,
  kubelet: string,
  tools: ImageTools,
  context: BuildContext,
): Promise<void> {
  const { signal } = context;
  context.progress('Building the image of nodes (some minutes) ...');
  const recipes = join(made, 'recipe');
  const recipe = await layOutExample(
    recipes,
    (text) => text.replace(noPassword, password).replace('"kubelet"', `"${kubelet}"`) + moreFiles,
    example,
  );
  await writeWebImage(join(recipes, 'web.tar'), context);
  const output = join(made, 'v1');
  await runKbimg(recipe, output, 'vm-img', {
    tools,
    signal,
    print: (line) => context.progress(line),
  });
  const { rootFileSystem } = parseBuildManifest(
    await readFile(join(output, 'manifest.json'), 'utf8'),
  );
  const sizes: NodeImageSizes = {
    root: rootFileSystem.bytes,
    payload: (await stat(join(output, 'kubeos.img.zst'))).size,
    disk: (await stat(join(output, 'system.qcow2'))).size,
    components: componentSizes(await list(join(output, 'kubeos.tar'), signal)),
  };
  await writeFile(join(made, 'sizes.json'), `${JSON.stringify(sizes)}\n`);
  await rename(join(output, 'system.qcow2'), join(made, 'v1.qcow2'));
  await writePayloads(made, join(output, 'kubeos.img.zst'), tools, context);
  for (const folder of [recipes, output]) await rm(folder, { recursive: true });
}

async function list(tar: string, signal: AbortSignal): Promise<string> {
  const args = ['--list', '--verbose', '--file', tar];
  const { stdout } = await exec('tar', args, { outputLimitBytes: listingBytes, signal });
  return stdout;
}

/** The further versions are the first one, with some files of it changed. */
async function writePayloads(
  made: string,
  first: string,
  tools: ImageTools,
  context: BuildContext,
): Promise<void> {
  const { signal } = context;
  const env = withToolsOnPath(tools);
  const work = join(made, 'work');
  await mkdir(work);
  const root = join(work, 'root.img');
  await exec('zstd', ['-q', '-d', first, '-o', root], { timeoutMs: longMs, signal });
  const found = await exec('debugfs', ['-R', `cat ${osRelease}`, root], { env, signal });
  const named = (version: string): RootChange => ({
    ...{ path: osRelease, becomes: 'text' },
    // The family of the system stays as it is.
    text: osReleaseText(version, found.stdout),
  });
  const write = async (name: string, changes: readonly RootChange[]): Promise<void> => {
    context.progress(`Writing the image ${name}`);
    const image = join(work, `${name}.img`);
    await copyFile(root, image);
    await changeRoot(image, changes, work, env);
    const payload = join(made, `${name}.img.zst`);
    await exec('zstd', ['-q', '-1', image, '-o', payload], { timeoutMs: longMs, signal });
    await rm(image);
  };
  await write(payloadNames.second, [named('2')]);
  await write(payloadNames.noInit, [named('3'), faults.noInit]);
  await write(payloadNames.noKubelet, [named('3'), faults.noKubelet]);
  await rm(work, { recursive: true });
}
