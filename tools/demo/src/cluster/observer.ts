import type { Clock, Log } from '@kubeos/core';
import { createCluster, type ApiClient, type Cluster, type Store } from '@kubeos/kube';

import type { NodeStandIn } from '../node/node-stand-in.ts';
import { pause } from '../pause.ts';
import { ServiceWatch } from './service-watch.ts';
import { followWebPods, type WebPod } from './web-pods.ts';

/** What an observer follows. */
export interface ObserverOptions {
  readonly api: ApiClient;
  readonly clock: Clock;
  readonly log: Log;
  readonly machines: readonly NodeStandIn[];
}

const lookMilliseconds = 50;

/** Follows the cluster and never writes to it. */
export class Observer {
  readonly service: ServiceWatch = new ServiceWatch();
  readonly #cluster: Cluster;
  readonly #pods: Store<WebPod>;
  readonly #machines: readonly NodeStandIn[];

  constructor(options: ObserverOptions) {
    const { api, clock, log } = options;
    this.#cluster = createCluster({ api, clock, log, identity: 'demo' });
    this.#pods = followWebPods(api, clock, log);
    this.#machines = options.machines;
  }

  get machines(): readonly NodeStandIn[] {
    return this.#machines;
  }

  get stores(): Cluster['stores'] {
    return this.#cluster.stores;
  }

  get pods(): Store<WebPod> {
    return this.#pods;
  }

  /** Follows until the signal. */
  async run(signal: AbortSignal): Promise<void> {
    this.#pods.subscribe(() => {
      this.#look();
    });
    this.#cluster.onChange(() => {
      this.#look();
    });
    await Promise.all([
      this.#cluster.run(signal),
      this.#pods.run(signal),
      this.#keepLooking(signal),
    ]);
  }

  async #keepLooking(signal: AbortSignal): Promise<void> {
    // A machine that goes down changes no object at that moment.
    while (await pause(lookMilliseconds, signal)) this.#look();
  }

  #look(): void {
    const nodes = [...this.stores.nodes.items()];
    const pods = [...this.#pods.items()];
    this.service.look({
      serving: pods.filter(({ isReady, node }) => isReady && this.#isUp(node)).length,
      nodesOut: nodes.filter((node) => !node.ready || node.unschedulable).length,
    });
  }

  #isUp(node: string | undefined): boolean {
    return this.#machines.some(({ name, state }) => name === node && state.kind === 'up');
  }
}
