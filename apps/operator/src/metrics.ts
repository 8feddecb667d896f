/** The operator's metrics: what is counted as it happens, and what is read at each scrape. */
import {
  hasUnreadableTicket,
  operatorMetrics,
  schemaRevision,
  type ClusterApi,
  type Leadership,
  type NodeView,
  type Os,
  type OsInstance,
} from '@kubeos/core';
import type { Stores, WorkQueueCounts } from '@kubeos/kube';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { addFleetMetrics } from './fleet-metrics.ts';
import { followOperations, type OperationSources } from './operation-metrics.ts';
import { gauge, named } from './registry.ts';

/** What the metrics are read from at each scrape. */
export interface MetricsSources extends OperationSources {
  readonly leadership: Leadership;
  readonly stores: Stores;
  readonly queue: () => WorkQueueCounts;
}

/** The registry with what is counted as it happens. */
export interface Metrics {
  /** The text of `/metrics`. */
  readonly text: () => Promise<string>;
  /** Notes one pass. */
  reconciled(kind: string, result: 'done' | 'failed', seconds: number): void;
  /** Notes one answer of the API server and the time until it began; status 0 is none. */
  readonly answered: (method: string, status: number, seconds: number) => void;
  /** The same API, of which the served schema revision is noted. */
  watched(api: ClusterApi): ClusterApi;
  /** Tells where the gauges read from; before that they are absent. Call it before the stores are run. */
  connect(sources: MetricsSources): void;
}

type AnyStore = Stores[keyof Stores];

/** Builds the metrics. */
export function createMetrics(version: string): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  new Gauge({ ...named(operatorMetrics.info), registers }).set({ version }, 1);
  const revision = new Gauge({ ...named(operatorMetrics.schemaRevision), registers });
  revision.set({ of: 'needed' }, schemaRevision);
  const passes = new Histogram({
    ...named(operatorMetrics.passes),
    buckets: [0.001, 0.01, 0.05, 0.1, 0.5, 1, 5, 30],
    registers,
  });
  const answers = new Counter({ ...named(operatorMetrics.apiRequests), registers });
  const durations = new Histogram({
    ...named(operatorMetrics.apiDuration),
    buckets: [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  });
  return {
    text: () => registry.metrics(),
    reconciled: (kind, result, seconds) => passes.observe({ kind, result }, seconds),
    answered(method, status, seconds) {
      answers.inc({ method, status });
      durations.observe({ method }, seconds);
    },
    watched: (api) => ({
      ...api,
      async servedSchemaRevision() {
        const served = await api.servedSchemaRevision();
        revision.set({ of: 'served' }, served);
        return served;
      },
    }),
    connect: (sources) => connect(registry, sources),
  };
}

function connect(registry: Registry, sources: MetricsSources): void {
  const { leadership, stores, queue } = sources;
  gauge(registry, operatorMetrics.leading, () => [[{}, Number(leadership.isLeading())]]);
  gauge(registry, operatorMetrics.queueReady, () => [[{}, queue().ready]]);
  gauge(registry, operatorMetrics.queueDelayed, () => [[{}, queue().delayed]]);
  gauge(registry, operatorMetrics.queueRunning, () => [[{}, queue().running]]);
  const byKind = (read: (store: AnyStore) => number) => () =>
    Object.entries(stores).map(([kind, store]) => [{ kind }, read(store)] as const);
  gauge(
    registry,
    operatorMetrics.cachedObjects,
    byKind(({ size }) => size),
  );
  gauge(registry, operatorMetrics.unreadableObjects, byKind(countUnreadable));
  gauge(
    registry,
    operatorMetrics.cacheAge,
    byKind((store) => store.ageSeconds()),
  );
  addFleetMetrics(registry, leadership, stores);
  followOperations(registry, sources);
}

/** Those that are no object of their kind at all, and those of which a part is missing. */
function countUnreadable(store: AnyStore): number {
  let count = store.bad().size;
  for (const item of store.items()) if (isPartial(item)) count += 1;
  return count;
}

function isPartial(item: Os | NodeView | OsInstance): boolean {
  if ('problems' in item) return hasUnreadableTicket(item);
  return 'unreadable' in item;
}
