/** The operator's metrics. */
import { operatorMetrics, type Leadership, type MetricDescription, type Os } from '@kubeos/core';
import type { Stores, WorkQueueCounts } from '@kubeos/kube';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What the metrics are read from at each scrape. */
export interface MetricsSources {
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
  /** Notes one answer of the API server; status 0 is none. */
  readonly answered: (method: string, status: number) => void;
  /** Tells where the gauges read from; before that they are absent. */
  connect(sources: MetricsSources): void;
}

type AnyStore = Stores[keyof Stores];

/** Builds the metrics. */
export function createMetrics(version: string): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  new Gauge({ ...named(operatorMetrics.info), registers }).set({ version }, 1);
  const passes = new Histogram({
    ...named(operatorMetrics.passes),
    buckets: [0.001, 0.01, 0.05, 0.1, 0.5, 1, 5, 30],
    registers,
  });
  const answers = new Counter({ ...named(operatorMetrics.apiRequests), registers });
  return {
    text: () => registry.metrics(),
    reconciled: (kind, result, seconds) => passes.observe({ kind, result }, seconds),
    answered: (method, status) => answers.inc({ method, status }),
    connect: (sources) => connect(registry, sources),
  };
}

function connect(registry: Registry, { leadership, stores, queue }: MetricsSources): void {
  const registers = [registry];
  const gauge = (metric: MetricDescription, read: () => number): void => {
    new Gauge({
      ...named(metric),
      registers,
      collect() {
        this.set(read());
      },
    });
  };
  gauge(operatorMetrics.leading, () => Number(leadership.isLeading()));
  gauge(operatorMetrics.queueReady, () => queue().ready);
  gauge(operatorMetrics.queueDelayed, () => queue().delayed);
  gauge(operatorMetrics.queueRunning, () => queue().running);
  const byKind = (metric: MetricDescription, read: (store: AnyStore) => number): void => {
    new Gauge({
      ...named(metric),
      registers,
      collect() {
        for (const [kind, store] of Object.entries(stores)) this.set({ kind }, read(store));
      },
    });
  };
  byKind(operatorMetrics.cachedObjects, ({ size }) => size);
  byKind(operatorMetrics.unreadableObjects, (store) => store.bad().size);
  byKind(operatorMetrics.cacheAge, (store) => store.ageSeconds());
  new Gauge({
    ...named(operatorMetrics.osNodes),
    registers,
    collect() {
      this.reset();
      // Every replica has the objects; a sum over replicas would count each node several times.
      if (!leadership.isLeading()) return;
      for (const os of stores.oses.items()) {
        for (const [state, count] of Object.entries(countsOf(os))) {
          this.set({ namespace: os.namespace, name: os.name, state }, count);
        }
      }
    },
  });
}

/** A metric in the words of the registry. */
function named<T extends string>({
  name,
  help,
  labels,
}: Pick<MetricDescription, 'name' | 'help'> & { readonly labels: readonly T[] }) {
  return { name, help, labelNames: labels };
}

function countsOf({ status }: Os): Readonly<Record<string, number>> {
  const { nodes = 0, updated = 0, preparing = 0, working = 0, failed = 0 } = status;
  const waiting = (status.waiting ?? []).reduce((sum, { count }) => sum + count, 0);
  return { all: nodes, updated, preparing, working, failed, waiting };
}
