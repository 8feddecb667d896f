/** The files that settings lie in. */
import { isUtf8 } from 'node:buffer';
import { lstat, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { KubeosError, type SettingsFiles } from '@kubeos/core';
import { makeFolderDurably, removeFileDurably, writeFileDurably } from '../durable-file.ts';
import { isAbsence, storageError } from '../errno.ts';
import type { Exec } from '../exec.ts';
import { createKernelParameters } from './kernel-parameters.ts';
import { resolveLinks } from './resolve-links.ts';

/** What the files of settings are reached with. */
export interface SettingsFilesDeps {
  /** Prefix of every path, `/` on a node. */
  readonly root: string;
  readonly exec: Exec;
  /** Path of `grub.cfg` on the node. */
  readonly bootMenu: string;
}

/** No file of settings comes near this; what is larger is something else. */
const sizeLimitBytes = 1024 * 1024;

/**
 * The files below the root prefix, and the parameters of the kernel.
 *
 * The folder of a file is made where it is missing, since what was decided must not end at it; but not that of the boot
 * menu, which is missing when the boot partition is not mounted. The boot partition is FAT, where replacing a file is no
 * single step: `grub.cfg.bak` keeps the menu as it was, for the boot loader and for people.
 */
export function createSettingsFiles({ root, exec, bootMenu }: SettingsFilesDeps): SettingsFiles {
  return {
    ...createKernelParameters(root),
    read: async (path) => {
      const file = await locate(root, path);
      const bytes = await readSmallFile(file, path);
      if (bytes === undefined || isUtf8(bytes)) return bytes?.toString();
      throw unreadable(path, 'is not text in UTF-8');
    },
    write: async (path, text) => {
      const file = await locate(root, path);
      if (text === undefined) return removeFileDurably(file);
      const old = await readSmallFile(file, path);
      if (path !== bootMenu) await makeFolderDurably(dirname(file));
      // An empty menu is what is left of one: the copy is better.
      else if (old !== undefined && old.length > 0) await writeFileDurably(`${file}.bak`, old);
      const access = old === undefined ? { mode: 0o644 } : { prepare: copyAttributes(exec, file) };
      await writeFileDurably(file, text, access);
    },
  };
}

/** The file behind links. A link into another folder would let a request write where its model may not. */
async function locate(root: string, path: string): Promise<string> {
  const [folder, file] = await Promise.all([
    resolveLinks(root, dirname(path)),
    resolveLinks(root, path),
  ]);
  if (dirname(file) === folder) return file;
  throw new KubeosError('SETTINGS_REFUSED', `${path} is a link into another folder: ${file}`, {
    details: { path },
  });
}

async function readSmallFile(file: string, path: string): Promise<Buffer | undefined> {
  try {
    const found = await lstat(file);
    if (!found.isFile()) throw unreadable(path, 'is not a regular file');
    if (found.size > sizeLimitBytes)
      throw unreadable(path, `is larger than ${sizeLimitBytes} bytes`);
    return await readFile(file);
  } catch (thrown) {
    if (isAbsence(thrown)) return undefined;
    throw storageError(thrown, `Cannot read ${path}`);
  }
}

/** Mode, owner, and the extended attributes, which hold the label of SELinux; as far as the file system has them. */
function copyAttributes(exec: Exec, from: string): (to: string) => Promise<void> {
  return async (to) => {
    const what = ['--preserve=all', '--no-preserve=timestamps,links'];
    try {
      await exec('cp', ['--attributes-only', ...what, '--', from, to]);
    } catch (cause) {
      throw new KubeosError('STORAGE_FAILED', `Cannot keep mode and owner of ${from}`, { cause });
    }
  };
}

function unreadable(path: string, problem: string): KubeosError {
  return new KubeosError('SETTINGS_UNREADABLE', `${path} ${problem}`, { details: { path } });
}
