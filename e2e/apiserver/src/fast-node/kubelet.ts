/** What others see of a kubelet: a Node that it registers once, its status, and a Lease that it renews. */
import { hasCode, KubeosError, type Log } from '@kubeos/core';
import type { ApiClient } from '@kubeos/kube';
import { pause } from '../pause.ts';

/** What a kubelet is started with. */
export interface FastKubeletOptions {
  readonly api: ApiClient;
  readonly nodeName: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly bootId: string;
  readonly osImage: string;
  readonly log: Log;
  /** What it says of its node. */
  readonly isReady: boolean;
  /** The machine is cut off, so that nothing more can be said. */
  readonly isCutOff: () => boolean;
  /** Told the UID of the Node once it is registered. */
  readonly onRegistered: (nodeUid: string) => void;
}

const renewMilliseconds = 1000;
const renewalsBetweenStatus = 4;
const leaseSeconds = 40;
const requestSeconds = 5;
const resources = { cpu: '8', memory: '16Gi', pods: '110' };

/** Runs until the signal; a kubelet that is told to end says that its node shuts down. */
export async function runFastKubelet(
  options: FastKubeletOptions,
  signal: AbortSignal,
): Promise<void> {
  let nodeUid: string | undefined;
  for (let round = 0; !signal.aborted; round += 1) {
    try {
      if (nodeUid === undefined) {
        nodeUid = await register(options);
        options.onRegistered(nodeUid);
        round = 0;
      }
      if (round % renewalsBetweenStatus === 0) await writeStatus(options, options.isReady);
      await renewLease(options);
    } catch (thrown) {
      options.log.debug({ node: options.nodeName, error: thrown }, 'Kubelet failed');
      // Said again in the next round.
      round = -1;
    }
    await pause(renewMilliseconds, signal);
  }
  if (options.isCutOff()) return;
  try {
    await writeStatus(options, false);
  } catch (thrown) {
    // The node life cycle controller notices the silence.
    const error = KubeosError.from(thrown);
    options.log.debug({ node: options.nodeName, error }, 'Kubelet ended without a word');
  }
}

/** The UID of the Node, made when there is none. */
async function register({ api, nodeName, labels }: FastKubeletOptions): Promise<string> {
  const own = { 'kubernetes.io/hostname': nodeName, 'kubernetes.io/os': 'linux' };
  // The label makes kwok play the pods of the node.
  const metadata = { name: nodeName, labels: { ...own, type: 'kwok', ...labels } };
  const body = { apiVersion: 'v1', kind: 'Node', metadata };
  try {
    return uidOf(await api.request({ method: 'POST', path: '/api/v1/nodes', body }));
  } catch (error) {
    if (!hasCode(error, 'CONFLICT')) throw error;
    return uidOf(await api.request({ method: 'GET', path: `/api/v1/nodes/${nodeName}` }));
  }
}

function uidOf(answer: unknown): string {
  return (answer as { readonly metadata: { readonly uid: string } }).metadata.uid;
}

async function writeStatus(options: FastKubeletOptions, ready: boolean): Promise<void> {
  const { api, nodeName, bootId, osImage } = options;
  const time = new Date().toISOString();
  const status = {
    capacity: resources,
    allocatable: resources,
    addresses: [{ type: 'Hostname', address: nodeName }],
    conditions: [
      {
        type: 'Ready',
        status: ready ? 'True' : 'False',
        reason: ready ? 'KubeletReady' : 'KubeletNotReady',
        message: ready ? '' : 'node is shutting down',
        lastHeartbeatTime: time,
        lastTransitionTime: time,
      },
    ],
    nodeInfo: {
      bootID: bootId,
      osImage,
      machineID: nodeName,
      systemUUID: nodeName,
      kernelVersion: '6.12.0',
      containerRuntimeVersion: 'containerd://1.7.24',
      kubeletVersion: 'v1.36.3',
      kubeProxyVersion: '',
      operatingSystem: 'linux',
      architecture: 'amd64',
    },
  };
  await api.request({
    method: 'PATCH',
    path: `/api/v1/nodes/${nodeName}/status`,
    contentType: 'application/merge-patch+json',
    body: { status },
    deadlineSeconds: requestSeconds,
  });
}

async function renewLease({ api, nodeName }: FastKubeletOptions): Promise<void> {
  await api.request({
    method: 'PATCH',
    path: `/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${nodeName}`,
    query: { fieldManager: 'kubelet', force: true },
    contentType: 'application/apply-patch+yaml',
    body: {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: nodeName, namespace: 'kube-node-lease' },
      spec: {
        holderIdentity: nodeName,
        leaseDurationSeconds: leaseSeconds,
        // A MicroTime has six digits behind the point.
        renewTime: new Date().toISOString().replace('Z', '000Z'),
      },
    },
    deadlineSeconds: requestSeconds,
  });
}
