/** What a real Prometheus, its alerts and the dashboard make of a rollout, and how its logs belong together. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chartFolder, Prometheus } from '@kubeos/chart';
import { operationId, operatorMetrics, proxyMetrics, type Log } from '@kubeos/core';
import type { FastNode } from './fast-node/fast-node.ts';
import { fastImage } from './fast-node/images.ts';
import type { OperatorProgram } from './operator-program.fixture.ts';
import { Scene } from './scene.fixture.ts';
import { until } from './until.fixture.ts';

const v1 = fastImage('KubeOS 1.0.0');
const v2 = fastImage('KubeOS 2.0.0');
const bad = fastImage('KubeOS 2.0.1', { reaches: 'kernel' });
const role = 'node-role.kubernetes.io/control-plane';

interface Panel {
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
}
const dashboardFile = join(chartFolder, 'files/dashboard.json');
const { panels } = JSON.parse(readFileSync(dashboardFile, 'utf8')) as {
  readonly panels: readonly Panel[];
};
const questions = panels.flatMap(({ title, targets = [] }) =>
  targets.length === 0 ? [] : [{ title, targets }],
);

/** What Grafana puts in place of its variables. */
function filledIn(expression: string): string {
  return expression
    .replaceAll('$__rate_interval', '1m')
    .replaceAll('$__range', '1h')
    .replaceAll('$os', '.*');
}

let scene: Scene;
let prometheus: Prometheus;
let operator: OperatorProgram;
let handedOver: Awaited<ReturnType<typeof handOver>>;
/** What proxies and agents of the nodes said. */
const said: { readonly message: string; readonly operation: unknown; readonly os: unknown }[] = [];

const log: Log = {
  debug: () => undefined,
  info: note,
  warn: note,
  error: note,
};

function note(fields: Readonly<Record<string, unknown>>, message: string): void {
  said.push({ message, operation: fields['operation'], os: fields['os'] });
  const { node, port } = fields;
  if (message === 'Serving' && typeof node === 'string' && typeof port === 'number') {
    prometheus.scrape('os-proxy', node, port);
  }
}

/** Waits until an expression has this value. */
async function untilValue(expression: string, value: number): Promise<void> {
  await until(
    `${expression} to be ${String(value)}`,
    async () => (await prometheus.query(expression))[0]?.value === value,
    { instead: () => prometheus.query(expression) },
  );
}

/** Upgrades a node of the control plane as the guide says; what became of it, and whether it was left alone before. */
async function handOver(): Promise<{ readonly wasLeftOut: boolean; readonly node: FastNode }> {
  const name = 'control-plane';
  const labels = { 'upgrade.openeuler.org/node-selector': name, [role]: '' };
  const adding = scene.addNodes(name, 1, { image: v1, log, labels });
  await until('the Node', () => scene.node(`${name}-1`)?.ready);
  await scene.createOs(name, scene.upgradeTo(v2));
  await scene.untilOs(name, 'nothing to be selected', ({ nodes }) => nodes === 0);
  const wasLeftOut = scene.instance(`${name}-1`) === undefined;

  await scene.kubectl('label', 'node', `${name}-1`, `${role}-`);
  const [node] = await adding;
  await scene.untilUpdated(name);
  await scene.kubectl('label', 'node', `${name}-1`, `${role}=`);
  await scene.untilOs(name, 'the node to be left out', ({ nodes }) => nodes === 0);
  if (node === undefined) throw new Error('no node was made');
  return { wasLeftOut, node };
}

beforeAll(async () => {
  scene = await Scene.open();
  [prometheus, operator] = await Promise.all([
    Prometheus.start({ folder: join(scene.plane.folder, 'prometheus') }),
    scene.startOperator(),
  ]);
  prometheus.scrape('os-operator', 'operator', operator.port);
  const [[broken]] = await Promise.all([
    scene.addNodes('broken', 1, { image: v1, log }),
    scene.addNodes('fine', 2, { image: v1, log }),
  ]);
  await scene.createOs('fine', { ...scene.upgradeTo(v2), maxunavailable: 2 });
  await scene.createOs('broken', scene.upgradeTo(bad));
  [handedOver] = await Promise.all([
    handOver(),
    scene.untilUpdated('fine'),
    scene.untilStopped('broken'),
  ]);
  await untilValue('max(kubeos_agent_last_failure_info)', 1);
  // From then on its agent has something to warn of.
  if (broken !== undefined) broken.disk.state = undefined;
  broken?.reset();
}, 600_000);

afterAll(async () => {
  await prometheus.stop();
  await scene.close();
}, 60_000);

it('scrapes every metric of the reference', async () => {
  const metrics = [...Object.values(operatorMetrics), ...Object.values(proxyMetrics)];
  const wanted = metrics.map(({ name, type }) => (type === 'histogram' ? `${name}_bucket` : name));
  const missing = async (): Promise<readonly string[]> => {
    const names = await prometheus.names();
    return wanted.filter((name) => !names.has(name));
  };
  await until('all metrics', async () => (await missing()).length === 0, { instead: missing });
});

