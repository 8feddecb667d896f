import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { Helm, Logins, operatorAccount, Prometheus } from '@kubeos/chart';
import { Component, pickPorts, startControlPlane, type ControlPlane } from '@kubeos/control-plane';
import { createApiClient, createClock, loadKubeConfig, type ApiClient } from '@kubeos/kube';

import { Observer } from '../cluster/observer.ts';
import { webReplicas, workload } from '../cluster/workload.ts';
import { folderVariable } from '../disks/leftovers.ts';
import { startImageServer, type ImageServer } from '../images/image-server.ts';
import type { ImageKind } from '../images/image-tree.ts';
import { buildRootImage, type RootImageOptions } from '../images/root-image.ts';
import { makeNode, type PlayedNode } from '../node/make-node.ts';
import { Stage, type OfferedImage } from '../scenario/stage.ts';
import { versions } from '../scenario/versions.ts';
import type { Display } from '../view/display.ts';
import { bundlePrograms, type Bundles } from './bundles.ts';
import { createFileLog } from './file-log.ts';
import { agentCommand, operatorCommand, proxyCommand } from './commands.ts';

/** What the demo is set up with. */
export interface SetUpOptions {
  /** Everything of this run lies in it. */
  readonly folder: string;
  readonly display: Display;
  readonly signal: AbortSignal;
  /** Takes what has to be ended, in the order in which it was started. */
  readonly endings: AsyncDisposableStack;
  /** Takes the control plane as soon as it runs, for the evidence of what fails after it. */
  readonly onPlane: (plane: ControlPlane) => void;
}

/** Everything up and running, before the first step. */
export interface SetUp {
  readonly stage: Stage;
  readonly second: OfferedImage;
  readonly broken: OfferedImage;
  /** Scrapes the operator and the proxy of every node. */
  readonly prometheus: Prometheus;
}

const nodeNames = ['node-1', 'node-2', 'node-3'];
const readySeconds = 60;

/** Sets up control plane, images, nodes, operator and workload, and waits until all of it does its work. */
export async function setUp(options: SetUpOptions): Promise<SetUp> {
  const { folder, display, signal, endings } = options;
  const say = (line: string): void => {
    display.say(line);
  };
  say('Bundling operator, proxy and agent');
  const bundles = await bundlePrograms(signal);
  say('Starting etcd, API server, controller manager, scheduler and kwok');
  const plane = await startControlPlane({
    folder: join(folder, 'control-plane'),
    log: say,
    signal,
  });
  endings.defer(() => plane.stop());
  options.onPlane(plane);
  const api = createApiClient(loadKubeConfig(plane.kubeconfig));
  endings.defer(() => {
    api.close();
  });
  say('Installing the chart with helm');
  const helm = await Helm.find(plane, say, signal);
  await helm.install({}, signal);
  const logins = new Logins(plane, api);
  const prometheus = await Prometheus.start({
    folder: join(folder, 'prometheus'),
    log: say,
    signal,
  });
  endings.defer(() => prometheus.stop());
  say(`Prometheus shows metrics and alerts of this run at ${prometheus.url}`);

  say('Building images and serving them over https');
  const server = await startImageServer(join(folder, 'https'));
  endings.defer(() => server.stop());
  const second = await offer(server, { folder, version: versions.second });
  const broken = await offer(server, {
    folder,
    version: versions.broken,
    kind: 'noInit',
    compression: 'zstd',
  });

  say(`Starting ${nodeNames.join(', ')} from disk images with ${versions.first}`);
  // A proxy is started anew with each boot of its node, and is found where it was.
  const [operatorPort = 0, ...proxyPorts] = await pickPorts(1 + nodeNames.length);
  const nodes = await startNodes(options, { logins, server, bundles, api, proxyPorts });
  await startOperator(options, await logins.operator(), bundles, operatorPort);
  prometheus.scrape('os-operator', 'os-operator', operatorPort);
  for (const [index, port] of proxyPorts.entries()) {
    prometheus.scrape('os-proxy', `os-proxy ${index}`, port);
  }
  await plane.run(
    ['apply', '--filename=-'],
    JSON.stringify({ apiVersion: 'v1', kind: 'List', items: workload }),
  );

  const observer = startObserver(options, api, nodes);
  const stage = new Stage({ nodes, api, observer, display, signal });
  say('Waiting for the nodes, their proxies and the Deployment');
  await stage.until(readySeconds, () => notReady(observer, nodes));
  return { stage, second, broken, prometheus };
}

