import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { BuildContext } from '../build-context.ts';
import { attempt } from './tree.ts';

/** Name, major and minor number of the devices that scripts count on. */
const nodes: readonly (readonly [string, number, number])[] = [
  ['null', 1, 3],
  ['zero', 1, 5],
  ['full', 1, 7],
  ['random', 1, 8],
  ['urandom', 1, 9],
];

/**
 * Makes the devices that scripts of packages need, as nodes of their own: the `/dev` of this machine is never bound into
 * a tree that somebody will remove. `cleanTree` takes them away again; on a node `/dev` is made by the kernel.
 */
export async function makeDeviceNodes(dir: string, { exec, signal }: BuildContext): Promise<void> {
  await attempt(`Cannot make ${dir}/dev`, () => mkdir(join(dir, 'dev'), { recursive: true }));
  for (const [name, major, minor] of nodes) {
    // mknod(1) fails where there is one; packages may bring their own.
    const node = join(dir, 'dev', name);
    await attempt(`Cannot remove ${node}`, () => rm(node, { force: true }));
    await exec('mknod', ['-m', '666', node, 'c', String(major), String(minor)], { signal });
  }
}
