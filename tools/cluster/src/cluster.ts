/** A cluster whose nodes are virtual machines that boot our images: control plane, nodes, chart. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { Helm } from '@kubeos/chart';
import { startControlPlane, type ControlPlane } from '@kubeos/control-plane';
import { KubeosError, type Log, type NodeView, type Os, type OsInstance } from '@kubeos/core';
import {
  createApiClient,
  createClock,
  createCluster,
  loadKubeConfig,
  type ApiClient,
  type Cluster,
} from '@kubeos/kube';
import { serveImages, type ImageServer } from '@kubeos/vm';

import { nodeImages, type NodeImages } from './image/node-images.ts';
import { ClusterNode } from './node/cluster-node.ts';
import type { Seed } from './node/seed.ts';
import { serviceAddressFiles } from './node/service-address.ts';
import { warmMachine } from './node/warm-machine.ts';
import { mirrorFiles, registryName } from './registry/mirror-files.ts';
import { startRegistry } from './registry/registry.ts';
import { pushProgramImages, type PushedImage } from './registry/program-images.ts';

/** How a cluster is set up. */
export interface VmClusterOptions {
  /** Everything of this run lies in it; made where it is missing, and kept. */
  readonly folder: string;
  /** How many nodes, `node-1` and on. Default: 2. */
  readonly size?: number;
  readonly log: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** Name of the CA that vouches for the server of payloads, as objects name it. */
export const payloadCa = 'payload-ca.pem';

const readySeconds = 900;
const pollMilliseconds = 250;
/** The chart as people install it, with images of another registry. */
const clusterValues = { 'image.registry': registryName };
const silent = (): void => undefined;
const silentLog: Log = { debug: silent, info: silent, warn: silent, error: silent };

/** What a cluster is put together from. */
interface Parts {
  readonly plane: ControlPlane;
  readonly api: ApiClient;
  readonly helm: Helm;
  readonly images: NodeImages;
  readonly payloads: ImageServer;
  readonly programs: readonly PushedImage[];
  readonly nodes: readonly ClusterNode[];
  readonly cluster: Cluster;
  readonly endings: AsyncDisposableStack;
}

/** A running cluster. */
export class VmCluster {
  readonly #parts: Parts;

  private constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Sets everything up and waits until nodes, operator and proxies are ready; takes all away again when that fails. */
  static async start(options: VmClusterOptions): Promise<VmCluster> {
    await using endings = new AsyncDisposableStack();
    const parts = await setUp(options, endings);
    const cluster = new VmCluster({ ...parts, endings: endings.move() });
    try {
      await cluster.isReady();
      return cluster;
    } catch (error) {
      await cluster.keepEvidence(options.folder);
      await cluster.stop();
      throw error;
    }
  }

  get plane(): ControlPlane {
    return this.#parts.plane;
  }

  get api(): ApiClient {
    return this.#parts.api;
  }

  get helm(): Helm {
    return this.#parts.helm;
  }

  get images(): NodeImages {
    return this.#parts.images;
  }

  get nodes(): readonly ClusterNode[] {
    return this.#parts.nodes;
  }

  /** The images of operator and proxy, in the registry that the nodes know as `registryName`. */
  get programs(): readonly PushedImage[] {
    return this.#parts.programs;
  }

  /** Where nodes find the payloads of the images. */
  get payloads(): string {
    return this.#parts.payloads.url;
  }

  /** The node of this name. */
  machine(name: string): ClusterNode {
    const found = this.nodes.find((node) => node.name === name);
    if (found === undefined) throw new KubeosError('NOT_FOUND', `There is no node ${name}`);
    return found;
  }

  /** A node as a watch has shown it last. */
  node(name: string): NodeView | undefined {
    return this.#parts.cluster.cache.node(name);
  }

  instance(name: string): OsInstance | undefined {
    return this.#parts.cluster.cache.instance(name);
  }

