import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { KubeosError } from '@kubeos/core';
import { errnoOf, exec, parseMountInfo } from '@kubeos/host';

/** The environment variable by which every program of a folder is known, whoever started it. */
export const folderVariable = 'KUBEOS_DEMO_FOLDER';

const killSeconds = 10;
const pollMilliseconds = 20;

/**
 * Takes a folder away with everything that was made in it and may outlive the program that made it: programs started
 * with the folder in `KUBEOS_DEMO_FOLDER`, mounts below it, loop devices of disk images in it. What is there is found
 * by looking, so that it does not matter where an earlier run was killed.
 */
export async function removeFolder(folder: string): Promise<void> {
  await killPrograms(folder);
  await unmountBelow(folder);
  await detachDisks(folder);
  await rm(folder, { recursive: true, force: true });
}

/** Kills the programs whose environment names this folder or one below it, by their ids, and waits until they are gone. */
export async function killPrograms(folder: string): Promise<void> {
  const deadline = performance.now() + killSeconds * 1000;
  for (;;) {
    const left = await programsOf(folder);
    if (left.length === 0) return;
    if (performance.now() > deadline) {
      throw new KubeosError('COMMAND_TIMEOUT', `Programs do not go away: ${left.join(', ')}`);
    }
    left.forEach(kill);
    await delay(pollMilliseconds);
  }
}

function kill(id: number): void {
  try {
    process.kill(id, 'SIGKILL');
  } catch (thrown) {
    if (errnoOf(thrown) !== 'ESRCH') throw thrown;
  }
}

/** Ids of the living programs whose environment names this folder or one below it. */
export async function programsOf(folder: string): Promise<readonly number[]> {
  const found: number[] = [];
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/u.test(entry) || Number(entry) === process.pid) continue;
    const environment = await readIfThere(`/proc/${entry}/environ`);
    const value = environment
      .split('\0')
      .find((line) => line.startsWith(`${folderVariable}=`))
      ?.slice(folderVariable.length + 1);
    if (value !== undefined && isIn(folder, value)) found.push(Number(entry));
  }
  return found;
}

/** Unmounts what is mounted on this folder or below it, the innermost first. */
export async function unmountBelow(folder: string): Promise<void> {
  const mounts = parseMountInfo(await readFile('/proc/self/mountinfo', 'utf8'));
  for (const { mountPoint } of mounts.toReversed()) {
    if (isIn(folder, mountPoint)) await exec('umount', ['--', mountPoint]);
  }
}

/** Detaches the loop devices whose backing file is this one or lies below this folder, with their partitions. */
export async function detachDisks(path: string): Promise<void> {
  for (const { name, file } of await listLoopDevices()) {
    if (!isIn(path, file)) continue;
    // Without partitions there is nothing to take away and partx fails.
    await exec('partx', ['--delete', name], { okExitCodes: [0, 1] });
    await exec('losetup', ['--detach', name]);
  }
}

interface LoopDevice {
  readonly name: string;
  readonly file: string;
}

async function listLoopDevices(): Promise<readonly LoopDevice[]> {
  const columns = ['--list', '--noheadings', '--raw', '--output', 'NAME,BACK-FILE'];
  const { stdout } = await exec('losetup', columns);
  return stdout.split('\n').flatMap((line) => {
    const [, name, file] = /^(\S+) (.+)$/u.exec(line) ?? [];
    return name === undefined || file === undefined ? [] : [{ name, file }];
  });
}

function isIn(folder: string, path: string): boolean {
  return path === folder || path.startsWith(join(folder, '/'));
}

async function readIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (thrown) {
    // A program may end while one looks at it.
    if (['ENOENT', 'ESRCH', 'EACCES'].includes(errnoOf(thrown) ?? '')) return '';
    throw thrown;
  }
}
