import { once } from 'node:events';
import { KubeosError, type NodeLock } from '@kubeos/core';
import { startChild, type Child } from './child.ts';

/** Which lock, and how long to wait for it. */
export interface NodeLockOptions {
  /** The lock file; made when it is not there. Its folder must be. */
  readonly path: string;
  /** Default: 30 seconds, then `BUSY`. */
  readonly timeoutSeconds?: number;
  /** Ends the wait for the lock with `CANCELLED`; work that has it goes on, and is to heed the signal itself. */
  readonly signal?: AbortSignal;
}

/** flock(1) exits with this code when the deadline passed. */
const deadlineExitCode = 75;

/**
 * A lock across processes that the kernel frees when its holder dies. Node has no flock(2), so a child holds it: it
 * lives exactly as long as the pipe to it is open, and that pipe closes with this process, however it ends. Calls in
 * one process queue like those of several; a call inside another one waits for itself and ends as `BUSY`.
 *
 * Activate reads the whole slot under the lock: where a disk takes longer for that than the deadline (4 GiB at 100 MiB
 * a second), other calls end as `BUSY` meanwhile, and their callers come again. That is safe: a slot is armed only while
 * the booted one is good, so that no trial waits to be returned.
 */
export function createNodeLock(options: NodeLockOptions): NodeLock {
  return {
    exclusively: async (work) => {
      const holder = await acquire(options);
      try {
        return await work();
      } finally {
        holder.stdin.end();
        await holder.exited;
      }
    },
  };
}

async function acquire({ path, timeoutSeconds = 30, signal }: NodeLockOptions): Promise<Child> {
  const child = startChild(
    'flock',
    [
      ...['--exclusive', '--timeout', String(timeoutSeconds)],
      ...['--conflict-exit-code', String(deadlineExitCode), path, 'cat'],
    ],
    { okExitCodes: [0, deadlineExitCode] },
  );
  // The echo of this byte says that `cat` runs, and it runs only under the lock.
  child.stdin.write('.');
  const held = once(child.stdout, 'data', { signal });
  held.catch(() => undefined);
  try {
    const first = await Promise.race([held, child.exited]);
    if (typeof first !== 'number') return child;
  } catch (cause) {
    child.kill();
    if (signal?.aborted !== true) throw cause;
    throw new KubeosError('CANCELLED', `Cancelled while waiting for ${path}`, { cause });
  }
  throw new KubeosError('BUSY', `${path} was locked by another for ${timeoutSeconds} seconds`, {
    details: { path, timeoutSeconds },
  });
}
