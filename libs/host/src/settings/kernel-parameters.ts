/** The parameters of the running kernel, below `/proc/sys`. */
import { constants, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KubeosError, type SettingsFiles } from '@kubeos/core';
import { errnoOf, isAbsence, storageError } from '../errno.ts';

/** What the kernel says with an errno, for people. */
const refusals: Readonly<Record<string, string>> = {
  EINVAL: 'the kernel takes no such value',
  ERANGE: 'the kernel takes no such value',
  ENOENT: 'the kernel has no such parameter',
  ENOTDIR: 'the kernel has no such parameter',
  EISDIR: 'it is a group of parameters',
  EACCES: 'it cannot be changed',
  EPERM: 'it cannot be changed',
  EROFS: 'it cannot be changed',
  EBUSY: 'it cannot be changed now',
};

/** @param root prefix of every path, `/` on a node */
export function createKernelParameters(
  root: string,
): Pick<SettingsFiles, 'readKernel' | 'writeKernel'> {
  return {
    readKernel: async (path) => {
      const file = parameterFile(root, path);
      try {
        return await readFile(file, 'utf8');
      } catch (thrown) {
        if (isAbsence(thrown) || errnoOf(thrown) === 'EISDIR') return undefined;
        // Root too is refused where there is nothing to read; EIO comes from one that has no value yet.
        if (['EACCES', 'EPERM', 'EIO'].includes(errnoOf(thrown) ?? '')) return '';
        throw storageError(thrown, `Cannot read the kernel parameter ${path}`);
      }
    },
    writeKernel: async (path, value) => {
      const file = parameterFile(root, path);
      try {
        // Truncated like by sysctl(8); nothing is made that is not there.
        const parameter = await open(file, constants.O_WRONLY | constants.O_TRUNC);
        try {
          await parameter.write(`${value}\n`);
        } finally {
          await parameter.close();
        }
      } catch (thrown) {
        throw refusal(path, thrown);
      }
    },
  };
}

function parameterFile(root: string, path: string): string {
  const isPlain = path.split('/').every((part) => !['', '.', '..'].includes(part));
  if (isPlain && !path.includes('\0')) return join(root, 'proc/sys', path);
  throw new KubeosError('SETTINGS_REFUSED', `${path} is no path below /proc/sys`);
}

/** Holds no value, and neither does what the system call says. */
function refusal(path: string, cause: unknown): KubeosError {
  const errno = errnoOf(cause);
  const reason = refusals[errno ?? ''] ?? `writing it fails with ${String(errno)}`;
  const message = `The kernel parameter ${path} was not set: ${reason}`;
  const details = { path, ...(errno === undefined ? {} : { errno }) };
  return new KubeosError('SETTINGS_REFUSED', message, { cause, details });
}
