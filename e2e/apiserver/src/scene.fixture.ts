/** A control plane with fast nodes, the real operator, and a view of what the cluster holds. */
import { join } from 'node:path';
import { Logins, operatorAccount, proxyDaemonSet, type PodRef } from '@kubeos/chart';
import type { ControlPlane } from '@kubeos/control-plane';
import type {
  Condition,
  HistoryEntry,
  Log,
  NodeView,
  Os,
  OsInstance,
  OsStatus,
  Phase,
} from '@kubeos/core';
import { createClock, createCluster, type Cluster, type Store } from '@kubeos/kube';
import { silentLog } from '@kubeos/testing';
import { BudgetWatch } from './budget-watch.fixture.ts';
import { grantRights, startTestCluster, type TestCluster } from './cluster.fixture.ts';
import { FastNode, type FastNodeOptions } from './fast-node/fast-node.ts';
import { FastImageServer, type FastImage } from './fast-node/images.ts';
import { OperatorProgram } from './operator-program.fixture.ts';
import { followPods, type ScenePod } from './pods.fixture.ts';
import { until } from './until.fixture.ts';

/** How the nodes of a group are made. */
export type GroupOptions = Pick<FastNodeOptions, 'image' | 'idle' | 'capabilities'> & {
  /** Default: the label that makes them a group for selectors. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Where their proxies and agents log; default nowhere. */
  readonly log?: Log;
};

/** A node that went down in order, and what was still on it. */
export interface Shutdown {
  readonly node: string;
  /** Pods that a drain should have moved away. */
  readonly pods: readonly string[];
  readonly wasCordoned: boolean;
}

const everyComponent = ['controller-manager', 'scheduler', 'kwok'] as const;

/** Everything that one file of tests plays with. What it shows of the cluster is what a watch delivered. */
export class Scene {
  readonly plane: ControlPlane;
  readonly images = new FastImageServer();
  readonly pods: Store<ScenePod>;
  readonly #test: TestCluster;
  readonly #logins: Logins;
  readonly #cluster: Cluster;
  readonly #nodes: FastNode[] = [];
  readonly #operators: OperatorProgram[] = [];
  readonly #shutdowns: Shutdown[] = [];

