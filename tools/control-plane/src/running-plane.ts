import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { hasCode, KubeosError } from '@kubeos/core';
import { exec } from '@kubeos/host';

import { hostSeenByGuests, type Certificates } from './certificates.ts';
import { Component } from './component.ts';
import type { ControlPlane, JoinTicket } from './contract.ts';
import { EgressProxy } from './egress-proxy.ts';
import {
  apiServerFlags,
  controllerManagerFlags,
  etcdFlags,
  kwokFlags,
  schedulerFlags,
  type Ports,
} from './flags.ts';
import { joinBindings, makeBootstrapToken } from './joining.ts';
import { kubeconfigText } from './kubeconfig.ts';
import { kwokStages } from './kwok-stages.ts';
import { throwIfCancelled, waitUntilReady } from './readiness.ts';

/** Everything that one control plane is made of. */
export interface PlaneInputs {
  readonly folder: string;
  readonly binaries: Readonly<Record<string, string>>;
  readonly certificates: Certificates;
  readonly ports: Ports;
  /** Names of the programs beside etcd and API server. */
  readonly optional: readonly string[];
  readonly apiserverFlags: readonly string[];
  readonly nodesJoin: boolean;
  readonly nodeMonitorGraceSeconds: number;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal | undefined;
  /** Called when everything has stopped. */
  readonly removeFolder: () => Promise<void>;
}

const readySeconds = 120;
const kubectlSeconds = 300;
/** A list of thousands of nodes is long. */
const kubectlOutputBytes = 256 * 1024 * 1024;
const pollMilliseconds = 50;

/** The programs of one control plane on fixed ports. */
export class RunningPlane implements ControlPlane {
  readonly folder: string;
  readonly kubeconfig: string;
  readonly server: string;
  readonly caFile: string;
  readonly kubectl: string;
  readonly binaries: Readonly<Record<string, string>>;
  readonly #inputs: PlaneInputs;
  #etcd: Component | undefined;
  #apiServer: Component | undefined;
  #others: readonly Component[] = [];
  /** Stands on a plane that nodes join. */
  #egress: EgressProxy | undefined;
  #stopped: Promise<void> | undefined;

  constructor(inputs: PlaneInputs) {
    this.#inputs = inputs;
    this.folder = inputs.folder;
    this.kubeconfig = join(inputs.folder, 'kubeconfig');
    this.server = `https://127.0.0.1:${String(inputs.ports.apiServer)}`;
    this.caFile = inputs.certificates.caFile;
    this.binaries = inputs.binaries;
    this.kubectl = this.#path('kubectl');
  }

