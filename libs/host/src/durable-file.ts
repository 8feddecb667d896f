import { chmod, mkdir, open, readFile, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isAbsence, storageError } from './errno.ts';

/** Who may do what with a file. */
export interface FileAccess {
  /** Permission bits, whatever the umask says. Default: 0600 less the umask. */
  readonly mode?: number;
  /** Default: unchanged. */
  readonly uid?: number;
  readonly gid?: number;
  /** Called with the path of the new file before it is flushed and put in place. */
  readonly prepare?: (path: string) => Promise<void>;
}

/** A new file that is whole and flushed beside the one whose place it is to take. */
export interface StagedFile {
  /** Puts it in place; durable when it returns. Throws `STORAGE_FULL`, `STORAGE_FAILED`. */
  put(): Promise<void>;
  /** Takes it away, unless it is in place already. Never throws: who does this has failed at something else. */
  discard(): Promise<void>;
}

/**
 * Puts a whole file in place so that a crash at any moment leaves the old or the new content, never a part: a new file
 * beside it is written, flushed and renamed over it, then the folder is flushed. One writer at a time: the new file always
 * has the same name, so that a killed writer leaves at most one. Throws `STORAGE_FULL`, `STORAGE_FAILED`.
 */
export async function writeFileDurably(
  path: string,
  content: string | Uint8Array,
  access: FileAccess = {},
): Promise<void> {
  const staged = await stageFile(path, content, access);
  try {
    await staged.put();
  } catch (thrown) {
    await staged.discard();
    throw thrown;
  }
}

/** The first half of `writeFileDurably`, all that a full disk can end; nothing stays of it when it throws. */
export async function stageFile(
  path: string,
  content: string | Uint8Array,
  access: FileAccess = {},
): Promise<StagedFile> {
  const temporary = `${path}.new`;
  const discard = () => rm(temporary, { force: true }).catch(() => undefined);
  try {
    await rm(temporary, { force: true });
    await writeAndFlush(temporary, content, access);
  } catch (thrown) {
    await discard();
    throw storageError(thrown, `Cannot write ${path}`);
  }
  return {
    put: async () => {
      try {
        await rename(temporary, path);
        await flushFolder(dirname(path));
      } catch (thrown) {
        throw storageError(thrown, `Cannot write ${path}`);
      }
    },
    discard,
  };
}

/** Removes a file, where there is one; durable when it returns. Throws `STORAGE_FAILED`. */
export async function removeFileDurably(path: string): Promise<void> {
  try {
    await rm(path, { force: true });
    await flushFolder(dirname(path));
  } catch (thrown) {
    if (isAbsence(thrown)) return;
    throw storageError(thrown, `Cannot remove ${path}`);
  }
}

/**
 * Makes a folder, and those above it, where they are missing: 0755 whatever the umask says, durable when it returns.
 * Throws `STORAGE_FULL`, `STORAGE_FAILED`.
 */
export async function makeFolderDurably(path: string): Promise<void> {
  try {
    const first = await mkdir(path, { recursive: true });
    if (first === undefined) return;
    for (let made = path; made.length >= first.length; made = dirname(made)) {
      await chmod(made, 0o755);
      await flushFolder(dirname(made));
    }
  } catch (thrown) {
    throw storageError(thrown, `Cannot make the folder ${path}`);
  }
}

/** Reads a text file; `undefined` when there is none. Throws `STORAGE_FAILED`. */
export async function readTextIfThere(path: string): Promise<string | undefined> {
  const content = await readBytesIfThere(path);
  return content?.toString('utf8');
}

/** Reads a file; `undefined` when there is none. Throws `STORAGE_FAILED`. */
export async function readBytesIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (thrown) {
    if (isAbsence(thrown)) return undefined;
    throw storageError(thrown, `Cannot read ${path}`);
  }
}

async function writeAndFlush(
  path: string,
  content: string | Uint8Array,
  access: FileAccess,
): Promise<void> {
  const file = await open(path, 'wx', access.mode ?? 0o600);
  try {
    await file.writeFile(content);
    await applyAccess(file, access);
    await access.prepare?.(path);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function applyAccess(file: FileHandle, access: FileAccess): Promise<void> {
  // Only what was asked for: the ESP is FAT and refuses most owners and modes.
  if (access.uid !== undefined || access.gid !== undefined) {
    const found = await file.stat();
    await file.chown(access.uid ?? found.uid, access.gid ?? found.gid);
  }
  if (access.mode !== undefined) await file.chmod(access.mode);
}

async function flushFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
