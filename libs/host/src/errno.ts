import { KubeosError } from '@kubeos/core';

/** The errno name of a failed system call (`ENOENT`), or `undefined` when it is none. */
export function errnoOf(thrown: unknown): string | undefined {
  // By shape, not by class: errors of another realm are no instances of this realm's `Error`.
  if (typeof thrown !== 'object' || thrown === null || !('code' in thrown)) return undefined;
  return typeof thrown.code === 'string' ? thrown.code : undefined;
}

/** True when a system call failed because there is no such file. */
export function isAbsence(thrown: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(errnoOf(thrown) ?? '');
}

const full: readonly string[] = ['ENOSPC', 'EDQUOT', 'EFBIG'];

/**
 * Translates a failed file or device access: a full or quota-bound file system is `STORAGE_FULL`, all else
 * `STORAGE_FAILED`. Gives back a `KubeosError` unchanged.
 *
 * @param attempt what was attempted, as the start of a sentence: `Cannot write /persist/state.json`
 */
export function storageError(thrown: unknown, attempt: string): KubeosError {
  if (thrown instanceof KubeosError) return thrown;
  const errno = errnoOf(thrown);
  const code = errno !== undefined && full.includes(errno) ? 'STORAGE_FULL' : 'STORAGE_FAILED';
  return new KubeosError(code, `${attempt}: ${String(thrown)}`, {
    cause: thrown,
    details: errno === undefined ? {} : { errno },
  });
}
