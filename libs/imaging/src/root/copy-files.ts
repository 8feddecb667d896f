import { lstat, readdir, readlink, stat } from 'node:fs/promises';
import { basename, join, posix, resolve } from 'node:path';
import { KubeosError } from '@kubeos/core';
import type { CopyFile } from '@kubeos/core/image';
import { attempt, type Tree } from './tree.ts';

/**
 * Copies files and folders of this machine into a tree as `cp -r` does: a folder that exists takes the source in under
 * its own name, and folders are merged. All belongs to root afterwards; group and others never may write. Throws
 * `INVALID_SPEC` where source or target are of the wrong kind.
 *
 * @param baseDir from where relative sources count
 */
export async function copyFiles(
  tree: Tree,
  copies: readonly CopyFile[],
  baseDir: string,
): Promise<void> {
  for (const { src, dst, createDir } of copies) {
    if (createDir !== undefined) await tree.makeFolder(createDir);
    const source = resolve(baseDir, src);
    const target =
      (await tree.kindOf(dst)) === 'folder'
        ? posix.join(dst, basename(source))
        : posix.join('/', dst);
    await checkTarget(tree, target, dst);
    await copyEntry(tree, source, target, true);
  }
}

async function checkTarget(tree: Tree, target: string, dst: string): Promise<void> {
  const folder = posix.dirname(posix.join(target, '.').replace(/\/+$/u, ''));
  if ((await tree.kindOf(folder)) === 'folder') return;
  throw new KubeosError(
    'INVALID_SPEC',
    `copy_files: the image has no folder ${folder} for ${dst}: name it in create_dir`,
  );
}

/** Copies one file, link or folder. `follow` is for what the recipe itself names. */
export async function copyEntry(
  tree: Tree,
  source: string,
  target: string,
  follow = false,
): Promise<void> {
  const facts = await attempt(`Cannot read ${source}`, () =>
    follow ? stat(source) : lstat(source),
  );
  if (facts.isDirectory()) return copyFolder(tree, source, target);
  if ((await tree.kindOf(target)) === 'folder') throw wrongKind(source, target, 'a folder');
  if (facts.isSymbolicLink()) {
    await tree.remove(target);
    const points = await attempt(`Cannot read ${source}`, () => readlink(source));
    return tree.link(target, points);
  }
  if (!facts.isFile()) throw wrongKind(source, target, 'for files, folders and links only');
  return tree.copyIn(source, target, facts.mode & 0o755);
}

async function copyFolder(tree: Tree, source: string, target: string): Promise<void> {
  const there = await tree.kindOf(target);
  if (there === 'file' || there === 'other') throw wrongKind(source, target, 'no folder');
  await tree.makeFolder(target);
  const names = await attempt(`Cannot list ${source}`, () => readdir(source));
  for (const name of names.sort()) {
    await copyEntry(tree, join(source, name), posix.join(target, name));
  }
}

function wrongKind(source: string, target: string, what: string): KubeosError {
  return new KubeosError(
    'INVALID_SPEC',
    `Cannot copy ${source}: ${target} of the image is ${what}`,
  );
}
