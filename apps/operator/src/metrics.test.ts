import { describe, expect, it } from '@jest/globals';
import { operatorMetrics, type Os } from '@kubeos/core';
import type { Store } from '@kubeos/kube';
import { createMetrics, type Metrics } from './metrics.ts';

const os = {
  namespace: 'default',
  name: 'fleet',
  status: {
    nodes: 10,
    updated: 3,
    working: 1,
    waiting: [
      { reason: 'NoProxy', count: 4, examples: [] },
      { reason: 'Held', count: 2, examples: [] },
    ],
  },
} as unknown as Os;

function storeOf(items: readonly unknown[]): Store<never> {
  return {
    run: () => Promise.resolve(),
    items: () => items as readonly never[],
    get: () => undefined,
    size: items.length,
    subscribe: () => () => undefined,
    resync: () => Promise.resolve(),
    isSynced: () => true,
    resourceVersion: () => '1',
    ageSeconds: () => 2,
    bad: () => new Map([['x', 'bad']]),
  };
}

describe('the metrics of os-operator', () => {
  it('B-34: count passes and answers as they come', async () => {
    const metrics = createMetrics('1.2.3');
    metrics.reconciled('node', 'done', 0.02);
    metrics.answered('PATCH', 409);
    metrics.answered('PATCH', 409);

    const text = await metrics.text();
    expect(text).toContain('kubeos_operator_info{version="1.2.3"} 1');
    expect(text).toContain('kubeos_reconcile_seconds_count{kind="node",result="done"} 1');
    expect(text).toContain('kubeos_api_requests_total{method="PATCH",status="409"} 2');
    expect(text).not.toContain('kubeos_leading');
  });

  function connected(leadership: { isLeading: boolean }): Metrics {
    const metrics = createMetrics('1.2.3');
    metrics.connect({
      leadership: { isLeading: () => leadership.isLeading, term: () => 1 },
      stores: { oses: storeOf([os]), nodes: storeOf([1, 2]), instances: storeOf([]) },
      queue: () => ({ ready: 1, delayed: 2, running: 3, failed: 4 }),
    });
    return metrics;
  }

  it('are those that are documented', async () => {
    const text = await connected({ isLeading: true }).text();

    const told = [...text.matchAll(/^# TYPE (kubeos_\S+) (\S+)$/gmu)].map((line) => line.slice(1));
    const documented = Object.values(operatorMetrics).map(({ name, type }) => [name, type]);
    expect(told.sort()).toEqual(documented.sort());
  });

  it('tell the nodes of a fleet on the leader alone', async () => {
    const leadership = { isLeading: true };
    const metrics = connected(leadership);
    expect(await metrics.text()).toContain('kubeos_os_nodes{');

    leadership.isLeading = false;
    const text = await metrics.text();
    expect(text).toContain('kubeos_leading 0');
    expect(text).not.toContain('kubeos_os_nodes{');
  });

  it('read leadership, queue, caches and fleets at each scrape', async () => {
    const text = await connected({ isLeading: true }).text();
    expect(text).toContain('kubeos_leading 1');
    expect(text).toContain('kubeos_queue_delayed 2');
    expect(text).toContain('kubeos_cached_objects{kind="nodes"} 2');
    expect(text).toContain('kubeos_unreadable_objects{kind="oses"} 1');
    expect(text).toContain('kubeos_os_nodes{namespace="default",name="fleet",state="updated"} 3');
    expect(text).toContain('kubeos_os_nodes{namespace="default",name="fleet",state="waiting"} 6');
  });
});
