/** Work that must not run beside a Prepare of this process. */
import { locked, type AgentContext } from './calls.ts';
import type { PrepareLine } from './prepare-line.ts';
import type { KnownWorld } from './world.ts';

/**
 * Works under the lock. Where the work answers nothing because a Prepare is going on, that is ended first and the work
 * begins anew.
 */
export async function afterJobs<T>(
  context: AgentContext,
  line: PrepareLine,
  work: (world: KnownWorld) => Promise<T | undefined>,
): Promise<T> {
  for (;;) {
    const done = await locked(context, work);
    if (done !== undefined) return done;
    await line.stop();
  }
}
