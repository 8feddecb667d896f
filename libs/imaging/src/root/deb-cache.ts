import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { KubeosError } from '@kubeos/core';
import { isAbsence, readTextIfThere } from '@kubeos/host';
import { shareFiles } from './package-cache.ts';
import { attempt } from './tree.ts';

/**
 * Debian packages that are kept between builds. apt takes a file that it finds for the right one when its size fits; so
 * we look at the digests: only what the signed indices of the build list is kept, and used.
 */
export interface DebCache {
  /** Puts the packages of the cache where apt looks for them. */
  take(): Promise<void>;
  /** Keeps what was downloaded. */
  keep(): Promise<void>;
  /** Throws `DIGEST_MISMATCH` when a package of the cache was installed that no repository offers, and drops it. */
  verify(): Promise<void>;
}

/** Our own package is made anew each time. */
const ownPackage = 'kubeos-initramfs_';

/**
 * Opens the cache for one installation.
 *
 * @param folder the cache, which builds may share
 * @param dir the tree that packages are installed to
 */
export function openDebCache(folder: string, dir: string): DebCache {
  const archives = join(dir, 'var/cache/apt/archives');
  let taken = new Set<string>();
  return {
    take: async () => {
      await attempt(`Cannot make ${archives}`, () => mkdir(archives, { recursive: true }));
      taken = new Set(await shareFiles(folder, archives, isPackage));
    },
    keep: async () => {
      const fresh = (await namesIn(archives)).filter((name) => isPackage(name) && !taken.has(name));
      const offered = await offeredDigests(dir, isRemote);
      const good = new Set<string>();
      for (const name of fresh) {
        if (offered.has(await digestOf(join(archives, name)))) good.add(name);
      }
      await shareFiles(archives, folder, (name) => good.has(name));
    },
    verify: async () => {
      const offered = await offeredDigests(dir, () => true);
      for (const name of await installedNames(dir)) {
        if (!taken.has(name) || offered.has(await digestOf(join(archives, name)))) continue;
        await attempt(`Cannot remove ${name} of ${folder}`, () => rm(join(folder, name)));
        throw new KubeosError(
          'DIGEST_MISMATCH',
          `The package ${name} that was kept in ${folder} is not the one of the repositories: it was removed, build again`,
          { details: { package: name } },
        );
      }
    },
  };
}

/** Only whole downloads: those under way are in the folder `partial`. */
function isPackage(path: string): boolean {
  return /^[^/]+\.deb$/u.test(path) && !path.startsWith(ownPackage);
}

/**
 * Whether an index comes from another machine: its name begins with that of the machine. What lies on this one is not
 * worth keeping, and may well change under the same version while somebody works on it.
 */
function isRemote(index: string): boolean {
  return !index.startsWith('_');
}

/** Digests of all packages in those indices of the build. */
async function offeredDigests(
  dir: string,
  wanted: (index: string) => boolean,
): Promise<ReadonlySet<string>> {
  const lists = join(dir, 'var/lib/apt/lists');
  const digests = new Set<string>();
  for (const name of await namesIn(lists)) {
    if (!name.endsWith('Packages') || !wanted(name)) continue;
    const text = await attempt(`Cannot read ${name}`, () => readFile(join(lists, name), 'latin1'));
    for (const [, digest = ''] of text.matchAll(/^SHA256: ([0-9a-f]{64})$/gmu)) digests.add(digest);
  }
  return digests;
}

/** As apt names their files. */
async function installedNames(dir: string): Promise<readonly string[]> {
  const status = (await readTextIfThere(join(dir, 'var/lib/dpkg/status'))) ?? '';
  return status.split('\n\n').map((paragraph) => {
    const field = (name: string): string =>
      new RegExp(`^${name}: (.*)$`, 'mu').exec(paragraph)?.[1]?.replaceAll(':', '%3a') ?? '';
    return `${field('Package')}_${field('Version')}_${field('Architecture')}.deb`;
  });
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (thrown) {
    if (isAbsence(thrown)) return [];
    throw thrown;
  }
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await attempt(`Cannot read ${path}`, () => pipeline(createReadStream(path), hash));
  return hash.digest('hex');
}
