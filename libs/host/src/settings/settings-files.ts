/** The files that settings lie in. */
import { isUtf8 } from 'node:buffer';
import type { Stats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { KubeosError, type FileWrite, type SettingsFiles } from '@kubeos/core';
import {
  makeFolderDurably,
  readBytesIfThere,
  removeFileDurably,
  stageFile,
  type StagedFile,
} from '../durable-file.ts';
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

/** The files below the root prefix, and the parameters of the kernel. */
export function createSettingsFiles(deps: SettingsFilesDeps): SettingsFiles {
  const { root, bootMenu } = deps;
  return {
    ...createKernelParameters(root),
    read: async (path) => {
      const file = await locate(root, path);
      const bytes = await readSmallFile(file, path);
      if (bytes === undefined || isUtf8(bytes)) return bytes?.toString();
      throw unreadable(path, 'is not text in UTF-8');
    },
    writeAll: async (writes) => {
      // Links make two paths one file: what comes later counts, as if it had been written later.
      const byFile = new Map<string, FileWrite>();
      for (const write of writes.flatMap((write) => withCopy(bootMenu, write))) {
        byFile.set(await locate(root, write.path), write);
      }
      const staged: StagedFile[] = [];
      try {
        for (const [file, write] of byFile) staged.push(await stage(deps, file, write));
        for (const file of staged) await file.put();
      } catch (thrown) {
        for (const file of staged) await file.discard();
        throw thrown;
      }
    },
  };
}

/**
 * The boot partition is FAT, where replacing a file is no single step: `grub.cfg.bak` keeps the menu as it was, for the
 * boot loader and for people. What is in the file now is no good for it: it may be the torn half of an earlier try.
 */
function withCopy(bootMenu: string, write: FileWrite): readonly FileWrite[] {
  const { path, before } = write;
  if (path !== bootMenu || before === undefined) return [write];
  return [{ path: `${path}.bak`, text: before }, write];
}

/**
 * The folder of a file is made where it is missing, since what was decided must not end at it; but not that of the boot
 * menu, which is missing when the boot partition is not mounted.
 */
async function stage(
  { exec, bootMenu }: SettingsFilesDeps,
  file: string,
  { path, text }: FileWrite,
): Promise<StagedFile> {
  const old = await lookAt(file, path);
  if (text === undefined) {
    return { put: () => removeFileDurably(file), discard: async () => undefined };
  }
  if (dirname(path) !== dirname(bootMenu)) await makeFolderDurably(dirname(file));
  const access = old === undefined ? { mode: 0o644 } : { prepare: copyAttributes(exec, file) };
  return stageFile(file, text, access);
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
  const found = await lookAt(file, path);
  if (found === undefined) return undefined;
  if (found.size > sizeLimitBytes) throw unreadable(path, `is larger than ${sizeLimitBytes} bytes`);
  return readBytesIfThere(file);
}

/** `undefined` when there is no such file; only a regular one is read or replaced. */
async function lookAt(file: string, path: string): Promise<Stats | undefined> {
  try {
    const found = await lstat(file);
    if (found.isFile()) return found;
  } catch (thrown) {
    if (isAbsence(thrown)) return undefined;
    throw storageError(thrown, `Cannot read ${path}`);
  }
  throw unreadable(path, 'is not a regular file');
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
