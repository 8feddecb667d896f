/** What the leader tells of objects and nodes, from its caches. */
import {
  cordonAnnotation,
  countVersions,
  operatorMetrics,
  type Leadership,
  type MetricDescription,
  type Os,
} from '@kubeos/core';
import type { Stores } from '@kubeos/kube';
import type { Registry } from 'prom-client';
import { gauge, type Sample } from './registry.ts';

/** Adds the gauges. Every replica has the objects; a sum over replicas would count each node several times. */
export function addFleetMetrics(registry: Registry, leadership: Leadership, stores: Stores): void {
  const ofLeader = (metric: MetricDescription, read: () => Iterable<Sample>): void => {
    gauge(registry, metric, () => (leadership.isLeading() ? read() : []));
  };
  const ofOses = (metric: MetricDescription, read: (os: Os) => readonly Sample[]): void => {
    ofLeader(metric, () =>
      [...stores.oses.items()].flatMap((os) =>
        read(os).map(([labels, value]): Sample => {
          return [{ os_namespace: os.namespace, os: os.name, ...labels }, value];
        }),
      ),
    );
  };
  ofOses(operatorMetrics.osInfo, ({ spec }) =>
    spec === undefined ? [] : [[{ type: spec.type, version: spec.version }, 1]],
  );
  ofOses(operatorMetrics.osCondition, ({ status }) =>
    (status.conditions ?? []).map(({ type, status: word, reason }) => {
      return [{ type, status: word, reason }, 1];
    }),
  );
  ofOses(operatorMetrics.osNodes, (os) =>
    Object.entries(countsOf(os)).map(([state, count]) => [{ state }, count]),
  );
  ofOses(operatorMetrics.osWaiting, ({ status }) =>
    (status.waiting ?? []).map(({ reason, count }) => [{ reason }, count]),
  );
  ofLeader(operatorMetrics.nodeVersions, () =>
    countVersions(stores.instances.items()).map(({ component, version, nodes }) => {
      return [{ component, version }, nodes];
    }),
  );
  ofLeader(operatorMetrics.leftCordoned, () => [[{}, leftCordoned(stores)]]);
}

function countsOf({ status }: Os): Readonly<Record<string, number>> {
  const { nodes = 0, updated = 0, preparing = 0, working = 0, failed = 0 } = status;
  const waiting = (status.waiting ?? []).reduce((sum, { count }) => sum + count, 0);
  return { all: nodes, updated, preparing, working, failed, waiting };
}

function leftCordoned({ nodes, instances }: Stores): number {
  let count = 0;
  for (const { name, annotations, unschedulable } of nodes.items()) {
    const isOurs = unschedulable && Object.hasOwn(annotations, cordonAnnotation);
    if (isOurs && instances.get(name)?.spec.operation === undefined) count += 1;
  }
  return count;
}
