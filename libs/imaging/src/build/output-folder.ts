import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  open,
  readdir,
  realpath,
  rename,
  rm,
} from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode, KubeosError } from '@kubeos/core';
import { createNodeLock, parseMountInfo, readTextIfThere, storageError } from '@kubeos/host';

/** Where a build puts what it makes. */
export interface OutputFolder {
  /** A private folder of this build, on the same file system as the output; gone when the build ends, however it ends. */
  readonly workDir: string;
  /**
   * Puts artefacts of the work folder in place under their own names: whole, flushed, in this order. The last one says
   * that the folder is complete: it is taken away before the first one changes.
   */
  readonly publish: (names: readonly string[]) => Promise<void>;
}

const lockName = '.kbimg.lock';
const workPrefix = '.kbimg-work-';

/**
 * Lends a folder to one build at a time. What a killed build left behind is removed first; nothing else in the folder
 * is touched. Throws `BUSY` when another build has it, `STORAGE_FAILED`, `STORAGE_FULL`.
 */
export async function withOutputFolder<T>(
  folder: string,
  work: (output: OutputFolder) => Promise<T>,
): Promise<T> {
  const output = await makePrivateFolder(folder);
  const lend = async (): Promise<T> => {
    await removeLeftovers(output);
    const workDir = await mkdtemp(join(output, workPrefix));
    try {
      return await work({ workDir, publish: (names) => publish(workDir, output, names) });
    } finally {
      await removeTree(workDir);
    }
  };
  return alone(output, lend);
}

/** Where `work` itself fails, its failure comes out as it is. */
async function alone<T>(output: string, work: () => Promise<T>): Promise<T> {
  const lock = createNodeLock({ path: join(output, lockName), timeoutSeconds: 0 });
  const entered = new AbortController();
  try {
    return await lock.exclusively(() => {
      entered.abort();
      return work();
    });
  } catch (thrown) {
    if (entered.signal.aborted || !hasCode(thrown, 'BUSY')) throw thrown;
    throw new KubeosError(
      'BUSY',
      `Another build goes into ${output}: wait, or name another folder`,
    );
  }
}

/** Images hold the hash of root's password. The path comes back without symbolic links, as the kernel names mounts. */
async function makePrivateFolder(path: string): Promise<string> {
  try {
    await mkdir(path, { recursive: true, mode: 0o750 });
    return await realpath(path);
  } catch (thrown) {
    throw storageError(thrown, `Cannot make the folder ${path}`);
  }
}

async function removeLeftovers(output: string): Promise<void> {
  for (const name of await readdir(output)) {
    if (name.startsWith(workPrefix)) await removeTree(join(output, name));
  }
}

/**
 * Removes a folder of ours. A file system that somebody mounted below it is not ours: its files would go with the
 * folder, so nothing is removed then.
 */
export async function removeTree(path: string): Promise<void> {
  const mounts = parseMountInfo((await readTextIfThere('/proc/self/mountinfo')) ?? '');
  const below = mounts.find(({ mountPoint }) => mountPoint.startsWith(`${path}/`));
  if (below !== undefined) {
    throw new KubeosError(
      'STORAGE_FAILED',
      `${below.mountPoint} is mounted inside a folder of a build: unmount it, then remove ${path}`,
    );
  }
  await rm(path, { recursive: true, force: true });
}

async function publish(workDir: string, output: string, names: readonly string[]): Promise<void> {
  try {
    const last = names.at(-1);
    if (last !== undefined) await rm(join(output, last), { force: true });
    for (const name of names) {
      const made = join(workDir, name);
      const place = join(output, name);
      await flush(made);
      // A folder (an OCI layout) cannot be renamed over another one.
      await rm(place, { recursive: true, force: true });
      await rename(made, place);
    }
    await flushEntry(output);
  } catch (thrown) {
    throw storageError(thrown, `Cannot put the artefacts into ${output}`);
  }
}

/** Flushes a file, or a folder with all that is in it. What a link leads to is not ours. */
async function flush(path: string): Promise<void> {
  const facts = await lstat(path);
  if (facts.isSymbolicLink()) return;
  if (facts.isDirectory()) for (const name of await readdir(path)) await flush(join(path, name));
  else await chmod(path, 0o640);
  await flushEntry(path);
}

async function flushEntry(path: string): Promise<void> {
  const file = await open(path, 'r');
  await file.sync().finally(() => file.close());
}
