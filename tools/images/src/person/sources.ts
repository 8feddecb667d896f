import { hasCode } from '@kubeos/core';
import type { Exec } from '@kubeos/host';

/** The commit that sources are of. */
export interface Commit {
  readonly revision: string;
  readonly epochSeconds: number;
}

/** The commit that a folder is as of; `undefined` where something was changed since, and without git. */
export async function findCommit(
  root: string,
  exec: Exec,
  signal: AbortSignal,
): Promise<Commit | undefined> {
  const git = async (...args: readonly string[]): Promise<string> =>
    (await exec('git', ['-C', root, ...args], { signal })).stdout.trim();
  try {
    if ((await git('status', '--porcelain', '--untracked-files=no')) !== '') return undefined;
    const [revision = '', seconds = ''] = (await git('log', '-1', '--format=%H %ct')).split(' ');
    return { revision, epochSeconds: Number(seconds) };
  } catch (thrown) {
    if (hasCode(thrown, 'COMMAND_FAILED')) return undefined;
    throw thrown;
  }
}