  os(name: string): Os | undefined {
    return [...this.#parts.cluster.cache.oses()].find((os) => os.name === name);
  }

  /** Calls the listener whenever a node, an object or what a node reports has changed. */
  onChange(listener: () => void): void {
    this.#parts.cluster.onChange(listener);
  }

  /** Applies objects with kubectl. */
  async apply(...objects: readonly object[]): Promise<void> {
    const list = { apiVersion: 'v1', kind: 'List', items: objects };
    await this.plane.run(['apply', '--server-side', '--filename=-'], JSON.stringify(list));
  }

  /** Waits until every node is ready with its proxy, and the operator runs. */
  async isReady(): Promise<void> {
    await this.until('nodes and their proxies', readySeconds, () =>
      this.nodes.every(({ name }) => {
        const agent = this.instance(name)?.status.agent;
        return this.node(name)?.ready === true && agent?.bootedSlot !== undefined;
      }),
    );
    const rollout = ['rollout', 'status', `--timeout=${String(readySeconds)}s`];
    await this.plane.run([...rollout, '--namespace=kubeos-system', 'deployment/os-operator']);
  }

  /** Waits until it holds; the failure says what every node was at. */
  async until(
    what: string,
    seconds: number,
    holds: () => boolean | Promise<boolean>,
  ): Promise<void> {
    const deadline = performance.now() + seconds * 1000;
    while (!(await holds())) {
      if (performance.now() > deadline) {
        throw new KubeosError(
          'COMMAND_TIMEOUT',
          `Waited ${String(seconds)} s in vain for ${what}\n${this.describe()}`,
        );
      }
      await delay(pollMilliseconds);
    }
  }

  /** Each node in a line or two, and what every object says. */
  describe(): string {
    const lines = this.nodes.map(({ name }) => {
      const { ready, unschedulable, osImage, bootId } = this.node(name) ?? {};
      const instance = this.instance(name);
      const seen = {
        ready,
        unschedulable,
        osImage,
        bootId,
        phase: instance?.spec.operation?.phase,
      };
      return `${name}: ${JSON.stringify(seen)} ${JSON.stringify(instance?.status.conditions ?? [])}`;
    });
    const oses = [...this.#parts.cluster.cache.oses()].map(
      ({ name, status }) => `OS ${name}: ${JSON.stringify(status)}`,
    );
    return [...lines, ...oses].join('\n');
  }

  /** Leaves objects, journals and serial logs in a folder. */
  async keepEvidence(folder: string): Promise<void> {
    await mkdir(folder, { recursive: true });
    const kinds = 'nodes,pods,events,os,osinstances';
    const objects = await this.plane
      .run(['get', kinds, '--all-namespaces', '--output=yaml'])
      .catch(String);
    await writeFile(join(folder, 'objects.yaml'), objects);
    await writeFile(join(folder, 'summary.txt'), `${this.describe()}\n`);
    for (const node of this.nodes) await node.keepEvidence(folder);
  }

  /** Ends everything. */
  async stop(): Promise<void> {
    await this.#parts.endings.disposeAsync();
  }
}

async function setUp(
  { folder, size = 2, log, signal }: VmClusterOptions,
  endings: AsyncDisposableStack,
): Promise<Omit<Parts, 'endings'>> {
  const ending = signal === undefined ? {} : { signal };
  await mkdir(folder, { recursive: true });
  log('Building the images of the nodes, once for each state of the sources');
  const images = await nodeImages({ log, ...ending });
  const payloads = await serveImages(images.folder);
  endings.defer(() => payloads.close());
  const registry = await startRegistry(join(folder, 'registry'), log);
  endings.defer(() => registry.stop());
  log('Building the images of operator and proxy, and pushing them to a registry');
  const programs = await pushProgramImages(registry.host, signal);

  log('Starting etcd, API server, controller manager and scheduler');
  const plane = await startControlPlane({
    folder: join(folder, 'control-plane'),
    components: ['controller-manager', 'scheduler'],
    nodesJoin: true,
    log,
    ...ending,
  });
  endings.defer(() => plane.stop());
  const api = createApiClient(loadKubeConfig(plane.kubeconfig));
  endings.defer(() => {
    api.close();
  });
  log('Installing the chart with helm');
  const helm = await Helm.find(plane, log, signal);
  await helm.install(clusterValues, signal);

  log(`Booting a machine without identity, and ${String(size)} nodes from its snapshot`);
  const warm = await warmMachine({
    ...images,
    seedDisk: join(folder, 'no.seed'),
    registry: registry.guestUrl,
    pulled: programs.map(({ name }) => name),
    ...ending,
  });
  endings.defer(() => warm.dispose());
  const nodes: ClusterNode[] = [];
  const ticket = await plane.join();
  for (let index = 1; index <= size; index += 1) {
    const seed: Seed = {
      hostname: `node-${String(index)}`,
      server: ticket.server,
      ca: await readFile(ticket.caFile, 'utf8'),
      token: ticket.token,
      podCidr: `10.88.${String(index)}.0/24`,
      etc: {
        ...serviceAddressFiles(ticket.server),
        ...mirrorFiles(registry.guestUrl),
        [`KubeOS/certs/${payloadCa}`]: payloads.ca,
      },
    };
    const node = await ClusterNode.make({ ...images, folder, seed, warm, ...ending });
    endings.defer(() => node.dispose());
    nodes.push(node);
    plane.forwardKubelet(node.name, node.kubelet);
  }
  await Promise.all(nodes.map((node) => node.join(Date.now())));
  const cluster = follow(api, endings);
  return { plane, api, helm, images, payloads, programs, nodes, cluster };
}

function follow(api: ApiClient, endings: AsyncDisposableStack): Cluster {
  const cluster = createCluster({
    api,
    clock: createClock(),
    log: silentLog,
    identity: 'onlooker',
  });
  const end = new AbortController();
  const running = cluster.run(end.signal);
  endings.defer(async () => {
    end.abort();
    await running;
  });
  return cluster;
}