  private constructor(test: TestCluster, logins: Logins) {
    this.#test = test;
    this.#logins = logins;
    this.plane = test.plane;
    const { api } = test;
    const clock = createClock();
    this.#cluster = createCluster({ api, clock, log: silentLog, identity: 'onlooker' });
    this.pods = followPods(api, clock, silentLog);
    test.follow(this.#cluster.run(test.signal));
    test.follow(this.pods.run(test.signal));
  }

  /**
   * Starts the control plane, with the chart's rights and its DaemonSet in it; there are no nodes and no operator yet.
   * Operator and proxies log in as what they are in a cluster; the proxies with the tokens of the DaemonSet's pods.
   */
  static async open(): Promise<Scene> {
    const test = await startTestCluster(everyComponent);
    const { objects, logins } = await grantRights(test);
    const daemons = JSON.stringify(proxyDaemonSet(objects));
    await test.plane.run(['apply', '-f', '-'], daemons);
    return new Scene(test, logins);
  }

  /** The same, with all of the chart, as somebody installs it. */
  static async openInstalled(install: (plane: ControlPlane) => Promise<void>): Promise<Scene> {
    const test = await startTestCluster(everyComponent, install);
    return new Scene(test, new Logins(test.plane, test.api));
  }

  /** A kubeconfig with the token of a pod of the operator's account. */
  async loginOf(pod: PodRef): Promise<string> {
    return this.#logins.write(await this.#logins.token(operatorAccount, pod));
  }

  /** Ends everything that was started in the scene. */
  async close(): Promise<void> {
    await Promise.all(this.#operators.map((operator) => operator.stop()));
    await Promise.all(this.#nodes.map((node) => node.powerOff()));
    await this.#test.end();
  }

  os(name: string): Os | undefined {
    return [...this.#cluster.cache.oses()].find((os) => os.name === name);
  }

  node(name: string): NodeView | undefined {
    return this.#cluster.cache.node(name);
  }

  instance(name: string): OsInstance | undefined {
    return this.#cluster.cache.instance(name);
  }

  /** How the last attempt of a node at its newest target ended; its `OS` may tell of that before it is seen here. */
  async lastOf(node: string): Promise<HistoryEntry['last']> {
    const last = (): HistoryEntry['last'] => this.instance(node)?.spec.history?.entries[0]?.last;
    await until(`an attempt of ${node} to end`, () => last() !== undefined, {
      instead: () => this.instance(node),
    });
    return last();
  }

  /** Waits until the status of an `OS` is as wanted. */
  async untilOs(name: string, what: string, holds: (status: OsStatus) => unknown): Promise<void> {
    await until(`${name}: ${what}`, () => holds(this.os(name)?.status ?? {}), {
      instead: () => this.#describe(name),
    });
  }

  /** Waits until an `OS` says that all its nodes are up to date. */
  async untilUpdated(name: string): Promise<void> {
    const isReady = (status: OsStatus): boolean =>
      conditionOf(status, 'Ready')?.reason === 'AllNodesUpdated' &&
      this.os(name)?.finalizers.length === 0;
    await this.untilOs(name, 'all nodes to be updated', isReady);
  }

  /** Waits until the fleet has stopped after as many failures as are allowed. */
  async untilStopped(os: string): Promise<void> {
    await this.untilOs(
      os,
      'the fleet to stop',
      (status) =>
        conditionOf(status, 'Ready')?.reason === 'MaxFailuresReached' && status.working === 0,
    );
  }

  /** Waits until the open operation of a node is in this phase. */
  async untilPhase(node: string, phase: Phase | undefined): Promise<void> {
    await until(
      `${node} to be in phase ${phase ?? 'none'}`,
      () => this.instance(node)?.spec.operation?.phase === phase,
      { instead: () => this.instance(node) },
    );
  }

  /** Names of the pods on a node that are no DaemonSet's. */
  podsOn(node: string): readonly string[] {
    const pods = [...this.pods.items()].filter((pod) => pod.node === node && !pod.isOfDaemonSet);
    return pods.map(({ name }) => name);
  }

  /** Every orderly end of a node's boot so far. */
  get shutdowns(): readonly Shutdown[] {
    return this.#shutdowns;
  }

  /** Calls the listener after every change of an `OS`, a Node or an `OSInstance`. */
  onChange(listener: () => void): void {
    this.#cluster.onChange(listener);
  }

  /** Records from now on how many of the nodes are out of service at once. */
  watchBudget(nodes: readonly FastNode[]): BudgetWatch {
    const names = nodes.map(({ name }) => name);
    const watch = new BudgetWatch(names, (name) => this.node(name));
    this.onChange(() => watch.look());
    return watch;
  }

  /** Starts an operator as a process of its own. */
  async startOperator(name = 'operator', timeZone?: string): Promise<OperatorProgram> {
    const login = await this.#logins.operator();
    const operator = await OperatorProgram.start(this.plane, login, name, timeZone);
    this.#operators.push(operator);
    return operator;
  }

  /** Turns on nodes `GROUP-1`, `GROUP-2` and so on, and waits until they are Ready and have reported: from then on they go in order. */
  async addNodes(group: string, count: number, options: GroupOptions): Promise<FastNode[]> {
    const { labels = { 'upgrade.openeuler.org/node-selector': group }, ...content } = options;
    const added = Array.from({ length: count }, (_, index) => {
      return new FastNode({
        log: silentLog,
        ...content,
        labels,
        name: `${group}-${String(index + 1)}`,
        api: this.#test.api,
        login: (node, signal) => this.#logins.proxy(node, signal),
        folder: join(this.plane.folder, 'nodes'),
        images: this.images,
        clock: createClock(),
        onShutdown: (node) => this.#noteShutdown(node),
      });
    });
    this.#nodes.push(...added);
    for (const node of added) node.powerOn();
    await until(`nodes of ${group} to be Ready and to report`, () =>
      added.every(({ name }) => {
        return this.node(name)?.ready === true && this.instance(name)?.status.agent !== undefined;
      }),
    );
    return added;
  }

  /** What an `OS` says to upgrade to an image, which is served from now on. */
  upgradeTo(image: FastImage): UpgradeSpec {
    return {
      opstype: 'upgrade',
      osversion: image.version,
      imagetype: 'disk',
      imageurl: this.images.offer(image.digest, image),
      checksum: image.digest.slice('sha256:'.length),
    };
  }

  /** Creates an `OS` for the group of its name; what is not said is as quick as the rules allow. */
  async createOs(name: string, spec: object, namespace = 'default'): Promise<void> {
    await this.apply({
      apiVersion: 'upgrade.openeuler.org/v1alpha1',
      kind: 'OS',
      metadata: { name, namespace },
      spec: { nodeselector: name, timeinterval: 1, minReadySeconds: 1, maxunavailable: 1, ...spec },
    });
  }

  /** Merges into the spec of an `OS`. */
  async editOs(name: string, spec: object): Promise<void> {
    await this.kubectl('patch', 'os', name, '--type=merge', `-p=${JSON.stringify({ spec })}`);
  }

  async apply(...objects: readonly object[]): Promise<void> {
    const list = { apiVersion: 'v1', kind: 'List', items: objects };
    await this.plane.run(['apply', '-f', '-'], JSON.stringify(list));
  }

  async kubectl(...args: readonly string[]): Promise<string> {
    return this.plane.run(args);
  }

  /** Reasons of the events about an object of namespace `default`, the oldest first. */
  async eventsOf(kind: string, name: string): Promise<readonly string[]> {
    const about = `involvedObject.kind=${kind},involvedObject.name=${name}`;
    const columns = 'custom-columns=REASON:.reason';
    const options = [`--field-selector=${about}`, '--sort-by=.eventTime', '-o', columns];
    const table = await this.kubectl('get', 'events', ...options, '--no-headers');
    return table.split('\n').filter((reason) => reason !== '');
  }

  #describe(os: string): object {
    const instances = this.#nodes.flatMap(({ name }) => this.instance(name) ?? []);
    const mine = instances.filter(({ name }) => name.startsWith(`${os}-`));
    return { status: this.os(os)?.status, instances: mine.map(({ name, spec }) => [name, spec]) };
  }

  #noteShutdown(node: string): void {
    const wasCordoned = this.node(node)?.unschedulable === true;
    this.#shutdowns.push({ node, wasCordoned, pods: this.podsOn(node) });
  }
}

/** The part of an `OS` that names an image. */
export interface UpgradeSpec {
  readonly opstype: 'upgrade';
  readonly osversion: string;
  readonly imagetype: 'disk';
  readonly imageurl: string;
  readonly checksum: string;
}

/** The condition of this type. */
export function conditionOf(
  status: { readonly conditions?: readonly Condition[] } | undefined,
  type: string,
): Condition | undefined {
  return status?.conditions?.find((condition) => condition.type === type);
}
