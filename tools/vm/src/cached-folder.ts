import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { cacheFolder, createNodeLock } from '@kubeos/host';

/** A folder that takes long to make, and what it follows from. */
export interface CachedFolder {
  /** Of all folders of the kind only the latest is kept: others are of an older state of the inputs, and large. */
  readonly kind: string;
  /** Names the state of the inputs. */
  readonly key: string;
  /** Make it though it is there. */
  readonly isFresh?: boolean;
  /** Ends the wait for another process that makes it; `make` is to heed it too. */
  readonly signal?: AbortSignal | undefined;
  /** Fills an empty folder, which gets the final name when it is done. */
  readonly make: (folder: string, finalName: string) => Promise<void>;
}

/** Longer than anything takes that is made. */
const lockSeconds = 3600;

/**
 * The folder `${XDG_CACHE_HOME:-~/.cache}/kubeos/<kind>-<key>`, which is there whole or not at all; of processes that
 * want it at the same time one makes it. Throws what `make` throws, `CANCELLED` when the signal ends the wait for another
 * process, `BUSY` when that takes an hour.
 */
export async function cachedFolder(wanted: CachedFolder): Promise<string> {
  const { kind, key, isFresh = false, signal } = wanted;
  const cache = cacheFolder(process.env['XDG_CACHE_HOME']);
  const folder = join(cache, `${kind}-${key}`);
  if (existsSync(folder) && !isFresh) return folder;
  await mkdir(cache, { recursive: true });
  const lock = createNodeLock({
    path: join(cache, `${kind}.lock`),
    timeoutSeconds: lockSeconds,
    ...(signal === undefined ? {} : { signal }),
  });
  await lock.exclusively(async () => {
    // Another process may have made it while this one waited.
    if (!existsSync(folder) || isFresh) await make(cache, folder, wanted);
  });
  return folder;
}

// Under the lock.
async function make(cache: string, folder: string, wanted: CachedFolder): Promise<void> {
  const { kind } = wanted;
  for (const name of await readdir(cache)) {
    const isOfKind = name.startsWith(`${kind}-`) || name.startsWith(`.${kind}-`);
    if (isOfKind) await removeFolder(join(cache, name));
  }
  const temporary = await mkdtemp(join(cache, `.${kind}-`));
  try {
    await wanted.make(temporary, folder);
    await rename(temporary, folder);
  } finally {
    await removeFolder(temporary);
  }
}

// A killed program of the build may still write for a moment.
async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}
