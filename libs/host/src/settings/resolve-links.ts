import { readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { KubeosError } from '@kubeos/core';
import { errnoOf, isAbsence, storageError } from '../errno.ts';

/** As many as the kernel follows. */
const mostLinks = 40;

/**
 * The file that a path of the node means, as a path of this machine: links are followed as on the node, so that absolute
 * ones and `..` stay below the root prefix. What does not exist is no link. Throws `STORAGE_FAILED`.
 */
export async function resolveLinks(root: string, path: string): Promise<string> {
  const left = path.split('/');
  let resolved: readonly string[] = [];
  let links = 0;
  for (let part = left.shift(); part !== undefined; part = left.shift()) {
    if (part === '' || part === '.') continue;
    if (part === '..') {
      resolved = resolved.slice(0, -1);
      continue;
    }
    const next = [...resolved, part];
    const target = await linkTarget(join(root, ...next));
    if (target === undefined) {
      resolved = next;
      continue;
    }
    links += 1;
    if (links > mostLinks) throw new KubeosError('STORAGE_FAILED', `${path}: too many links`);
    if (target.startsWith('/')) resolved = [];
    left.unshift(...target.split('/'));
  }
  return join(root, ...resolved);
}

/** `undefined` for what is no link. */
async function linkTarget(path: string): Promise<string | undefined> {
  try {
    return await readlink(path);
  } catch (thrown) {
    if (isAbsence(thrown) || errnoOf(thrown) === 'EINVAL') return undefined;
    throw storageError(thrown, `Cannot look at ${path}`);
  }
}
