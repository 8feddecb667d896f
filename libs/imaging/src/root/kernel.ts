import { posix } from 'node:path';
import { KubeosError } from '@kubeos/core';
import type { Tree } from './tree.ts';

/** A kernel that packages have put into a tree. */
interface Kernel {
  /** As `uname -r` says it. */
  readonly release: string;
  /** Path of its image in the tree. */
  readonly path: string;
}

/** Where GRUB finds the kernel of a slot. */
const kernelPath = '/boot/vmlinuz';

/**
 * Leaves the newest kernel of the packages as `/boot/vmlinuz` and nothing else in `/boot`: rescue kernels, older ones
 * and what they bring along are for other boot loaders than ours. Gives back its release. Throws `INVALID_SPEC` where
 * no package brought a kernel with modules.
 */
export async function placeKernel(tree: Tree): Promise<string> {
  const found = await findKernels(tree);
  const newest = newestKernel(found.kernels);
  if (newest === undefined) {
    const without = found.withoutModules.map(({ path }) => path).join(', ');
    throw new KubeosError(
      'INVALID_SPEC',
      without === ''
        ? 'No package brought a kernel (/boot/vmlinuz-*): add one to rpmlist, such as linux-image-cloud-amd64 or kernel'
        : `No modules in /usr/lib/modules for ${without}: add the package of the modules to rpmlist`,
    );
  }
  await keepConfiguration(tree, newest.release);
  // Beside the folder first: it may lie in it, and under the very name.
  const content = '/.kubeos-kernel';
  await tree.copyIn(await tree.locate(newest.path), content, 0o644);
  await tree.empty('/boot');
  await tree.copyIn(await tree.locate(content), kernelPath, 0o644);
  for (const name of [content, '/vmlinuz', '/vmlinuz.old', '/initrd.img', '/initrd.img.old']) {
    await tree.remove(name);
  }
  return newest.release;
}

/** Says what the kernel can do, such as unpack zstd: beside its modules it is out of the way of `/boot`. */
async function keepConfiguration(tree: Tree, release: string): Promise<void> {
  const source = `/boot/config-${release}`;
  const place = `/usr/lib/modules/${release}/config`;
  if ((await tree.kindOf(source)) !== 'file' || (await tree.kindOf(place)) !== 'nothing') return;
  await tree.copyIn(await tree.locate(source), place, 0o644);
}

interface FoundKernels {
  readonly kernels: readonly Kernel[];
  readonly withoutModules: readonly Kernel[];
}

async function findKernels(tree: Tree): Promise<FoundKernels> {
  const candidates: Kernel[] = [];
  for (const name of await tree.list('/boot')) {
    const release = /^(?:vmlinuz|vmlinux|Image)-(.+)$/u.exec(name)?.[1];
    if (release !== undefined) candidates.push({ release, path: posix.join('/boot', name) });
  }
  const withModules = await tree.list('/usr/lib/modules');
  for (const release of withModules) {
    candidates.push({ release, path: posix.join('/usr/lib/modules', release, 'vmlinuz') });
  }
  const kernels: Kernel[] = [];
  const withoutModules: Kernel[] = [];
  for (const kernel of candidates) {
    if (isRescue(kernel.release) || (await tree.kindOf(kernel.path)) !== 'file') continue;
    (withModules.includes(kernel.release) ? kernels : withoutModules).push(kernel);
  }
  return { kernels, withoutModules };
}

/** Of dracut: `vmlinuz-0-rescue-<machine id>`. */
function isRescue(release: string): boolean {
  return /(?:^|-)rescue(?:-|$)/u.test(release);
}

/** The kernel with the highest release; of two with the same release the first. */
export function newestKernel<K extends { readonly release: string }>(
  kernels: readonly K[],
): K | undefined {
  let newest: K | undefined;
  for (const kernel of kernels) {
    if (newest === undefined || compareReleases(kernel.release, newest.release) > 0) {
      newest = kernel;
    }
  }
  return newest;
}

/** Compares number by number, and what is between them as text. */
function compareReleases(a: string, b: string): number {
  const [left, right] = [piecesOf(a), piecesOf(b)];
  for (let at = 0; at < Math.max(left.length, right.length); at += 1) {
    const [l, r] = [left[at] ?? '', right[at] ?? ''];
    const difference = /^\d+$/u.test(l) && /^\d+$/u.test(r) ? Number(l) - Number(r) : order(l, r);
    if (difference !== 0) return difference;
  }
  return 0;
}

function piecesOf(release: string): readonly string[] {
  return release.match(/\d+|\D+/gu) ?? [];
}

function order(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
