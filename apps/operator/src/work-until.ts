/** The work of an operator, from its first look at the cluster to its orderly end. */
import type { Log } from '@kubeos/core';
import type { Wired } from './wiring.ts';

/** For passes to end after SIGTERM. The process has 10 seconds, and the Lease has to be released in the rest of them. */
const drainSeconds = 6;

/**
 * Follows the cluster and takes part in the election until the promise is settled; passes at work are finished if that
 * does not take long, and write nothing any more after that. Throws what the promise throws.
 */
export async function workUntil(wired: Wired, log: Log, over: Promise<void>): Promise<void> {
  // What a pass needs ends after the passes: first the work, then the Lease, then the caches.
  const electing = new AbortController();
  const following = new AbortController();
  const followed = wired.follow(following.signal);
  const elected = wired.elect(electing.signal);
  try {
    await over;
  } finally {
    log.info({}, 'Stopping');
    await drain(wired, log);
    electing.abort();
    await elected;
    following.abort();
    await followed;
    wired.close();
  }
}

/** A pass may wait for the API server far longer than there is time; the next leader does not have to wait for it. */
async function drain({ work, clock }: Wired, log: Log): Promise<void> {
  const over = new AbortController();
  const limit = clock.sleep(drainSeconds * 1000, over.signal).catch((interrupted: unknown) => {
    if (!over.signal.aborted) throw interrupted;
  });
  await Promise.race([work.drain(), limit]);
  over.abort();
  const { running } = work.counts();
  if (running > 0) log.warn({ running }, 'Stopping with passes at work');
}
