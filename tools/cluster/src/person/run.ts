/** The tool as a person uses it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { exec } from '@kubeos/host';

import { VmCluster } from '../cluster.ts';
import { fleetName, fleetObject, upgradeTo } from '../fleet.ts';
import { WebClient } from '../serving/web-client.ts';
import { workload } from '../serving/workload.ts';
import { helpText, readArguments, type Request } from './arguments.ts';
import { installKubectl, showStatus } from './kubectl.ts';

/** Where the tool speaks to, and what ends it. */
export interface RunDeps {
  readonly print: (line: string) => void;
  readonly signal: AbortSignal;
}

type Start = Exclude<Request, { kind: 'help' }>;

const workspace = resolve(import.meta.dirname, '../../../..');
const bundleMinutes = 10;
const upgradeSeconds = 1800;

/** Runs the tool to its end; everything that it started is taken away then, also when it throws. */
export async function run(argv: readonly string[], deps: RunDeps): Promise<void> {
  const request = readArguments(argv);
  if (request.kind === 'help') deps.print(helpText);
  else await withFolder(request, (folder) => runCluster(request, folder, deps));
}

async function withFolder(request: Start, work: (folder: string) => Promise<void>): Promise<void> {
  if (request.folder !== undefined) return work(resolve(request.folder));
  const folder = await mkdtemp(join(tmpdir(), 'kubeos-cluster-'));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function runCluster(
  { kind, nodes }: Start,
  folder: string,
  { print, signal }: RunDeps,
): Promise<void> {
  print('Bundling the programs');
  await exec('nx', ['run-many', '--targets=bundle'], {
    cwd: workspace,
    env: { NX_DAEMON: 'false', NX_TUI: 'false', NODE_DISABLE_COMPILE_CACHE: '1' },
    timeoutMs: bundleMinutes * 60_000,
    signal,
  });
  const cluster = await VmCluster.start({ folder, size: nodes, log: print, signal });
  try {
    const bin = await installKubectl(cluster.plane);
    await cluster.apply(...workload(nodes));
    if (kind === 'upgrade') await upgrade(cluster, bin, { print, signal });
    else await keep(cluster, bin, { print, signal });
  } finally {
    print('Taking everything away');
    await cluster.stop();
  }
}

async function keep(cluster: VmCluster, bin: string, { print, signal }: RunDeps): Promise<void> {
  const file = join(cluster.plane.folder, 'upgrade.json');
  await writeFile(file, JSON.stringify(fleetObject(upgradeTo(cluster, cluster.images.second))));
  for (const line of [
    'The cluster is up. In another terminal:',
    `  export KUBECONFIG=${cluster.plane.kubeconfig} PATH=${bin}:$PATH`,
    '  kubectl get nodes --output=wide',
    `  kubectl apply --filename=${file}`,
    '  kubectl kubeos status --watch',
    'Ctrl-C here takes it away.',
  ]) {
    print(line);
  }
  if (!signal.aborted) await once(signal, 'abort');
}

async function upgrade(cluster: VmCluster, bin: string, { print, signal }: RunDeps): Promise<void> {
  const { second } = cluster.images;
  const client = new WebClient({
    api: cluster.api,
    portOf: (node, port) => cluster.machine(node).machine.hostPort(port),
  });
  const end = new AbortController();
  try {
    await cluster.until('the Deployment to serve', upgradeSeconds, () => {
      signal.throwIfAborted();
      return client.readyOn.length === cluster.nodes.length;
    });
    client.begin();
    print(`Upgrading ${String(cluster.nodes.length)} nodes to ${second.version}`);
    await cluster.apply(fleetObject(upgradeTo(cluster, second)));
    const showing = showStatus(cluster.plane, bin, AbortSignal.any([end.signal, signal]));
    await cluster.until('all nodes to be upgraded', upgradeSeconds, () => {
      signal.throwIfAborted();
      const { conditions = [] } = cluster.os(fleetName)?.status ?? {};
      return conditions.some(
        ({ type, reason }) => type === 'Ready' && reason === 'AllNodesUpdated',
      );
    });
    end.abort();
    await showing;
  } finally {
    end.abort();
    await client.stop();
  }
  for (const { name } of cluster.nodes) print(`${name} runs ${cluster.node(name)?.osImage ?? '?'}`);
  const { answered, failed, fewestReady } = client.record;
  print(
    `The Deployment answered ${String(answered)} requests, ${String(failed.length)} failed; fewest pods ready: ${String(fewestReady)}`,
  );
}
