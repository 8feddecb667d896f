/** The operator at work, from its first look at the cluster to its orderly end. */
import type { Log } from '@kubeos/core';
import { serveEndpoints, type Stores } from '@kubeos/kube';
import type { Configuration } from './configuration.ts';
import type { Wired } from './wiring.ts';

/** What it needs. */
export interface ServeOptions {
  readonly configuration: Configuration;
  readonly wired: Wired;
  readonly log: Log;
  /** Aborted when the program is to end. */
  readonly stop: AbortSignal;
}

/** A pass that takes longer hangs: each of its requests has a deadline far below. */
const longestPassSeconds = 600;
/** An API server that is silent for longer cannot be reached; it says something about once a minute. */
const longestSilenceSeconds = 180;
/** For passes to end after SIGTERM. The process has 10 seconds, and the Lease has to be released in the rest of them. */
const drainSeconds = 6;

/**
 * Runs until the signal is aborted; passes at work are finished if that does not take long, and write nothing any more
 * after that. Throws what the endpoints throw.
 */
export async function serve({ configuration, wired, log, stop }: ServeOptions): Promise<void> {
  const { work, stores } = wired;
  const endpoints = await serveEndpoints({
    address: configuration.listen,
    illness: () => (work.oldestPassSeconds() > longestPassSeconds ? 'A pass hangs' : undefined),
    unreadiness: () => unreadiness(stores),
    metrics: () => wired.metrics(),
  });
  log.info({ identity: configuration.identity, port: endpoints.port }, 'Serving');

  // What a pass needs ends after the passes: first the work, then the Lease, then the caches.
  const electing = new AbortController();
  const following = new AbortController();
  const followed = wired.follow(following.signal);
  const elected = wired.elect(electing.signal);
  await aborted(stop);
  log.info({ identity: configuration.identity }, 'Stopping');
  await drain(wired, log);
  electing.abort();
  await elected;
  following.abort();
  await followed;
  wired.close();
  await endpoints.close();
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

function unreadiness(stores: Stores): string | undefined {
  for (const [kind, store] of Object.entries(stores)) {
    if (!store.isSynced()) return `The cache of ${kind} is not filled yet`;
    if (store.ageSeconds() > longestSilenceSeconds) return `The cache of ${kind} is old`;
  }
  return undefined;
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