it.each([
  ['sum(kubeos_operations_finished_total{type="upgrade",result="Succeeded"})', 3],
  ['sum(kubeos_operations_finished_total{type="upgrade",result="Failed"})', 1],
  ['sum(kubeos_operation_failures_total)', 1],
  ['sum(kubeos_operation_failures_total{reason="BootFailed"})', 1],
  ['sum(kubeos_boot_fallbacks_total)', 1],
  ['sum(kubeos_step_duration_seconds_count{step="prepare"})', 4],
  ['sum(kubeos_step_duration_seconds_count{step="drain"})', 4],
  ['sum(kubeos_step_duration_seconds_count{step="reboot"})', 4],
  ['sum(kubeos_step_duration_seconds_count{step="confirm"})', 3],
  ['sum(kubeos_step_duration_seconds_count{step="giveback"})', 4],
  ['max(kubeos_node_versions{component="system",version="KubeOS 2.0.0"})', 3],
  ['max(kubeos_os_nodes{os="broken",state="failed"})', 1],
  ['max(kubeos_crd_schema_revision) - min(kubeos_crd_schema_revision)', 0],
  ['sum(kubeos_unreadable_objects)', 0],
])('has counted what happened: %s is %d', async (expression, value) => {
  await untilValue(expression, value);
});

it('has durations that are those of fast nodes', async () => {
  const expression = 'sum(kubeos_step_duration_seconds_sum) by (step)';
  for (const { metric, value } of await prometheus.query(expression)) {
    expect({ metric, value }).toEqual({ metric, value: expect.any(Number) });
    expect(value).toBeGreaterThan(0);
    expect(value).toBeLessThan(120);
  }
});

describe('the dashboard', () => {
  it.each(questions)('asks for $title in a way that Prometheus answers', async ({ targets }) => {
    const answers = await Promise.all(
      targets.map(async ({ expr }) => prometheus.query(filledIn(expr))),
    );
    expect(answers.flat().length).toBeGreaterThan(0);
  });
});

describe('the alerts', () => {
  it('are all understood and evaluated', async () => {
    const unwell = async (): Promise<readonly string[]> =>
      (await prometheus.alerts())
        .filter(({ health }) => health !== 'ok')
        .map(({ name, health, lastError = '' }) => `${name} ${health} ${lastError}`);
    await until('all alerts to be evaluated', async () => (await unwell()).length === 0, {
      instead: unwell,
    });
  });

  it('tell of the node that fell back, and that one failed', async () => {
    const stateOf = async (name: string): Promise<string | undefined> => {
      const found = (await prometheus.alerts()).find((alert) => alert.name === name);
      return found?.alerts[0]?.state;
    };
    await until('the alert', async () => (await stateOf('KubeOSBootFallback')) === 'firing');
    await until('the other', async () => (await stateOf('KubeOSNodeFailed')) !== undefined);
    const texts = (await prometheus.alerts()).flatMap(({ alerts }) =>
      alerts.flatMap(({ annotations }) => Object.values(annotations)),
    );
    expect(texts.filter((text) => text.includes('<error'))).toEqual([]);
    expect(texts).toContain('Nodes of OS default/broken failed');
  });
});

it('finds one operation by one id in the logs of operator, proxy and agent', async () => {
  const lines = await operator.log();
  const ids = new Set(
    lines.filter((line) => line['node'] === 'fine-1').map((line) => line['operation']),
  );
  expect(ids.size).toBe(1);
  const [id] = ids;
  const { uid: osUid = '' } = scene.os('fine') ?? {};
  const { uid: nodeUid = '' } = scene.node('fine-1') ?? {};
  expect(id).toBe(operationId({ osUid, nodeUid, seq: 1 }));

  const ofOperator = lines.filter(({ operation }) => operation === id);
  expect(ofOperator.map(({ msg }) => msg)).toEqual(
    expect.arrayContaining(['Beginning an operation', 'Admitting an operation', 'Working on node']),
  );
  expect(new Set(ofOperator.map(({ os }) => os))).toEqual(new Set(['default/fine']));
  expect(lines.filter(({ msg }) => msg === 'Event not written')).toEqual([]);
  const ofNode = said.filter(({ operation }) => operation === id);
  const messages = new Set(ofNode.map(({ message }) => message));
  expect(messages).toEqual(new Set(['Calling the agent', 'Changing the node']));
});

it('upgrades a node of the control plane that is handed over, as the guide says', () => {
  expect(handedOver.wasLeftOut).toBe(true);
  expect(handedOver.node.running?.image.version).toBe(v2.version);
  expect(scene.node('control-plane-1')).toMatchObject({ unschedulable: false });
});
