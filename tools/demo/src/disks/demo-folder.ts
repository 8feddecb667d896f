import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { readTextIfThere } from '@kubeos/host';

import { removeFolder } from './leftovers.ts';

const prefix = 'kubeos-demo-';
const ownerFile = 'owner';

/** Makes the folder in which everything of one run lies, and that says whose it is. */
export async function makeDemoFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), prefix));
  await writeFile(join(folder, ownerFile), await identityOf(process.pid));
  return folder;
}

/** Removes the folders of runs that were killed, with all that such a run leaves on the machine. Gives their names. */
export async function removeDeadFolders(): Promise<readonly string[]> {
  const removed: string[] = [];
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(prefix)) continue;
    const folder = join(tmpdir(), name);
    const owner = await readTextIfThere(join(folder, ownerFile));
    // Without a name in it the folder is a moment old, or none of ours.
    if (owner === undefined || (await isAlive(owner))) continue;
    await removeFolder(folder);
    removed.push(folder);
  }
  return removed;
}

/** Process id and start time, since ids are used again. */
async function identityOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The name in parentheses may hold blanks; field 22 is the start time, proc_pid_stat(5).
  const startTime = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  return `${pid} ${startTime}`;
}

async function isAlive(owner: string): Promise<boolean> {
  const pid = Number(owner.split(' ')[0]);
  const alive = await readTextIfThere(`/proc/${pid}/stat`);
  return alive !== undefined && (await identityOf(pid)) === owner;
}
