import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { cacheFolder } from '@kubeos/host';

import { withFileLock } from '../tools/file-lock.ts';

/** A folder that takes long to make, and what it follows from. */
export interface CachedFolder {
  /** Of all folders of the kind only the latest is kept: others are of an older state of the inputs, and large. */
  readonly kind: string;
  /** Names the state of the inputs. */
  readonly key: string;
  /** Make it though it is there. */
  readonly isFresh?: boolean;
  readonly signal?: AbortSignal;
  /** Fills an empty folder. */
  readonly make: (folder: string) => Promise<void>;
}

/**
 * The folder `${XDG_CACHE_HOME:-~/.cache}/kubeos/<kind>-<key>`, which is there whole or not at all; of processes that
 * want it at the same time one makes it.
 */
export async function cachedFolder(wanted: CachedFolder): Promise<string> {
  const { kind, key, isFresh = false, signal } = wanted;
  const cache = cacheFolder(process.env['XDG_CACHE_HOME']);
  await mkdir(cache, { recursive: true });
  const folder = join(cache, `${kind}-${key}`);
  if (existsSync(folder) && !isFresh) return folder;
  await withFileLock(
    join(cache, `${kind}.lock`),
    async () => {
      if (!existsSync(folder) || isFresh) await make(cache, folder, wanted);
    },
    signal,
  );
  return folder;
}

// Under the lock.
async function make(
  cache: string,
  folder: string,
  { kind, make: fill }: CachedFolder,
): Promise<void> {
  for (const name of await readdir(cache)) {
    const isOfKind = name.startsWith(`${kind}-`) || name.startsWith(`.${kind}-`);
    if (isOfKind) await rm(join(cache, name), { recursive: true });
  }
  const temporary = await mkdtemp(join(cache, `.${kind}-`));
  try {
    await fill(temporary);
    await rename(temporary, folder);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}