  /** Starts every program; throws `PortTaken` and what the waits throw, and leaves it to the caller to stop the rest. */
  async start(): Promise<void> {
    const { folder, ports, optional, nodesJoin } = this.#inputs;
    await writeFile(this.kubeconfig, await this.#kubeconfigText(), { mode: 0o600 });
    await writeFile(this.#stagesFile, kwokStages);
    if (nodesJoin) this.#egress = await EgressProxy.start(folder);
    this.#etcd = await this.#startProgram('etcd', etcdFlags(folder, ports));
    await this.startApiServer();
    if (nodesJoin) await this.run(['apply', '--filename=-'], JSON.stringify(joinBindings));
    await this.#startOthers();
    if (optional.includes('kube-controller-manager')) await this.#waitForServiceAccount();
  }

  async run(args: readonly string[], input?: string): Promise<string> {
    const result = await exec(this.kubectl, [`--kubeconfig=${this.kubeconfig}`, ...args], {
      // Home holds kubectl's discovery cache, which must not survive this control plane.
      env: { HOME: this.folder },
      timeoutMs: kubectlSeconds * 1000,
      outputLimitBytes: kubectlOutputBytes,
      ...(input === undefined ? {} : { input }),
    });
    return result.stdout;
  }

  async restartApiServer(): Promise<void> {
    await this.stopApiServer();
    await this.startApiServer();
  }

  async stopApiServer(): Promise<void> {
    await this.#apiServer?.stop();
  }

  async startApiServer(): Promise<void> {
    if (this.#apiServer?.isRunning() === true || this.#etcd === undefined) return;
    const { folder, ports, certificates, optional, apiserverFlags, signal } = this.#inputs;
    const flags = apiServerFlags({
      folder,
      ports,
      certificates,
      hasControllers: optional.includes('kube-controller-manager'),
      egressSelectorFile: this.#egress?.selectorFile,
      extra: apiserverFlags,
    });
    this.#apiServer = await this.#startProgram('kube-apiserver', flags);
    await waitUntilReady({
      port: ports.apiServer,
      caFile: certificates.caFile,
      components: [this.#etcd, this.#apiServer],
      deadlineSeconds: readySeconds,
      signal,
    });
  }

  async join(): Promise<JoinTicket> {
    if (this.#egress === undefined) throw noNodes();
    const { token, secret } = makeBootstrapToken(Date.now());
    // Created, not applied: that would leave a copy of it in an annotation.
    await this.run(['create', '--filename=-'], JSON.stringify(secret));
    const server = `https://${hostSeenByGuests}:${String(this.#inputs.ports.apiServer)}`;
    return { server, caFile: this.caFile, token };
  }

  forwardKubelet(node: string, port: number): void {
    if (this.#egress === undefined) throw noNodes();
    this.#egress.forward(node, port);
  }

  stop(): Promise<void> {
    this.#stopped ??= this.stopPrograms().then(this.#inputs.removeFolder);
    return this.#stopped;
  }

  /** Ends every program. etcd goes last: without it the API server hangs in retrying its leases. */
  async stopPrograms(): Promise<void> {
    // The API server waits for calls that are under way, as of logs that are followed.
    await this.#egress?.close();
    await Promise.all(
      [...this.#others, this.#apiServer].map(async (component) => component?.stop()),
    );
    await this.#etcd?.stop();
  }

  async #startOthers(): Promise<void> {
    const starts = await Promise.allSettled(
      this.#inputs.optional.map((name) => this.#startProgram(name, this.#optionalFlags(name))),
    );
    // Those that did start have to be known when another one did not: they are to be stopped.
    this.#others = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
    for (const start of starts) if (start.status === 'rejected') throw start.reason;
  }

  async #startProgram(name: string, args: readonly string[]): Promise<Component> {
    return Component.start({
      name,
      command: this.#path(name),
      args,
      folder: this.folder,
      onUnexpectedExit: this.#inputs.log,
    });
  }

  #optionalFlags(name: string): readonly string[] {
    if (name === 'kube-controller-manager') {
      const { kubeconfig } = this;
      return controllerManagerFlags({ kubeconfig, ...this.#inputs });
    }
    if (name === 'kube-scheduler') return schedulerFlags(this.kubeconfig);
    return kwokFlags(this.kubeconfig, this.#stagesFile);
  }

  get #stagesFile(): string {
    return join(this.folder, 'stages.yaml');
  }

  #path(name: string): string {
    const path = this.binaries[name];
    if (path === undefined) throw new KubeosError('BUG', `No path of ${name}`);
    return path;
  }

  async #kubeconfigText(): Promise<string> {
    const { caFile, adminFile, adminKeyFile } = this.#inputs.certificates;
    return kubeconfigText({
      server: this.server,
      caPem: await readFile(caFile, 'utf8'),
      certificatePem: await readFile(adminFile, 'utf8'),
      keyPem: await readFile(adminKeyFile, 'utf8'),
    });
  }

  /** Until the controllers have made the default service account, no pod is accepted. */
  async #waitForServiceAccount(): Promise<void> {
    const deadline = performance.now() + readySeconds * 1000;
    for (;;) {
      try {
        await this.run(['get', 'serviceaccount', 'default', '--namespace=default']);
        return;
      } catch (error) {
        if (!hasCode(error, 'COMMAND_FAILED') || performance.now() > deadline) throw error;
        throwIfCancelled(this.#inputs.signal);
      }
      await delay(pollMilliseconds);
    }
  }
}

function noNodes(): KubeosError {
  return new KubeosError('UNSUPPORTED', 'Nodes join only a control plane started with nodesJoin');
}
