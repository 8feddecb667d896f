import { describe, expect, it } from '@jest/globals';
import {
  cordonAnnotation,
  operatorMetrics,
  schemaRevision,
  type ClusterApi,
  type NodeView,
  type Os,
  type OsInstance,
} from '@kubeos/core';
import type { Store, StoreChange } from '@kubeos/kube';
import { leanAgentStatus, ManualClock } from '@kubeos/testing';
import { createMetrics, type Metrics } from './metrics.ts';

const os = {
  namespace: 'default',
  name: 'fleet',
  problems: [{ path: 'status.admission.epoch', message: 'is missing' }],
  spec: { type: 'upgrade', version: 'KubeOS 2' },
  status: {
    nodes: 10,
    updated: 3,
    working: 1,
    waiting: [
      { reason: 'NoProxy', count: 4, examples: [] },
      { reason: 'Held', count: 2, examples: [] },
    ],
    conditions: [{ type: 'Ready', status: 'False', reason: 'Held', message: '' }],
  },
} as unknown as Os;

const node = (name: string, annotations = {}) =>
  ({ name, annotations, unschedulable: true }) as unknown as NodeView;

const instance = (spec: object): OsInstance =>
  ({
    name: 'n1',
    unreadable: [],
    spec,
    status: { agent: leanAgentStatus, proxyVersion: '1.2.3' },
  }) as unknown as OsInstance;

/** A store that tells of changes when it is told to. */
function storeOf<T>(items: ReadonlyMap<string, T>) {
  const listeners: ((change: StoreChange<T>) => void)[] = [];
  const store: Store<never> = {
    run: () => Promise.resolve(),
    items: () => items.values() as Iterable<never>,
    get: (key) => items.get(key) as never,
    size: items.size,
    subscribe(listener) {
      listeners.push(listener as (typeof listeners)[number]);
      return () => undefined;
    },
    resync: () => Promise.resolve(),
    isSynced: () => true,
    resourceVersion: () => '1',
    ageSeconds: () => 2,
    bad: () => new Map([['x', 'bad']]),
  };
  const tell = (before: T, after: T): void => {
    for (const listener of listeners) listener({ key: 'n1', before, after });
  };
  return { store, tell };
}

