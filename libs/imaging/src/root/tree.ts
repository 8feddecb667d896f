import {
  chmod,
  copyFile,
  lstat,
  mkdir,
  readFile,
  readdir,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { basename, dirname, join, posix } from 'node:path';
import { isAbsence, resolveLinks, storageError } from '@kubeos/host';

/**
 * The files of an image while it is built. Paths are those of the image, absolute or not; links are followed as the
 * image itself will, so that nothing outside of its folder is ever read or written. All methods throw `STORAGE_FULL` or
 * `STORAGE_FAILED`.
 */
export interface Tree {
  /** Its folder on this machine. */
  readonly dir: string;
  /** Where a file is on this machine, behind links. */
  locate(path: string): Promise<string>;
  /** The same, but of a link itself. */
  locateEntry(path: string): Promise<string>;
  /** What is there behind links. */
  kindOf(path: string): Promise<'file' | 'folder' | 'other' | 'nothing'>;
  /** Content of a text file; `undefined` when there is none. */
  readText(path: string): Promise<string | undefined>;
  /** Names in a folder, sorted; none where there is no folder. */
  list(path: string): Promise<readonly string[]>;
  /** Writes a file with exactly this mode, in folders that are made where they are missing. */
  write(path: string, content: string | Uint8Array, mode?: number): Promise<void>;
  /** Copies a file of this machine, with exactly this mode. */
  copyIn(source: string, path: string, mode: number): Promise<void>;
  /** Makes a folder and those above it, 0755 whatever the umask says. What exists stays as it is. */
  makeFolder(path: string): Promise<void>;
  /** Puts a link where nothing is. */
  link(path: string, target: string): Promise<void>;
  /** Removes a file, a link or a folder with all that is in it; nothing is fine too. */
  remove(path: string): Promise<void>;
  /** Removes all that is in a folder, and leaves the folder. */
  empty(path: string): Promise<void>;
}

/** Opens the tree in a folder of this machine. */
export function openTree(dir: string): Tree {
  const locate = (path: string): Promise<string> => resolveLinks(dir, path);
  const locateEntry = async (path: string): Promise<string> => {
    const plain = posix.join('/', path);
    return join(await locate(posix.dirname(plain)), posix.basename(plain));
  };
  const makeFolder = async (path: string): Promise<void> => makeFolders(await locate(path));
  const list = async (path: string): Promise<readonly string[]> => {
    const place = await locate(path);
    const names = await absentAs([], `Cannot list ${path}`, () => readdir(place));
    return names.sort();
  };
  const remove = async (path: string): Promise<void> => {
    const place = await locateEntry(path);
    await attempt(`Cannot remove ${path}`, () => rm(place, { recursive: true, force: true }));
  };
  return {
    dir,
    locate,
    locateEntry,
    makeFolder,
    list,
    remove,
    kindOf: async (path) => kindAt(await locate(path)),
    readText: async (path) => {
      const place = await locate(path);
      return absentAs(undefined, `Cannot read ${path}`, () => readFile(place, 'utf8'));
    },
    write: async (path, content, mode = 0o644) => {
      const place = await locate(path);
      await makeFolders(dirname(place));
      await attempt(`Cannot write ${path} of the image`, async () => {
        await writeFile(place, content);
        await chmod(place, mode);
      });
    },
    copyIn: async (source, path, mode) => {
      const place = await locate(path);
      await makeFolders(dirname(place));
      await attempt(`Cannot copy ${source} to ${path} of the image`, async () => {
        await copyFile(source, place);
        // The copy has the mode of its source, with all its special bits.
        await chmod(place, mode);
      });
    },
    link: async (path, target) => {
      const place = await locateEntry(path);
      await makeFolders(dirname(place));
      await attempt(`Cannot link ${path}`, () => symlink(target, place));
    },
    empty: async (path) => {
      for (const name of await list(path)) await remove(posix.join(path, name));
    },
  };
}

async function kindAt(place: string): Promise<'file' | 'folder' | 'other' | 'nothing'> {
  const facts = await absentAs(undefined, `Cannot look at ${place}`, () => lstat(place));
  if (facts === undefined) return 'nothing';
  if (facts.isFile()) return 'file';
  return facts.isDirectory() ? 'folder' : 'other';
}

/** As `mkdir -p`, but with a mode that does not depend on the umask. The path holds no links. */
async function makeFolders(place: string): Promise<void> {
  const there = await absentAs(undefined, `Cannot look at ${place}`, () => lstat(place));
  if (there !== undefined) return;
  await makeFolders(dirname(place));
  await attempt(`Cannot make the folder ${basename(place)} of the image`, async () => {
    await mkdir(place);
    await chmod(place, 0o755);
  });
}

/** Runs file operations and says what was attempted when one fails. */
export async function attempt<T>(what: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (thrown) {
    throw storageError(thrown, what);
  }
}

async function absentAs<T>(absent: T, what: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (thrown) {
    if (isAbsence(thrown)) return absent;
    throw storageError(thrown, what);
  }
}
