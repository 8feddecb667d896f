/** The operator at work, from its first look at the cluster to its orderly end. */
import type { Log } from '@kubeos/core';
import { serveEndpoints, type Stores } from '@kubeos/kube';
import type { Configuration } from './configuration.ts';
import type { Wired } from './wiring.ts';
import { workUntil } from './work-until.ts';

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
/** Runs until the signal is aborted. Throws what the endpoints throw. */
export async function serve({ configuration, wired, log, stop }: ServeOptions): Promise<void> {
  const { work, stores } = wired;
  const endpoints = await serveEndpoints({
    address: configuration.listen,
    illness: () => (work.oldestPassSeconds() > longestPassSeconds ? 'A pass hangs' : undefined),
    unreadiness: () => unreadiness(stores),
    metrics: () => wired.metrics(),
  });
  log.info({ identity: configuration.identity, port: endpoints.port }, 'Serving');

  try {
    await workUntil(wired, log, aborted(stop));
  } finally {
    await endpoints.close();
  }
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
