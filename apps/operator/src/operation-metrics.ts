/** What the leader tells of operations: how many are open, how long their steps take, and how they end. */
import {
  endingReasons,
  errorCodes,
  operationNews,
  operationSteps,
  operatorMetrics,
  StepClock,
  type Clock,
  type Leadership,
} from '@kubeos/core';
import type { Stores } from '@kubeos/kube';
import { Counter, Histogram, type Registry } from 'prom-client';
import { gauge, named, type Sample } from './registry.ts';

/** What the operations are seen by. */
export interface OperationSources {
  readonly leadership: Leadership;
  readonly stores: Pick<Stores, 'instances'>;
  readonly clock: Clock;
}

/** Every reason that a failure is counted by. */
const knownReasons: ReadonlySet<string> = new Set([
  ...Object.values(errorCodes).map(({ reason }) => reason),
  ...Object.keys(endingReasons),
  'Other',
]);
const types = ['upgrade', 'rollback', 'config'] as const;
const results = ['Succeeded', 'Failed', 'Cancelled'] as const;

/** Follows the operations from now on. Every replica watches, so that none begins blind when it comes to lead. */
export function followOperations(registry: Registry, sources: OperationSources): void {
  const { leadership, stores, clock } = sources;
  const steps = new StepClock();
  const counters = createCounters(registry);
  const nowMs = (): number => clock.now().monotonicMs;
  const ofLeader = (read: () => readonly Sample[]) => () => (leadership.isLeading() ? read() : []);
  gauge(
    registry,
    operatorMetrics.operations,
    ofLeader(() =>
      types.flatMap((type) =>
        operationSteps.map((step): Sample => [{ type, step }, steps.count(type, step)]),
      ),
    ),
  );
  gauge(
    registry,
    operatorMetrics.oldestStep,
    ofLeader(() => {
      const oldest = steps.oldest(nowMs());
      return operationSteps.map((step) => [{ step }, oldest[step]]);
    }),
  );
  stores.instances.subscribe(({ key, before, after }) => {
    const ended = steps.see(key, before, after, clock.now());
    if (!leadership.isLeading()) return;
    if (ended !== undefined) {
      counters.durations.observe({ type: ended.type, step: ended.step }, ended.seconds);
    }
    const { finished, failure, fellBack } = operationNews(before, after);
    if (finished !== undefined) counters.finished.inc(finished);
    if (failure !== undefined) {
      counters.failures.inc({ reason: knownReasons.has(failure) ? failure : 'Other' });
    }
    if (fellBack) counters.fallbacks.inc();
  });
}

/** With a zero for everything that may be counted: without one the first of each would be no increase to Prometheus. */
function createCounters(registry: Registry) {
  const registers = [registry];
  const durations = new Histogram({
    ...named(operatorMetrics.stepDuration),
    buckets: [1, 5, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200],
    registers,
  });
  const finished = new Counter({ ...named(operatorMetrics.finished), registers });
  for (const type of types) for (const result of results) finished.inc({ type, result }, 0);
  const failures = new Counter({ ...named(operatorMetrics.failures), registers });
  for (const reason of knownReasons) failures.inc({ reason }, 0);
  const fallbacks = new Counter({ ...named(operatorMetrics.fallbacks), registers });
  return { durations, finished, failures, fallbacks };
}
