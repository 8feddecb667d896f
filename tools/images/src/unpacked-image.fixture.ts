/** Runs an image as a container, of which a test needs only this much: its files, user, environment and entry point. */
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readManifest, selectPlatform, type Descriptor } from '@kubeos/core';
import { ociBlobPath, type ImageArch } from '@kubeos/core/image';
import { exec } from '@kubeos/host';

/** The part of an image's configuration that a runtime follows. */
export interface ImageConfig {
  readonly User: string;
  readonly Env: readonly string[];
  readonly Entrypoint: readonly string[];
  readonly Labels: Readonly<Record<string, string>>;
}

/** An image as files of this machine. */
export interface UnpackedImage {
  readonly dir: string;
  readonly config: ImageConfig;
}

/** Unpacks the layers of a layout's image for a platform upon each other. */
export async function unpackImage(
  layout: string,
  architecture: ImageArch,
  dir: string,
): Promise<UnpackedImage> {
  const blob = ({ digest }: Descriptor): string => join(layout, ociBlobPath(digest));
  const read = async (descriptor: Descriptor) =>
    readManifest(await readFile(blob(descriptor), 'utf8'), descriptor.mediaType);
  const top = readManifest(await readFile(join(layout, 'index.json'), 'utf8'));
  const [root] = top.kind === 'index' ? top.manifests : [];
  const index = root === undefined ? undefined : await read(root);
  if (index?.kind !== 'index') throw new Error(`${layout} has no index of platforms`);
  const image = await read(selectPlatform(index, { os: 'linux', architecture }));
  if (image.kind !== 'image') throw new Error(`${layout} has no image for ${architecture}`);
  await mkdir(dir);
  for (const layer of image.layers) {
    await exec('tar', ['--extract', '--gzip', '--file', blob(layer), '--directory', dir]);
  }
  const { config } = JSON.parse(await readFile(blob(image.config), 'utf8')) as {
    readonly config: ImageConfig;
  };
  return { dir, config };
}

/** What a runtime mounts. */
export const mountPoints = ['proc', 'var/run/secrets/kubernetes.io/serviceaccount'] as const;

// The root cannot be written to, and what is mounted is gone with the process.
const enter =
  'mount --bind "$0" "$0" && mount -t proc proc "$0/proc" && mount -o remount,bind,ro "$0" && exec "$@"';

/** The command line of a container: `words` behind its entry point, or in place of it. */
export function containerCommand(
  { dir, config }: UnpackedImage,
  words: readonly string[],
  {
    env = {},
    entrypoint = config.Entrypoint,
    user = config.User,
    groups = [],
  }: Partial<ContainerOptions> = {},
): readonly [program: string, args: readonly string[]] {
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const inside = ['env', '-i', ...config.Env, ...variables, '/usr/sbin/chroot'];
  const identity = [`--groups=${groups.join(',')}`, `--userspec=${user}`];
  return [
    'unshare',
    [
      ...['--mount', '--propagation', 'private', 'sh', '-c', enter, dir],
      ...[...inside, ...identity, dir, ...entrypoint, ...words],
    ],
  ];
}

/** How a container differs from what its image says. */
export interface ContainerOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly entrypoint: readonly string[];
  /** `USER:GROUP`. */
  readonly user: string;
  /** Supplementary ones. */
  readonly groups: readonly number[];
}
