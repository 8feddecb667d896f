import { bundlePrograms, operatorCommand, proxyCommand } from '@kubeos/demo';
import { setTimeout as delay } from 'node:timers/promises';

import type { Case, CaseContext } from '../case.ts';
import { startCluster, type BenchCluster } from '../cluster.ts';
import { memoryOf } from '../measure/process-tree.ts';
import { makeBenchNode } from '../prepare/bench-node.ts';
import { startProgram } from '../program.ts';
import { atMost, figure, type Result } from '../result.ts';
import { until } from '../until.ts';
import { measureFirstCalls } from './first-calls.ts';

/** What operator-driven nodes cost while nothing happens. */
export const idleCase: Case = { name: 'idle', run: runIdle };

const nodeName = 'idle-node';
/** Until what a start leaves behind has been collected. */
const settleMs = 30_000;
const mib = 2 ** 20;
const mostRssMiB = 70;
const mostPrivateMiB = 25;

async function runIdle(context: CaseContext): Promise<readonly Result[]> {
  const { folder, say, signal } = context;
  say('bundling');
  const bundles = await bundlePrograms(signal);
  await using endings = new AsyncDisposableStack();
  const node = await makeBenchNode({ folder, slotMiB: 64, signal });
  endings.defer(() => node.disk.release());
  const paths = await node.fresh();
  const agent = await measureFirstCalls(context, paths, bundles.agent);

  const cluster = await startCluster(context, endings);
  const nodeUid = await registerNode(cluster.api);
  const { kubeconfig } = cluster.plane;
  const operator = await startProgram(
    context,
    'os-operator',
    operatorCommand(bundles.operator, kubeconfig, 'default'),
  );
  endings.defer(() => operator.stop());
  const place = { name: nodeName, kubeconfig, paths };
  const proxy = await startProgram(
    context,
    'os-proxy',
    proxyCommand(bundles.proxy, place, nodeUid),
  );
  endings.defer(() => proxy.stop());
  await until('the proxy has reported', () => hasReported(cluster.api), { signal });
  say(`waiting ${settleMs / 1000} s`);
  await delay(settleMs, undefined, { signal });
  const memory = memoryOf(proxy.pid);
  return [
    ...agent,
    atMost('proxy idle: resident memory', memory.rss / mib, 'MiB', mostRssMiB),
    atMost('proxy idle: private memory', memory.private / mib, 'MiB', mostPrivateMiB),
    figure('proxy idle: private memory not backed by a file', memory.dirty / mib, 'MiB'),
    figure('upstream proxy idle: resident memory (recorded)', 11.5, 'MiB'),
    figure('upstream agent idle: resident memory (recorded)', 6.7, 'MiB'),
  ];
}

async function registerNode(api: BenchCluster['api']): Promise<string> {
  const body = { apiVersion: 'v1', kind: 'Node', metadata: { name: nodeName } };
  const made = await api.request({ method: 'POST', path: '/api/v1/nodes', body });
  return (made as { readonly metadata: { readonly uid: string } }).metadata.uid;
}

async function hasReported(api: BenchCluster['api']): Promise<boolean> {
  const path = '/apis/upgrade.openeuler.org/v1alpha1/namespaces/default/osinstances';
  const { items } = (await api.request({ method: 'GET', path })) as {
    readonly items: readonly { readonly status?: { readonly agent?: unknown } }[];
  };
  return items[0]?.status?.agent !== undefined;
}
