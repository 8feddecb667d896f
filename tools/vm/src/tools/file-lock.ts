import { once } from 'node:events';

import { startChild } from '@kubeos/host';

/**
 * Runs `work` while no other process does with the same lock file. Node has no flock(2): a child holds the lock as long
 * as the pipe to it is open, so that it is free again however this process ends.
 */
export async function withFileLock<T>(
  file: string,
  work: () => Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  const options = signal === undefined ? {} : { signal };
  const holder = startChild('flock', ['--exclusive', file, 'cat'], options);
  // The echo of this byte says that `cat` runs, and it runs only under the lock.
  holder.stdin.write('.');
  const held = once(holder.stdout, 'data');
  held.catch(() => undefined);
  await Promise.race([held, holder.exited]);
  try {
    return await work();
  } finally {
    holder.stdin.end();
    // When the signal ended it, `work` says so.
    await Promise.allSettled([holder.exited]);
  }
}
