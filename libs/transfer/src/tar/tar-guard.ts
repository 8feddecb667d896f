import { posix } from 'node:path';
import { KubeosError } from '@kubeos/core';
import { describeName, type TarEntry } from './tar-entry.ts';

/** Judges entries in the order of the archive. */
export interface TarGuard {
  /** The entry with clean names, relative to the root of the archive. Throws `PAYLOAD_UNSAFE`. */
  check(entry: TarEntry): TarEntry;
}

/**
 * Lets through only what stays inside the folder it is unpacked to: no absolute names, no `..`, nothing below a
 * symbolic link of the archive, no hard link to the outside. Links themselves may point anywhere: they are read on the
 * booted system only. An honest archive of a root file system never fails here.
 */
export function createTarGuard(): TarGuard {
  const links = new Set<string>();

  const clean = (entry: TarEntry, name: string): string => {
    if (name.startsWith('/') || name.includes('\0') || name.split('/').includes('..')) {
      throw unsafe(entry, 'leads out of the archive');
    }
    const cleaned = posix.normalize(name).replace(/\/$/u, '');
    for (let parent = posix.dirname(cleaned); parent !== '.'; parent = posix.dirname(parent)) {
      if (links.has(parent)) throw unsafe(entry, `goes through the link ${describeName(parent)}`);
    }
    return cleaned;
  };

  return {
    check: (entry) => {
      const name = clean(entry, entry.name);
      if (links.has(name)) throw unsafe(entry, 'replaces a link');
      if (name === '.' && entry.type !== 'directory') throw unsafe(entry, 'replaces the root');
      if (entry.type === 'symbolicLink') links.add(name);
      if (entry.type !== 'hardLink') return { ...entry, name };
      const linkName = clean(entry, entry.linkName);
      if (links.has(linkName)) links.add(name);
      return { ...entry, name, linkName };
    },
  };
}

function unsafe(entry: TarEntry, why: string): KubeosError {
  return new KubeosError('PAYLOAD_UNSAFE', `Entry ${describeName(entry.name)} ${why}`);
}