describe('the metrics of os-operator', () => {
  it('B-34: count passes and answers as they come', async () => {
    const metrics = createMetrics('1.2.3');
    metrics.reconciled('node', 'done', 0.02);
    metrics.answered('PATCH', 409, 0.2);
    metrics.answered('PATCH', 409, 3);

    const text = await metrics.text();
    expect(text).toContain('kubeos_operator_info{version="1.2.3"} 1');
    expect(text).toContain('kubeos_reconcile_duration_seconds_count{kind="node",result="done"} 1');
    expect(text).toContain('kubeos_api_requests_total{method="PATCH",status="409"} 2');
    expect(text).toContain(
      'kubeos_api_request_duration_seconds_bucket{le="0.25",method="PATCH"} 1',
    );
    expect(text).not.toContain('kubeos_leading');
  });

  interface Connected {
    readonly metrics: Metrics;
    readonly clock: ManualClock;
    readonly tell: (before: OsInstance, after: OsInstance) => void;
  }

  function connected(leadership = { isLeading: true }): Connected {
    const metrics = createMetrics('1.2.3');
    const clock = new ManualClock();
    const nodes = new Map([
      ['n1', node('n1', { [cordonAnnotation]: 'x' })],
      ['n2', node('n2')],
    ]);
    const instances = storeOf(new Map([['n1', instance({ nodestatus: 'idle' })]]));
    metrics.connect({
      leadership: { isLeading: () => leadership.isLeading, term: () => 1 },
      stores: {
        oses: storeOf(new Map([['uid', os]])).store,
        nodes: storeOf(nodes).store,
        instances: instances.store,
      },
      queue: () => ({ ready: 1, delayed: 2, running: 3, failed: 4 }),
      clock,
    });
    return { metrics, clock, tell: instances.tell };
  }

  it('are those that are documented', async () => {
    const text = await connected().metrics.text();

    const told = [...text.matchAll(/^# TYPE (kubeos_\S+) (\S+)$/gmu)].map((line) => line.slice(1));
    const documented = Object.values(operatorMetrics).map(({ name, type }) => [name, type]);
    expect(told.sort()).toEqual(documented.sort());
  });

  it('tell of a fleet on the leader alone', async () => {
    const leadership = { isLeading: true };
    const { metrics } = connected(leadership);
    const ofFleet = /^kubeos_(os_|node_|nodes_|operations\{|oldest_)/mu;
    expect(await metrics.text()).toMatch(ofFleet);

    leadership.isLeading = false;
    const text = await metrics.text();
    expect(text).toContain('kubeos_leading 0');
    expect(text).not.toMatch(ofFleet);
  });

  it.each([
    'kubeos_leading 1',
    'kubeos_queue_delayed 2',
    'kubeos_cached_objects{kind="nodes"} 2',
    'kubeos_os_info{os_namespace="default",os="fleet",type="upgrade",version="KubeOS 2"} 1',
    'kubeos_os_condition{os_namespace="default",os="fleet",type="Ready",status="False",reason="Held"} 1',
    'kubeos_os_nodes{os_namespace="default",os="fleet",state="updated"} 3',
    'kubeos_os_nodes{os_namespace="default",os="fleet",state="waiting"} 6',
    'kubeos_os_waiting_nodes{os_namespace="default",os="fleet",reason="NoProxy"} 4',
    'kubeos_node_versions{component="system",version="KubeOS 1"} 1',
    'kubeos_node_versions{component="proxy",version="1.2.3"} 1',
    'kubeos_nodes_left_cordoned 1',
    `kubeos_crd_schema_revision{of="needed"} ${String(schemaRevision)}`,
  ])('read leadership, queue, caches and fleets at each scrape: %s', async (line) => {
    expect((await connected().metrics.text()).split('\n')).toContain(line);
  });

  it('count objects that cannot be read and those that can in part', async () => {
    const text = await connected().metrics.text();
    expect(text).toContain('kubeos_unreadable_objects{kind="nodes"} 1');
    expect(text).toContain('kubeos_unreadable_objects{kind="oses"} 2');
    expect(text).toContain('kubeos_unreadable_objects{kind="instances"} 2');
  });

  it('tell the schema revision that was served last', async () => {
    const metrics = createMetrics('1.2.3');
    const api = { servedSchemaRevision: () => Promise.resolve(2) } as unknown as ClusterApi;
    expect(await metrics.watched(api).servedSchemaRevision()).toBe(2);
    expect(await metrics.text()).toContain('kubeos_crd_schema_revision{of="served"} 2');
  });

  const operation = { seq: 2, type: 'upgrade', bootIdBefore: 'b', target: { slot: 'B' } };
  const armed = instance({ operation: { ...operation, phase: 'Activate' } });
  const ending = { result: 'Failed', reason: 'BootFailed', message: '' };
  const back = instance({ operation: { ...operation, phase: 'GiveBack', ending } });
  const failed = (reason: string) =>
    instance({ history: { seq: 2, entries: [{ last: { seq: 2, class: 'bad', reason } }] } });

  it('tell how long steps take, how operations end and why they fail', async () => {
    const { metrics, clock, tell } = connected();
    tell(instance({}), armed);
    await clock.advance(90_000);
    let text = await metrics.text();
    expect(text).toContain('kubeos_operations{type="upgrade",step="reboot"} 1');
    expect(text).toContain('kubeos_oldest_step_seconds{step="reboot"} 90');
    expect(text).toContain('kubeos_oldest_step_seconds{step="drain"} 0');
    expect(text).toContain('kubeos_operation_failures_total{reason="BootFailed"} 0');
    expect(text).toContain('kubeos_operations_finished_total{type="config",result="Failed"} 0');

    tell(armed, back);
    tell(back, failed('BootFailed'));
    text = await metrics.text();
    expect(text).toContain('kubeos_step_duration_seconds_sum{type="upgrade",step="reboot"} 90');
    expect(text).toContain('kubeos_operations_finished_total{type="upgrade",result="Failed"} 1');
    expect(text).toContain('kubeos_operation_failures_total{reason="BootFailed"} 1');
    expect(text).toContain('kubeos_boot_fallbacks_total 1');
  });

  it('count no reason by a name that is not known', async () => {
    const { metrics, tell } = connected();
    tell(back, failed('x'.repeat(1000)));
    expect(await metrics.text()).toContain('kubeos_operation_failures_total{reason="Other"} 1');
  });

  it('of a replica that does not lead count nothing, but it keeps the time', async () => {
    const leadership = { isLeading: false };
    const { metrics, clock, tell } = connected(leadership);
    tell(instance({}), armed);
    await clock.advance(90_000);
    tell(back, failed('BootFailed'));
    tell(instance({}), armed);
    await clock.advance(30_000);
    leadership.isLeading = true;
    tell(armed, back);
    const text = await metrics.text();
    expect(text).toContain('kubeos_boot_fallbacks_total 0');
    expect(text).toContain('kubeos_step_duration_seconds_sum{type="upgrade",step="reboot"} 30');
    expect(text).toContain('kubeos_step_duration_seconds_count{type="upgrade",step="reboot"} 1');
  });
});
