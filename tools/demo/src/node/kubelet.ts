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
  /** Is told the UID of the Node whenever it was registered: its pods are to run. */
  readonly onRegistered: (nodeUid: string) => void;
}

/** What the kubelet finds of the running system. */
export interface RunningSystem {
  readonly bootId: string;
  readonly osImage: string;
  /** Pods that the configuration allows on the node. */
  readonly maxPods: number;
}

const periodMilliseconds = 1000;
/** From the first word of a kubelet that was started to the one that says Ready. */
const startingMilliseconds = 500;
/** The node life cycle controller may have written Unknown meanwhile; a kubelet says it again from time to time. */
const ticksBetweenStatus = 5;
const leaseSeconds = 40;
const requestSeconds = 5;
const resources = { cpu: '8', memory: '16Gi' };
/** Makes kwok play the pods of the node. */
const playedLabel = { type: 'kwok' };

/**
 * What a kubelet does as far as others see it: registers its Node, owns its status, renews its Lease once a second. It
 * is not Ready at first, and goes on through every failure of the API server. It ends with the signal without a word.
 */
export async function runKubelet(
  options: KubeletOptions,
  system: RunningSystem,
  signal: AbortSignal,
): Promise<void> {
  let ready = starting();
  let ticksToStatus = 0;
  let ticks = 0;
  do {
    if (ticks === 1) {
      ready = serving();
      ticksToStatus = 0;
    }
    try {
      if (ticksToStatus === 0) {
        options.onRegistered(await register(options));
        await writeStatus(options, system, ready);
        ticksToStatus = ticksBetweenStatus;
      }
      await renewLease(options);
      ticksToStatus -= 1;
    } catch (thrown) {
      ticksToStatus = 0;
      options.log(KubeosError.from(thrown).message);
    }
    ticks += 1;
  } while (await pause(ticks === 1 ? startingMilliseconds : periodMilliseconds, signal));
}

/** Condition Ready as it turns at this moment. */
function readyNow(status: 'True' | 'False', reason: string, message: string): object {
  const lastTransitionTime = new Date().toISOString();
  return { type: 'Ready', status, reason, message, lastTransitionTime };
}

const starting = (): object =>
  readyNow('False', 'KubeletNotReady', 'container runtime status check may not have completed yet');
const serving = (): object => readyNow('True', 'KubeletReady', 'kubelet is posting ready status');
const shuttingDown = (): object => readyNow('False', 'KubeletNotReady', 'node is shutting down');

/** What a kubelet says when the node is shut down in good order. */
export async function sayGoodbye(options: KubeletOptions, system: RunningSystem): Promise<void> {
  try {
    await writeStatus(options, system, shuttingDown());
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
      labels: {
        'kubernetes.io/hostname': nodeName,
        'kubernetes.io/os': 'linux',
        ...playedLabel,
        ...labels,
      },
    },
  });
  return registeredSchema.parse(node).metadata.uid;
}

async function writeStatus(
  { api, nodeName, machineId }: KubeletOptions,
  system: RunningSystem,
  ready: object,
): Promise<void> {
  const amounts = { ...resources, pods: String(system.maxPods) };
  const lastHeartbeatTime = new Date().toISOString();
  await apply(api, `/api/v1/nodes/${nodeName}/status`, {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: nodeName },
    status: {
      capacity: amounts,
      allocatable: amounts,
      addresses: [{ type: 'Hostname', address: nodeName }],
      conditions: [
        { ...ready, lastHeartbeatTime },
        {
          type: 'DiskPressure',
          status: 'False',
          reason: 'KubeletHasNoDiskPressure',
          lastHeartbeatTime,
        },
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
