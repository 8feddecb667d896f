import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, link, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errnoOf, isAbsence } from '@kubeos/host';
import { attempt } from './tree.ts';

/**
 * Puts files of one folder into another with their folders: as hard links, or as copies where the folders are on
 * different file systems. A file comes into being under its name in one step and is left alone where it exists, so that
 * builds may do this at the same time. Both folders then share the bytes: nobody may write into the files.
 *
 * @param wanted which files, by their path below the folder
 * @returns the paths of those files
 */
export async function shareFiles(
  from: string,
  to: string,
  wanted: (path: string) => boolean,
): Promise<readonly string[]> {
  const paths = (await filesBelow(from)).filter((path) => wanted(path));
  for (const path of paths) {
    const target = join(to, path);
    await attempt(`Cannot keep ${path} in ${to}`, async () => {
      await mkdir(dirname(target), { recursive: true });
      await shareFile(join(from, path), target);
    });
  }
  return paths;
}

async function filesBelow(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const start = folder.length + 1;
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(start));
  } catch (thrown) {
    if (isAbsence(thrown)) return [];
    throw thrown;
  }
}

async function shareFile(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (thrown) {
    const errno = errnoOf(thrown) ?? '';
    if (errno === 'EEXIST') return;
    if (!['EXDEV', 'EPERM', 'EMLINK'].includes(errno)) throw thrown;
    await copyWhole(from, to);
  }
}

async function copyWhole(from: string, to: string): Promise<void> {
  const fresh = `${to}.${randomUUID()}`;
  try {
    await copyFile(from, fresh, constants.COPYFILE_EXCL);
    await rename(fresh, to);
  } finally {
    await rm(fresh, { force: true });
  }
}
