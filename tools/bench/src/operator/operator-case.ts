import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import type { Component } from '@kubeos/control-plane';
import { bundlePrograms, operatorCommand } from '@kubeos/demo';
import type { ApiClient } from '@kubeos/kube';

import type { Case, CaseContext } from '../case.ts';
import { startCluster } from '../cluster.ts';
import { cpuSecondsOf, memoryOf, peakOf } from '../measure/process-tree.ts';
import { startProgram } from '../program.ts';
import { atMost, figure, type Result } from '../result.ts';
import { until } from '../until.ts';
import { createAudit, writeKubeconfig, type Audit } from './audit.ts';
import { createNode, forEachOf, reportAgent } from './many-nodes.ts';
import { startPlayers, startRollout } from './rollout.ts';

/** The operator with a large cluster, and what a rollout in it costs. */
export const operatorCase: Case = { name: 'operator', run: runOperator };

const nodeCount = 5000;
const rolloutCount = 100;
const batch = 50;
const account = 'os-operator';
const user = `system:serviceaccount:default:${account}`;
const settleMs = 20_000;
const mib = 2 ** 20;
const mostMiB = 150;
const osInstances = '/apis/upgrade.openeuler.org/v1alpha1/namespaces/default/osinstances';

interface Scene {
  readonly context: CaseContext;
  readonly api: ApiClient;
  readonly audit: Audit;
  readonly operator: Component;
}

async function runOperator(context: CaseContext): Promise<readonly Result[]> {
  const { folder, say, signal } = context;
  say('bundling');
  const bundles = await bundlePrograms(signal);
  await using endings = new AsyncDisposableStack();
  const audit = await createAudit(folder);
  const { plane, api } = await startCluster(context, endings, audit.flags);
  say(`creating ${nodeCount} Nodes`);
  await forEachOf(nodeCount, (index) => createNode(api, index, index < rolloutCount), signal);
  const kubeconfig = join(folder, 'operator.kubeconfig');
  await writeKubeconfig(plane, account, kubeconfig);
  const operator = await startProgram(
    context,
    account,
    operatorCommand(bundles.operator, kubeconfig, 'default'),
  );
  endings.defer(() => operator.stop());
  const scene = { context, api, audit, operator };
  const synced = await measureSync(scene);
  const players = await startPlayers(context, endings, {
    api,
    kubeconfig: plane.kubeconfig,
    rolloutCount,
  });
  await audit.writesOf(user);
  const rolledOut = await measureRollout(scene, players);
  return [
    ...synced,
    ...rolledOut,
    figure('upstream operator, 5000 nodes: resident after sync (recorded)', 199, 'MiB'),
    figure('upstream operator, 5000 nodes: resident after one pass, least (recorded)', 252, 'MiB'),
    figure('upstream operator, 5000 nodes: resident after one pass, most (recorded)', 291, 'MiB'),
    figure('upstream operator: API writes for 50 nodes (recorded)', 100, ''),
  ];
}

/** Until every node has its instance with a report, and the operator has come to rest. */
async function measureSync({ context, api, operator }: Scene): Promise<readonly Result[]> {
  const { say, signal } = context;
  say(`the operator makes ${nodeCount} OSInstances`);
  const begin = performance.now();
  const isThere = async (): Promise<boolean> => (await countInstances(api)) === nodeCount;
  await until('every node has an instance', isThere, { signal, seconds: 600, pollMs: 500 });
  const seconds = (performance.now() - begin) / 1000;
  say('the proxies of all other nodes report');
  const others = nodeCount - rolloutCount;
  await forEachOf(others, (index) => reportAgent(api, rolloutCount + index), signal);
  await delay(settleMs, undefined, { signal });
  const { rss } = memoryOf(operator.pid);
  return [
    figure('operator, 5000 nodes: time to make all instances', seconds, 's'),
    atMost('operator, 5000 nodes: resident after sync', rss / mib, 'MiB', mostMiB),
    figure('operator, 5000 nodes: CPU until then', cpuSecondsOf(operator.pid), 's'),
  ];
}

async function measureRollout(
  { context, api, audit, operator }: Scene,
  isDone: () => boolean,
): Promise<readonly Result[]> {
  const { say, signal } = context;
  say(`rolling out to ${rolloutCount} nodes, ${batch} at a time`);
  const cpuBefore = cpuSecondsOf(operator.pid);
  const begin = performance.now();
  await startRollout(api, batch);
  await until('all nodes run the new version', isDone, { signal, seconds: 600, pollMs: 200 });
  const isClosed = async (): Promise<boolean> => (await countUpdated(api)) === rolloutCount;
  await until('the operator says so', isClosed, { signal, seconds: 120, pollMs: 500 });
  const seconds = (performance.now() - begin) / 1000;
  const writes = await audit.writesOf(user);
  for (const [what, count] of writes) say(`${count} x ${what}`);
  const total = [...writes.values()].reduce((sum, count) => sum + count, 0);
  const batches = rolloutCount / batch;
  return [
    atMost('operator, 5000 nodes: peak memory', peakOf(operator.pid) / mib, 'MiB', mostMiB),
    figure('operator, rollout of 100 nodes, 50 at a time: wall', seconds, 's'),
    figure('operator: CPU for 50 nodes', (cpuSecondsOf(operator.pid) - cpuBefore) / batches, 's'),
    figure('operator: API writes for 50 nodes', total / batches, ''),
  ];
}

async function countInstances(api: ApiClient): Promise<number> {
  const answer = await api.request({ method: 'GET', path: osInstances, query: { limit: 1 } });
  const { items, metadata } = answer as {
    readonly items: readonly unknown[];
    readonly metadata: { readonly remainingItemCount?: number };
  };
  return items.length + (metadata.remainingItemCount ?? 0);
}

async function countUpdated(api: ApiClient): Promise<number> {
  const path = '/apis/upgrade.openeuler.org/v1alpha1/namespaces/default/os/rollout';
  const { status } = (await api.request({ method: 'GET', path })) as {
    readonly status?: { readonly updated?: number };
  };
  return status?.updated ?? 0;
}
