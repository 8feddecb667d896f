import { join } from 'node:path';

import { KubeosError } from '@kubeos/core';

/** Where Debian keeps the dynamic linker and the libraries of an architecture of Node's. */
const linkers: Readonly<Record<string, { readonly libraries: string; readonly linker: string }>> = {
  x64: { libraries: 'usr/lib/x86_64-linux-gnu', linker: 'ld-linux-x86-64.so.2' },
  arm64: { libraries: 'usr/lib/aarch64-linux-gnu', linker: 'ld-linux-aarch64.so.1' },
};

/** Program -> where it lies in the tree of packages. */
const programs = {
  debugfs: 'usr/sbin/debugfs',
  dumpe2fs: 'usr/sbin/dumpe2fs',
  e2fsck: 'usr/sbin/e2fsck',
  mke2fs: 'usr/sbin/mke2fs',
  'mkfs.ext4': 'usr/sbin/mkfs.ext4',
  'qemu-img': 'usr/bin/qemu-img',
  'qemu-system-x86_64': 'usr/bin/qemu-system-x86_64',
  resize2fs: 'usr/sbin/resize2fs',
  tune2fs: 'usr/sbin/tune2fs',
} as const;

/**
 * The texts of programs that run those of another Debian in `tree` with its own libraries, without entering it. Only
 * the program itself gets these libraries, none that it starts.
 */
export function wrappers(tree: string, architecture: string): Readonly<Record<string, string>> {
  const found = linkers[architecture];
  if (found === undefined) {
    throw new KubeosError('UNSUPPORTED', `No tools for a machine with ${architecture}`);
  }
  const libraries = join(tree, found.libraries);
  const linker = [join(libraries, found.linker), '--inhibit-cache', '--library-path', libraries];
  return Object.fromEntries(
    Object.entries(programs).map(([name, path]) => {
      const words = [...linker, join(tree, path), ...ownArguments(name, tree)];
      return [name, scriptOf(words, { MKE2FS_CONFIG: join(tree, 'etc/mke2fs.conf') })];
    }),
  );
}

// QEMU looks for its firmware beside the running program, which is the linker here.
function ownArguments(name: string, tree: string): readonly string[] {
  if (!name.startsWith('qemu-system')) return [];
  return ['qemu', 'seabios'].flatMap((folder) => ['-L', join(tree, 'usr/share', folder)]);
}

function scriptOf(words: readonly string[], env: Readonly<Record<string, string>>): string {
  const settings = Object.entries(env).map(([name, value]) => `export ${name}=${quote(value)}\n`);
  return `#!/bin/sh\n${settings.join('')}exec ${words.map(quote).join(' ')} "$@"\n`;
}

function quote(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
