/** A client that asks a Deployment all the time, as a load balancer in front of its ready pods does. */
import { setTimeout as delay } from 'node:timers/promises';

import type { ApiClient } from '@kubeos/kube';
import * as z from 'zod/mini';

import { webPort, webSelector } from './workload.ts';

/** What the client saw in a stretch of time. */
export interface WebRecord {
  readonly answered: number;
  /** Requests to a pod that was ready before and after, by what went wrong. */
  readonly failed: readonly string[];
  /** Fewest pods that were ready at once. */
  readonly fewestReady: number;
}

/** What the client needs to know. */
export interface WebClientOptions {
  readonly api: ApiClient;
  /** Where a port of a node is on this host. */
  readonly portOf: (node: string, port: number) => number | undefined;
}

const pauseMilliseconds = 200;
const patienceMilliseconds = 10_000;
const nothing: WebRecord = { answered: 0, failed: [], fewestReady: Infinity };

interface WebPod {
  readonly uid: string;
  readonly name: string;
  readonly node: string;
}

/** Asks until it is stopped. */
export class WebClient {
  readonly #options: WebClientOptions;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  #ready: readonly WebPod[] = [];
  #record = nothing;

  constructor(options: WebClientOptions) {
    this.#options = options;
    this.#running = this.#run();
  }

  /** Names of the nodes whose pods are ready. */
  get readyOn(): readonly string[] {
    return this.#ready.map(({ node }) => node);
  }

  /** What was seen since `begin`. */
  get record(): WebRecord {
    return this.#record;
  }

  /** Starts a new stretch. */
  begin(): void {
    this.#record = nothing;
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await this.#look();
      this.#note({ fewestReady: Math.min(this.#record.fewestReady, this.#ready.length) });
      await Promise.all(this.#ready.map((pod) => this.#ask(pod)));
      await delay(pauseMilliseconds, undefined, { signal }).catch(() => undefined);
    }
  }

  /** An API server that is away changes nothing about the pods. */
  async #look(): Promise<void> {
    const { api } = this.#options;
    const path = '/api/v1/namespaces/default/pods';
    try {
      const answer = await api.request({
        method: 'GET',
        path,
        query: { labelSelector: webSelector },
      });
      this.#ready = readyPods(answer);
    } catch {
      return;
    }
  }

  async #ask(pod: WebPod): Promise<void> {
    const problem = await this.#problemOf(pod);
    if (this.#stop.signal.aborted) return;
    if (problem === undefined) {
      this.#note({ answered: this.#record.answered + 1 });
      return;
    }
    // It may have been taken out of service meanwhile, which a load balancer would have been told.
    await this.#look();
    if (!this.#ready.some(({ uid }) => uid === pod.uid)) return;
    this.#note({ failed: [...this.#record.failed, `${pod.name} on ${pod.node}: ${problem}`] });
  }

  async #problemOf({ name, node }: WebPod): Promise<string | undefined> {
    const port = this.#options.portOf(node, webPort);
    if (port === undefined) return 'the node is not known';
    try {
      const answer = await fetch(`http://127.0.0.1:${String(port)}/`, {
        headers: { connection: 'close' },
        signal: AbortSignal.timeout(patienceMilliseconds),
      });
      const text = (await answer.text()).trim();
      return text === name ? undefined : `status ${String(answer.status)}, "${text}"`;
    } catch (error) {
      const cause = error instanceof Error ? (error.cause ?? error) : error;
      return String(cause);
    }
  }

  #note(change: Partial<WebRecord>): void {
    this.#record = { ...this.#record, ...change };
  }
}

const podList = z.object({
  items: z.array(
    z.object({
      metadata: z.object({
        name: z.string(),
        uid: z.string(),
        deletionTimestamp: z.optional(z.string()),
      }),
      spec: z.object({ nodeName: z.optional(z.string()) }),
      status: z.object({
        conditions: z.optional(z.array(z.object({ type: z.string(), status: z.string() }))),
      }),
    }),
  ),
});

function readyPods(answer: unknown): readonly WebPod[] {
  return podList.parse(answer).items.flatMap(({ metadata, spec, status }) => {
    const { name, uid, deletionTimestamp } = metadata;
    const isReady = status.conditions?.some((one) => one.type === 'Ready' && one.status === 'True');
    if (spec.nodeName === undefined || deletionTimestamp !== undefined || isReady !== true) {
      return [];
    }
    return [{ name, uid, node: spec.nodeName }];
  });
}
