import { createCipheriv, createHash } from 'node:crypto';

import { agentFiles } from '@kubeos/host';

/**
 * What an image is like, by what lies in it.
 *
 * - `good`: comes up.
 * - `noInit`: the kernel finds no init, panics and reboots.
 * - `noKernel`: the boot loader cannot load it.
 * - `noKubelet`: comes up, but the node never gets Ready.
 * - `noAgent`: nobody could confirm it; an agent refuses to install it.
 */
export type ImageKind = 'good' | 'noInit' | 'noKernel' | 'noKubelet' | 'noAgent';

/** One file of an image. */
export interface ImageFile {
  /** From the root of the image, with a leading slash. */
  readonly path: string;
  readonly content: string | Buffer | { readonly linkTo: string };
  readonly isProgram?: boolean;
}

/** Where the loader finds what it loads. */
export const kernelFiles = ['/boot/vmlinuz', '/boot/initrd.img'] as const;
/** What the kernel starts. */
export const initFile = '/sbin/init';
/** What makes the node Ready. */
export const kubeletFile = '/usr/bin/kubelet';

const kernelBytes = 1024 * 1024;

/** The files of an image of this version. */
export function imageTree(version: string, kind: ImageKind): readonly ImageFile[] {
  return [
    { path: '/etc/os-release', content: { linkTo: '../usr/lib/os-release' } },
    { path: '/usr/lib/os-release', content: osRelease(version) },
    ...(kind === 'noKernel'
      ? []
      : kernelFiles.map((path) => ({ path, content: fixedBytes(`${version}${path}`) }))),
    ...(kind === 'noInit'
      ? []
      : [
          { path: initFile, content: { linkTo: '../usr/lib/systemd/systemd' } },
          { path: '/usr/lib/systemd/systemd', content: 'init\n', isProgram: true },
        ]),
    ...(kind === 'noKubelet' ? [] : [{ path: kubeletFile, content: 'kubelet\n', isProgram: true }]),
    ...(kind === 'noAgent'
      ? []
      : agentFiles.map((path) => ({ path, content: `${path}\n`, isProgram: true }))),
  ];
}

function osRelease(version: string): string {
  return [
    'NAME="KubeOS"',
    'ID=kubeos',
    `PRETTY_NAME="${version.replaceAll(/["$`\\]/gu, '\\$&')}"`,
    '',
  ].join('\n');
}

/** Bytes that no compression shrinks, and that are the same with every build. */
function fixedBytes(seed: string): Buffer {
  const key = createHash('sha256').update(seed).digest();
  return createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(kernelBytes));
}
