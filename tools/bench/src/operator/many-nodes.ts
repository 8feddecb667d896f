import { createHash } from 'node:crypto';

import type { ApiClient } from '@kubeos/kube';

/** The version that every node runs at first. */
export const firstVersion = 'KubeOS 1';
/** The label value that selects the nodes of the rollout. */
export const rolloutGroup = 'rollout';

const connections = 16;
const imagesPerNode = 50;
const requestSeconds = 120;

/** Does something for each number below `count`, several at once. */
export async function forEachOf(
  count: number,
  work: (index: number) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      signal.throwIfAborted();
      next += 1;
      await work(next - 1);
    }
  };
  await Promise.all(Array.from({ length: connections }, worker));
}

/** Name of the node with this number; they sort as they are counted. */
export function nameOf(index: number): string {
  return `node-${String(index).padStart(5, '0')}`;
}

/** Registers a Node as large as those of a busy cluster: about 16 kB, most of it the names of its images. */
export async function createNode(
  api: ApiClient,
  index: number,
  isInRollout: boolean,
): Promise<void> {
  const name = nameOf(index);
  const labels = {
    'kubernetes.io/hostname': name,
    'kubernetes.io/arch': 'amd64',
    'kubernetes.io/os': 'linux',
    'topology.kubernetes.io/region': 'region-1',
    'node.kubernetes.io/instance-type': 'large',
    ...(isInRollout ? { 'upgrade.openeuler.org/node-selector': rolloutGroup } : {}),
  };
  const annotations = {
    'node.alpha.kubernetes.io/ttl': '0',
    'volumes.kubernetes.io/controller-managed-attach-detach': 'true',
  };
  const body = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels, annotations },
    spec: { podCIDR: `10.${index >> 8}.${index & 255}.0/24` },
    status: statusOf(name),
  };
  const path = '/api/v1/nodes';
  await api.request({ method: 'POST', path, body, deadlineSeconds: requestSeconds });
}

/** The report of the node's agent, as its proxy would write it. */
export async function reportAgent(api: ApiClient, index: number): Promise<void> {
  const name = nameOf(index);
  const digest = `sha256:${digestOf(name)}`;
  const nodePath = `/api/v1/nodes/${name}`;
  const node = (await api.request({ method: 'GET', path: nodePath })) as {
    readonly metadata: { readonly uid: string };
  };
  const slot = { version: firstVersion, payloadDigest: digest, slotDigest: digest };
  const agent = {
    apiVersion: 'v1',
    agentVersion: '0.1.0',
    capabilities: ['disk', 'rollback'],
    revision: 12,
    bootId: bootIdOf(name),
    bootedSlot: 'A',
    bootWhy: 'good',
    version: firstVersion,
    slots: {
      A: { ...slot, state: 'good', sizeBytes: 2 ** 32 },
      B: { ...slot, state: 'good', sizeBytes: 2 ** 32 },
    },
    seq: 3,
    held: false,
    warnings: [],
  };
  await api.request({
    method: 'PATCH',
    path: `/apis/upgrade.openeuler.org/v1alpha1/namespaces/default/osinstances/${name}/status`,
    contentType: 'application/merge-patch+json',
    body: { status: { nodeUid: node.metadata.uid, agent } },
    deadlineSeconds: requestSeconds,
  });
}

function statusOf(name: string): object {
  const resources = { cpu: '32', memory: '131072Mi', pods: '110', 'ephemeral-storage': '200Gi' };
  return {
    addresses: [
      { type: 'InternalIP', address: '192.0.2.1' },
      { type: 'Hostname', address: name },
    ],
    capacity: resources,
    allocatable: resources,
    conditions: [
      condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory'),
      condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure'),
      condition('PIDPressure', 'False', 'KubeletHasSufficientPID'),
      condition('Ready', 'True', 'KubeletReady'),
    ],
    daemonEndpoints: { kubeletEndpoint: { Port: 10_250 } },
    nodeInfo: {
      bootID: bootIdOf(name),
      osImage: firstVersion,
      machineID: digestOf(name).slice(0, 32),
      systemUUID: bootIdOf(`system of ${name}`),
      kernelVersion: '6.12.0',
      containerRuntimeVersion: 'containerd://2.1.4',
      kubeletVersion: 'v1.36.3',
      kubeProxyVersion: '',
      operatingSystem: 'linux',
      architecture: 'amd64',
    },
    images: Array.from({ length: imagesPerNode }, (_, index) => imageOf(index)),
  };
}

function condition(type: string, status: string, reason: string): object {
  const time = '2026-01-02T03:04:05Z';
  const message = `kubelet says ${reason}`;
  return { type, status, reason, message, lastHeartbeatTime: time, lastTransitionTime: time };
}

function imageOf(index: number): object {
  const name = `registry.example.org/a-team-with-a-name/some-service-${index}/container-image`;
  return {
    names: [`${name}@sha256:${digestOf(name)}`, `${name}:v1.${index}.0-build.${index * 7}`],
    sizeBytes: 50_000_000 + index,
  };
}

function bootIdOf(name: string): string {
  const digits = digestOf(name);
  return [8, 4, 4, 4, 12]
    .map((length, part) => digits.slice(part * 12, part * 12 + length))
    .join('-');
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
