/** The proxy at work, from its first pass to its orderly end. */
import type { Log, Requeue } from '@kubeos/core';
import { pauseSeconds, serveEndpoints } from '@kubeos/kube';
import type { Configuration } from './configuration.ts';
import { metricsText } from './metrics.ts';
import type { Wired } from './wiring.ts';

/** What it needs. */
export interface ServeOptions {
  readonly configuration: Configuration;
  readonly wired: Wired;
  readonly log: Log;
  readonly version: string;
  /** Aborted when the program is to end. */
  readonly stop: AbortSignal;
}

/** Between two passes at the latest, in case an event was lost on the way. */
const longestPauseMs = 60_000;
/** A pass that takes longer hangs: each of its requests has a deadline far below. */
const longestPassMs = 300_000;
/** An API server that is silent for longer cannot be reached. */
const longestSilenceSeconds = 120;

/** Runs until the signal is aborted; the pass at work is finished. Throws what endpoints and followers throw. */
export async function serve(options: ServeOptions): Promise<void> {
  const { wired, log, version, configuration, stop } = options;
  const { proxy, bell, instance, snapshot, clock } = wired;
  const count = { passes: 0, failedPasses: 0 };
  let passSinceMs: number | undefined;

  // Before the first pass, which would wake the agent to ask what its snapshot says.
  await snapshot.look();
  const endpoints = await serveEndpoints({
    address: configuration.listen,
    illness: () =>
      passSinceMs !== undefined && clock.now().monotonicMs - passSinceMs > longestPassMs
        ? 'A pass hangs'
        : undefined,
    unreadiness: () => {
      if (!instance.isSynced()) return 'The API server has not answered yet';
      return instance.ageSeconds() > longestSilenceSeconds ? 'The API server is silent' : undefined;
    },
    metrics: () =>
      metricsText({
        version,
        node: configuration.nodeName,
        agent: snapshot.current(),
        snapshotAgeSeconds: snapshot.ageSeconds() ?? 0,
        ...count,
        apiAgeSeconds: instance.ageSeconds(),
        residentBytes: process.memoryUsage.rss(),
      }),
  });
  log.info({ node: configuration.nodeName, port: endpoints.port }, 'Serving');

  const makePasses = async (): Promise<void> => {
    while (!stop.aborted) {
      if (!instance.isSynced()) {
        await bell.wait(1000, stop);
        continue;
      }
      passSinceMs = clock.now().monotonicMs;
      const requeue = await proxy.pass();
      passSinceMs = undefined;
      count.passes += 1;
      if (requeue.kind === 'backoff') count.failedPasses += 1;
      await bell.wait(Math.min(pauseMs(requeue), longestPauseMs), stop);
    }
    log.info({ node: configuration.nodeName }, 'Stopping');
  };
  // All at once: a proxy that follows nothing any more must not go on as if nothing had changed.
  try {
    await Promise.all([instance.run(stop), snapshot.run(stop), makePasses()]);
  } finally {
    await proxy.stop();
    wired.close();
    await endpoints.close();
  }
}

function pauseMs(requeue: Requeue): number {
  switch (requeue.kind) {
    case 'onChange':
      return longestPauseMs;
    case 'after':
      return requeue.seconds * 1000;
    case 'backoff':
      return pauseSeconds('backoff', requeue.attempt) * 1000;
  }
}
