/** The operator's metrics. */
import type { Leadership, Os } from '@kubeos/core';
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
  new Gauge({
    name: 'kubeos_operator_info',
    help: 'Version of the operator',
    labelNames: ['version'],
    registers,
  }).set({ version }, 1);
  const passes = new Histogram({
    name: 'kubeos_reconcile_seconds',
    help: 'Duration of passes by kind of key and result',
    labelNames: ['kind', 'result'],
    buckets: [0.001, 0.01, 0.05, 0.1, 0.5, 1, 5, 30],
    registers,
  });
  const answers = new Counter({
    name: 'kubeos_api_requests_total',
    help: 'Requests to the API server by method and status; status 0 is no answer',
    labelNames: ['method', 'status'],
    registers,
  });
  return {
    text: () => registry.metrics(),
    reconciled: (kind, result, seconds) => passes.observe({ kind, result }, seconds),
    answered: (method, status) => answers.inc({ method, status }),
    connect: (sources) => connect(registry, sources),
  };
}

function connect(registry: Registry, { leadership, stores, queue }: MetricsSources): void {
  const registers = [registry];
  const gauge = (name: string, help: string, read: () => number): void => {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  };
  gauge('kubeos_leading', 'This replica leads', () => Number(leadership.isLeading()));
  gauge('kubeos_queue_ready', 'Keys that wait for a worker', () => queue().ready);
  gauge('kubeos_queue_delayed', 'Keys that wait for their time', () => queue().delayed);
  gauge('kubeos_queue_running', 'Keys at work', () => queue().running);
  const byKind = (name: string, help: string, read: (store: AnyStore) => number): void => {
    new Gauge({
      name,
      help,
      labelNames: ['kind'],
      registers,
      collect() {
        for (const [kind, store] of Object.entries(stores)) this.set({ kind }, read(store));
      },
    });
  };
  byKind('kubeos_cached_objects', 'Objects in the cache', ({ size }) => size);
  byKind('kubeos_unreadable_objects', 'Objects that cannot be read', (store) => store.bad().size);
  byKind('kubeos_cache_age_seconds', 'Time since the API server was last heard of', (store) =>
    store.ageSeconds(),
  );
  new Gauge({
    name: 'kubeos_os_nodes',
    help: 'Nodes of an OS object by state',
    labelNames: ['namespace', 'name', 'state'],
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

function countsOf({ status }: Os): Readonly<Record<string, number>> {
  const { nodes = 0, updated = 0, preparing = 0, working = 0, failed = 0 } = status;
  const waiting = (status.waiting ?? []).reduce((sum, { count }) => sum + count, 0);
  return { all: nodes, updated, preparing, working, failed, waiting };
}
