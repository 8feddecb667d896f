/** One boot of a fast node, from the start of its agent to its end. */
import { createAgent, type Agent, type AgentCapability, type Clock, type Log } from '@kubeos/core';
import type { ApiClient } from '@kubeos/kube';
import { pause } from '../pause.ts';
import { createAgentPorts, type FastBoot } from './agent-ports.ts';
import { serveAgent, type RunFolder } from './agent-service.ts';
import type { FastDisk } from './disk.ts';
import {
  earlierCapabilities,
  earlierSnapshot,
  earlierVersion,
  serveEarlierAgent,
} from './earlier-agent.ts';
import type { FastImageServer } from './images.ts';
import { runFastKubelet } from './kubelet.ts';
import { runFastProxy, type ProxyLogin } from './proxy.ts';
import { Service } from './service.ts';
import { kubeletHealth, startKernel } from './system-root.ts';

/** What a boot runs with. */
export interface SessionOptions {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly capabilities: readonly AgentCapability[];
  readonly api: ApiClient;
  readonly login: ProxyLogin;
  readonly runFolder: RunFolder;
  readonly images: FastImageServer;
  readonly disk: FastDisk;
  /** Folder of the files of the node. */
  readonly root: string;
  readonly boot: FastBoot;
  readonly clock: Clock;
  readonly log: Log;
  /** The machine goes down in order now. */
  readonly onShutdown: () => void;
}

/** From the order to reboot until nothing runs any more. */
const shutdownMilliseconds = 100;
/** The unit of a real node runs every 15 s. */
const returnMilliseconds = 500;

/** What runs in one boot. */
export class Session {
  readonly boot: FastBoot;
  readonly agent: Agent;
  readonly #options: SessionOptions;
  readonly #startedMs = performance.now();
  readonly #over = new AbortController();
  readonly #order = Promise.withResolvers<void>();
  /** What the agent published last in this boot. */
  #published: string | undefined;
  #skippedSeconds = 0;
  #isRebooting = false;
  #nodeUid: string | undefined;
  #kubelet: Service | undefined;
  #kubeletStartedSeconds: number | undefined;
  #proxy: Service | undefined;

  constructor(options: SessionOptions) {
    this.boot = options.boot;
    this.#options = options;
    const { capabilities } = options;
    const agent = this.#isEarlier
      ? { agentVersion: earlierVersion, capabilities: earlierCapabilities }
      : { agentVersion: 'fast', capabilities };
    this.agent = createAgent(
      createAgentPorts({
        ...options,
        ...agent,
        machineId: options.name,
        over: this.#over.signal,
        uptimeSeconds: () => this.#uptimeSeconds(),
        isRebooting: () => this.#isRebooting,
        orderReboot: () => this.#orderReboot(),
        readPublished: async () => this.#published,
        publish: (text) => this.#publish(text),
        restartKubelet: () => this.#restartKubelet(),
        kubeletStartedSeconds: () => this.#kubeletStartedSeconds,
      }),
    );
  }

  /** Runs until a reboot is ordered, somebody resets the machine, or the signal. */
  async run(powerOff: AbortSignal): Promise<void> {
    const { runFolder, onShutdown } = this.#options;
    const end = (): void => this.#orderReboot();
    powerOff.addEventListener('abort', end, { once: true });
    const serve = this.#isEarlier ? serveEarlierAgent : serveAgent;
    await this.agent.start();
    const services = [
      new Service((signal) => this.#runReturnTimer(signal)),
      new Service((signal) => serve(this.agent, runFolder.socket, signal)),
    ];
    await startKernel(this.#options.root);
    await this.startKubelet();
    await this.#order.promise;
    powerOff.removeEventListener('abort', end);
    if (!this.#over.signal.aborted) {
      onShutdown();
      await pause(shutdownMilliseconds, this.#over.signal);
    }
    await this.stopKubelet();
    this.#over.abort();
    await Promise.all([...services.map((service) => service.stop()), this.stopProxy()]);
    await this.agent.stop();
  }

  /** Ends everything where it stands. */
  reset(): void {
    this.#over.abort();
    this.#order.resolve();
  }

  passTime(seconds: number): void {
    this.#skippedSeconds += seconds;
  }

  /** Does nothing in a system without a kubelet, or with one that does not take its file. */
  async startKubelet(): Promise<void> {
    const { boot, log, name: nodeName, api, labels, root } = this.#options;
    if (boot.image.reaches !== 'kubelet' || this.#kubelet !== undefined) return;
    const health = await kubeletHealth(root);
    if (health === 'fails') return;
    const options = {
      isReady: health === 'ready',
      ...{ api, log, labels, nodeName, bootId: boot.bootId, osImage: boot.image.version },
      isCutOff: () => this.#over.signal.aborted,
      onRegistered: (uid: string) => {
        this.#nodeUid = uid;
        this.startProxy();
      },
    };
    this.#kubelet = new Service((signal) => runFastKubelet(options, signal));
    this.#kubeletStartedSeconds = this.#uptimeSeconds();
  }

  async stopKubelet(): Promise<void> {
    const kubelet = this.#kubelet;
    this.#kubelet = undefined;
    this.#kubeletStartedSeconds = undefined;
    await kubelet?.stop();
  }

  /** Starts a proxy on the registered Node unless one runs. */
  startProxy(): void {
    const nodeUid = this.#nodeUid;
    if (nodeUid === undefined || this.#proxy !== undefined || this.#over.signal.aborted) return;
    const { login, log, name: nodeName, runFolder } = this.#options;
    const options = { login, log, nodeName, nodeUid, agentSocket: runFolder.socket };
    this.#proxy = new Service((signal) => runFastProxy(options, signal));
  }

  async stopProxy(): Promise<void> {
    const proxy = this.#proxy;
    this.#proxy = undefined;
    await proxy?.stop();
  }

  async #restartKubelet(): Promise<string | undefined> {
    await this.stopKubelet();
    await this.startKubelet();
    return this.#kubelet === undefined ? 'its state is failed' : undefined;
  }

  async #runReturnTimer(signal: AbortSignal): Promise<void> {
    while (await pause(returnMilliseconds, signal)) {
      try {
        await this.agent.returnPass();
      } catch (error) {
        this.#options.log.debug({ error }, 'The return unit failed');
      }
    }
  }

  async #publish(text: string): Promise<void> {
    await this.#options.runFolder.publish(this.#isEarlier ? earlierSnapshot(text) : text);
    this.#published = text;
  }

  get #isEarlier(): boolean {
    return this.boot.image.agent === 'earlier';
  }

  #uptimeSeconds(): number {
    return (performance.now() - this.#startedMs) / 1000 + this.#skippedSeconds;
  }

  #orderReboot(): void {
    this.#isRebooting = true;
    this.#order.resolve();
  }
}
