/** Builds the operator from its adapters; the only place that knows which they are. */
import { createOperator, remainsOf, type Clock, type Log } from '@kubeos/core';
import {
  createApiClient,
  createClock,
  createCluster,
  createLeadership,
  loadKubeConfig,
  type Stores,
} from '@kubeos/kube';
import type { Configuration } from './configuration.ts';
import { createLeaderWork, type LeaderWork } from './lead.ts';
import { createMetrics } from './metrics.ts';
import { createIsSpared } from './own-pods.ts';
import type { Retirement } from './retire.ts';

/** Everything that runs in the program. */
export interface Wired {
  readonly clock: Clock;
  readonly work: LeaderWork;
  readonly stores: Stores;
  /** Follows the cluster until the signal is aborted. */
  follow(signal: AbortSignal): Promise<void>;
  /** Takes part in the election until the signal is aborted, then gives the Lease back. */
  elect(signal: AbortSignal): Promise<void>;
  metrics(): Promise<string>;
  /** What this operator would leave behind; `undefined` while it does not lead, or does not see its own writes yet. */
  remains(): readonly string[] | undefined;
  /** Ends all connections. */
  close(): void;
}

/**
 * Wires the operator. Throws `INVALID_CONFIGURATION` when the API server cannot be found out.
 *
 * @param retirement of one that only ends what is under way, and takes the Lease for that
 */
export function wire(
  configuration: Configuration,
  log: Log,
  version: string,
  retirement?: Retirement,
): Wired {
  const { identity, namespace, leaseName: name } = configuration;
  const metrics = createMetrics(version);
  const api = createApiClient(loadKubeConfig(configuration.kubeconfig), {
    onAnswer: metrics.answered,
  });
  const clock = createClock();
  const cluster = createCluster({ api, clock, log, identity });
  const retiring = retirement !== undefined;
  const election = createLeadership({
    ...{ api, clock, log, namespace, name, identity },
    ...(retiring ? { seize: true, lingerSeconds: retirement.lingerSeconds } : {}),
  });
  const operator = createOperator({
    cache: cluster.cache,
    api: metrics.watched(cluster.api),
    leadership: election,
    clock,
    log,
    settings: {
      operatorZone: configuration.timeZone,
      isSpared: createIsSpared(namespace, configuration.ownLabel),
      retiring,
    },
  });
  const work = createLeaderWork({
    operator,
    cluster,
    election,
    clock,
    log,
    onPass: ({ kind }, result, seconds) => metrics.reconciled(kind, result, seconds),
  });
  const { stores } = cluster;
  metrics.connect({ leadership: election, stores, queue: work.counts, clock });
  return {
    clock,
    work,
    stores,
    follow: (signal) => cluster.run(signal),
    elect: (signal) => election.run(signal),
    metrics: metrics.text,
    remains: () =>
      work.isAtWork() && cluster.cache.holdsOwnWrites() ? remainsOf(cluster.cache) : undefined,
    close: () => api.close(),
  };
}
