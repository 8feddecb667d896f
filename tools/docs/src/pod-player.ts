/** Plays the kubelets for the chart's pods: their real programs run in this process, with the tokens of those pods. */
import { setTimeout as delay } from 'node:timers/promises';
import { operatorAccount, proxyAccount, type Account, type Logins } from '@kubeos/chart';
import { hasCode, type Log } from '@kubeos/core';
import type { FastNode } from '@kubeos/e2e-apiserver';
import type { ApiClient } from '@kubeos/kube';
import { run } from '@kubeos/operator';

interface Pod {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly deletionTimestamp?: string;
  };
  readonly spec: {
    readonly nodeName?: string;
    readonly containers: readonly [{ readonly args?: readonly string[] }];
  };
}

interface Running {
  readonly end: AbortController;
  readonly ended: Promise<number>;
}

/** What it is built from. */
export interface PodPlayerOptions {
  readonly api: ApiClient;
  readonly logins: Logins;
  readonly nodes: readonly FastNode[];
  readonly log: Log;
}

const lookMilliseconds = 200;

/** Looks at what there is to run, again and again. */
export class PodPlayer {
  /** How the programs of the Job before an uninstall have ended. */
  readonly retired: number[] = [];
  readonly #options: PodPlayerOptions;
  readonly #end = new AbortController();
  readonly #life: Promise<void>;
  readonly #jobs = new Set<string>();
  readonly #proxies = new Map<string, string>();
  #operator: Running | undefined;

  constructor(options: PodPlayerOptions) {
    this.#options = options;
    this.#life = this.#live();
  }

  /** Ends all that runs. */
  async stop(): Promise<void> {
    this.#end.abort();
    await this.#life;
    await this.#stopOperator();
  }

  async #live(): Promise<void> {
    const { signal } = this.#end;
    while (!signal.aborted) {
      await this.#playOperator();
      await this.#playProxies();
      await this.#playJobs();
      await delay(lookMilliseconds);
    }
  }

  async #playOperator(): Promise<void> {
    const [pod] = await this.#podsOf(operatorAccount, 'os-operator');
    if (pod === undefined) return this.#stopOperator();
    if (this.#operator !== undefined) return;
    const end = new AbortController();
    const token = await this.#options.logins.token(operatorAccount, pod.metadata);
    this.#operator = { end, ended: this.#run([], token, end.signal) };
  }

  async #stopOperator(): Promise<void> {
    this.#operator?.end.abort();
    await this.#operator?.ended;
    this.#operator = undefined;
  }

  /** Another pod on a node is another container. */
  async #playProxies(): Promise<void> {
    for (const { metadata, spec } of await this.#podsOf(proxyAccount, 'os-proxy')) {
      const node = this.#options.nodes.find(({ name }) => name === spec.nodeName);
      const before = this.#proxies.get(spec.nodeName ?? '');
      if (node === undefined || before === metadata.uid) continue;
      this.#proxies.set(node.name, metadata.uid);
      await node.stopProxy();
      node.startProxy();
    }
  }

  async #playJobs(): Promise<void> {
    for (const { metadata, spec } of await this.#podsOf(operatorAccount, 'os-retire')) {
      if (this.#jobs.has(metadata.uid)) continue;
      this.#jobs.add(metadata.uid);
      const token = await this.#options.logins.token(operatorAccount, metadata);
      const status = await this.#run(spec.containers[0].args ?? [], token, this.#end.signal);
      this.retired.push(status);
      await this.#options.api.request({
        method: 'PATCH',
        path: `/api/v1/namespaces/${operatorAccount.namespace}/pods/${metadata.name}/status`,
        contentType: 'application/merge-patch+json',
        body: { status: { phase: status === 0 ? 'Succeeded' : 'Failed' } },
      });
    }
  }

  async #run(args: readonly string[], token: string, stop: AbortSignal): Promise<number> {
    const { log, logins } = this.#options;
    const place = [
      `--kubeconfig=${await logins.write(token)}`,
      `--namespace=${operatorAccount.namespace}`,
      '--listen=127.0.0.1:0',
    ];
    const silent = (): void => undefined;
    return run(
      [...args, ...place],
      {},
      { version: '0', log, stop, print: silent, complain: silent },
    );
  }

  async #podsOf({ namespace }: Account, name: string): Promise<readonly Pod[]> {
    const path = `/api/v1/namespaces/${namespace}/pods`;
    const query = { labelSelector: `app.kubernetes.io/name=${name}` };
    try {
      const { items } = (await this.#options.api.request({ method: 'GET', path, query })) as {
        readonly items: readonly Pod[];
      };
      return items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    } catch (error) {
      if (hasCode(error, 'NOT_FOUND', 'API_UNAVAILABLE')) return [];
      throw error;
    }
  }
}