async function offer(
  server: ImageServer,
  image: RootImageOptions & { readonly kind?: ImageKind },
): Promise<OfferedImage> {
  const built = await buildRootImage(image);
  return { version: built.version, url: server.offer(built), sha256: built.sha256 };
}

interface NodeInputs {
  readonly logins: Logins;
  readonly server: ImageServer;
  readonly bundles: Bundles;
  readonly api: ApiClient;
  /** Where the proxy of each node serves its metrics. */
  readonly proxyPorts: readonly number[];
}

async function startNodes(
  { folder, signal, endings }: SetUpOptions,
  { logins, server, bundles, api, proxyPorts }: NodeInputs,
): Promise<readonly PlayedNode[]> {
  const image = await buildRootImage({ folder, version: versions.first });
  const log = createFileLog(join(folder, 'machines.log'));
  const nodes: PlayedNode[] = [];
  for (const [index, name] of nodeNames.entries()) {
    signal.throwIfAborted();
    const port = proxyPorts[index] ?? 0;
    const node = await makeNode({
      name,
      folder: join(folder, name),
      logFolder: join(folder, 'logs', name),
      image,
      caFile: server.caFile,
      api,
      programs: (paths) => ({
        agent: agentCommand(bundles.agent, paths.root),
        proxy: async (nodeUid, ended) => {
          const kubeconfig = await logins.proxy(name, ended);
          return proxyCommand(bundles.proxy, { name, kubeconfig, paths, port }, nodeUid);
        },
      }),
      log: (line) => {
        log.info({}, line);
      },
    });
    endings.defer(() => node.machine.powerOff());
    node.machine.powerOn();
    nodes.push(node);
  }
  return nodes;
}

async function startOperator(
  { folder, endings, display }: SetUpOptions,
  kubeconfig: string,
  bundles: Bundles,
  port: number,
): Promise<void> {
  const logFolder = join(folder, 'logs/operator');
  await mkdir(logFolder, { recursive: true });
  const [command = '', ...args] = operatorCommand(
    bundles.operator,
    kubeconfig,
    operatorAccount.namespace,
    port,
  );
  const operator = await Component.start({
    name: 'os-operator',
    command,
    args,
    folder: logFolder,
    env: { [folderVariable]: folder },
    onUnexpectedExit: (line) => {
      display.say(line);
    },
  });
  endings.defer(() => operator.stop());
}

function startObserver(
  { folder, endings }: SetUpOptions,
  api: ApiClient,
  machines: readonly PlayedNode[],
): Observer {
  const observer = new Observer({
    api,
    clock: createClock(),
    log: createFileLog(join(folder, 'observer.log')),
    machines: machines.map(({ machine }) => machine),
  });
  const end = new AbortController();
  const running = observer.run(end.signal);
  endings.defer(async () => {
    end.abort();
    await running;
  });
  return observer;
}

function notReady(observer: Observer, nodes: readonly PlayedNode[]): string | undefined {
  const { stores, service } = observer;
  for (const { name } of nodes) {
    if (stores.nodes.get(name)?.ready !== true) return `${name} is not Ready`;
    const agent = stores.instances.get(name)?.status.agent;
    if (agent?.bootedSlot !== 'A') return `the proxy of ${name} has not reported`;
  }
  if (service.last.serving === webReplicas) return undefined;
  return `${service.last.serving} of ${webReplicas} pods serve`;
}
