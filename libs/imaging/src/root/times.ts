import { lstat, lutimes, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { attempt } from './tree.ts';

/**
 * Sets the times of a finished tree. `/usr` itself is as old as the image: by that systemd sees, in the first boot of an
 * upgrade, that users, catalogues and caches in `/etc` and `/var` have to be brought up to date (`ConditionNeedsUpdate=`).
 */
export async function setTreeTimes(dir: string, epochSeconds: number): Promise<void> {
  await clampTimes(dir, epochSeconds);
  const usr = join(dir, 'usr');
  await attempt(`Cannot set the time of ${usr}`, () => lutimes(usr, epochSeconds, epochSeconds));
}

/**
 * Makes the times of a tree a function of what is in it. Files from packages keep their times, so that the inodes of
 * files that did not change stay the same from version to version; what the build made gets the time of the build. A
 * folder is as old as the youngest file in it.
 *
 * @param epochSeconds nothing is younger
 */
async function clampTimes(dir: string, epochSeconds: number): Promise<void> {
  const entries = await attempt(`Cannot list ${dir}`, () => readdir(dir, { withFileTypes: true }));
  const times = await Promise.all(
    entries.map(async (entry) => {
      const path = join(dir, entry.name);
      if (entry.isDirectory()) {
        await clampTimes(path, epochSeconds);
        return 0;
      }
      return clampFile(path, epochSeconds);
    }),
  );
  const youngest = Math.max(0, ...times);
  await attempt(`Cannot set the time of ${dir}`, () => lutimes(dir, youngest, youngest));
}

async function clampFile(path: string, epochSeconds: number): Promise<number> {
  return attempt(`Cannot set the time of ${path}`, async () => {
    const { mtimeMs } = await lstat(path);
    const seconds = Math.min(Math.floor(mtimeMs / 1000), epochSeconds);
    await lutimes(path, seconds, seconds);
    return seconds;
  });
}
