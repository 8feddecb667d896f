import { KubeosError } from '@kubeos/core';
import type { ApiClient } from '@kubeos/kube';
import * as z from 'zod/mini';

import { pause } from '../pause.ts';

const registeredSchema = z.object({ metadata: z.object({ uid: z.string() }) });

/** What a stand-in for a kubelet is made from. */
export interface KubeletOptions {
  readonly api: ApiClient;
  readonly nodeName: string;
  /** Of the Node object, beside those that every node gets. */
  readonly labels: Readonly<Record<string, string>>;
  readonly machineId: string;
  readonly log: (line: string) => void;
  /** Runs the pods that are bound to the Node of this UID until the signal. */
  readonly runPods: (nodeUid: string, signal: AbortSignal) => Promise<void>;
}

/** What the kubelet finds of the running system. */
export interface RunningSystem {
  readonly bootId: string;
  readonly osImage: string;
}

const periodMilliseconds = 1000;
/** The node life cycle controller may have written Unknown meanwhile; a kubelet says it again from time to time. */
const ticksBetweenStatus = 5;
const leaseSeconds = 40;
const requestSeconds = 5;
const resources = { cpu: '8', memory: '16Gi', pods: '110' };
/** Makes kwok play the pods of the node. */
const playedLabel = { type: 'kwok' };

/**
 * What a kubelet does as far as others see it: registers its Node, owns its status, renews its Lease once a second, runs
 * pods. It goes on through every failure of the API server. At the end of the signal it says that the node is shutting
 * down.
 */
export async function runKubelet(
  options: KubeletOptions,
  system: RunningSystem,
  signal: AbortSignal,
): Promise<void> {
  const since = new Date().toISOString();
  const pods = new Pods(options);
  let ticksToStatus = 0;
  do {
    try {
      if (ticksToStatus === 0) {
        pods.ofNode(await register(options));
        await writeStatus(options, system, { ready: true, since });
        ticksToStatus = ticksBetweenStatus;
      }
      await renewLease(options);
      ticksToStatus -= 1;
    } catch (thrown) {
      ticksToStatus = 0;
      options.log(KubeosError.from(thrown).message);
    }
  } while (await pause(periodMilliseconds, signal));
  await Promise.all([pods.end(), sayGoodbye(options, system)]);
}

/** The pods of the Node as it is now: a Node that was deleted and registered again gets new ones. */
class Pods {
  readonly #options: KubeletOptions;
  #nodeUid: string | undefined;
  #stop = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(options: KubeletOptions) {
    this.#options = options;
  }

  ofNode(uid: string): void {
    if (uid === this.#nodeUid) return;
    this.#nodeUid = uid;
    this.#stop.abort();
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    this.#running = this.#running
      .then(() => this.#options.runPods(uid, signal))
      .catch((thrown: unknown) => {
        this.#options.log(KubeosError.from(thrown).message);
      });
  }

  async end(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }
}

async function sayGoodbye(options: KubeletOptions, system: RunningSystem): Promise<void> {
  try {
    await writeStatus(options, system, { ready: false, since: new Date().toISOString() });
  } catch (thrown) {
    // The controllers notice a Lease that is not renewed.
    options.log(KubeosError.from(thrown).message);
  }
}

async function register({ api, nodeName, labels }: KubeletOptions): Promise<string> {
  const node = await apply(api, `/api/v1/nodes/${nodeName}`, {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: nodeName,
      labels: { 'kubernetes.io/hostname': nodeName, ...playedLabel, ...labels },
    },
  });
  return registeredSchema.parse(node).metadata.uid;
}

async function writeStatus(
  { api, nodeName, machineId }: KubeletOptions,
  system: RunningSystem,
  state: { readonly ready: boolean; readonly since: string },
): Promise<void> {
  const condition = (type: string, isTrue: boolean, reason: string, message: string): object => ({
    type,
    status: isTrue ? 'True' : 'False',
    reason,
    message,
    lastHeartbeatTime: new Date().toISOString(),
    lastTransitionTime: state.since,
  });
  await apply(api, `/api/v1/nodes/${nodeName}/status`, {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: nodeName },
    status: {
      capacity: resources,
      allocatable: resources,
      addresses: [{ type: 'Hostname', address: nodeName }],
      conditions: [
        state.ready
          ? condition('Ready', true, 'KubeletReady', 'kubelet is posting ready status')
          : condition('Ready', false, 'KubeletNotReady', 'node is shutting down'),
        condition('DiskPressure', false, 'KubeletHasNoDiskPressure', ''),
      ],
      nodeInfo: {
        machineID: machineId,
        systemUUID: machineId,
        bootID: system.bootId,
        osImage: system.osImage,
        kernelVersion: '6.12.0',
        containerRuntimeVersion: 'containerd://1.7.24',
        kubeletVersion: 'v1.36.3',
        kubeProxyVersion: '',
        operatingSystem: 'linux',
        architecture: 'amd64',
      },
    },
  });
}

async function renewLease({ api, nodeName }: KubeletOptions): Promise<void> {
  await apply(api, `/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${nodeName}`, {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: nodeName, namespace: 'kube-node-lease' },
    spec: {
      holderIdentity: nodeName,
      leaseDurationSeconds: leaseSeconds,
      // A MicroTime has six digits behind the point.
      renewTime: new Date().toISOString().replace('Z', '000Z'),
    },
  });
}

async function apply(api: ApiClient, path: string, object: unknown): Promise<unknown> {
  return api.request({
    method: 'PATCH',
    path,
    query: { fieldManager: 'kubelet', force: true },
    contentType: 'application/apply-patch+yaml',
    body: object,
    deadlineSeconds: requestSeconds,
  });
}
