/** A control plane with our kinds in it, and the connections of a test to it. */
import { resolve } from 'node:path';
import { applyRights, Helm, Logins, type ChartObject } from '@kubeos/chart';
import {
  startControlPlane,
  type ControlPlane,
  type OptionalComponent,
} from '@kubeos/control-plane';
import { hasCode, KubeosError } from '@kubeos/core';
import { createApiClient, loadKubeConfig, type ApiClient } from '@kubeos/kube';

/** A running control plane with what the tests opened on it. */
export interface TestCluster {
  readonly plane: ControlPlane;
  readonly api: ApiClient;
  /** Aborted at the end: everything that follows the cluster hangs on it. */
  readonly signal: AbortSignal;
  /** Takes what was started on `signal`, so that the end waits for it. */
  readonly follow: (running: Promise<void>) => void;
  readonly end: () => Promise<void>;
}

const crds = resolve(import.meta.dirname, '../../../charts/kubeos/files/crds');

/** Gives operator and proxies the rights that the chart gives them, and nothing else of it. */
export async function grantRights({ plane, api }: TestCluster): Promise<Rights> {
  const objects = await (await Helm.find(plane)).render();
  await applyRights(api, objects);
  return { objects, logins: new Logins(plane, api) };
}

/** What the chart has given. */
export interface Rights {
  /** Everything that the chart would make. */
  readonly objects: readonly ChartObject[];
  readonly logins: Logins;
}

/**
 * Starts etcd, API server and what is asked for, and teaches the server our kinds.
 *
 * @param teach brings them there; default: the files of the chart are applied
 */
export async function startTestCluster(
  components: readonly OptionalComponent[] = [],
  teach: (plane: ControlPlane) => Promise<void> = applyKinds,
): Promise<TestCluster> {
  const plane = await startControlPlane({ components });
  const api = createApiClient(loadKubeConfig(plane.kubeconfig));
  try {
    await teach(plane);
    await untilServed(api);
  } catch (error) {
    api.close();
    await plane.stop();
    throw error;
  }
  const abort = new AbortController();
  const running: Promise<void>[] = [];
  return {
    plane,
    api,
    signal: abort.signal,
    follow: (promise) => running.push(promise),
    async end() {
      abort.abort();
      await Promise.all(running);
      api.close();
      await plane.stop();
    },
  };
}

async function applyKinds(plane: ControlPlane): Promise<void> {
  await plane.run(['apply', '-f', crds]);
}

async function untilServed(api: ApiClient): Promise<void> {
  for (const kind of ['os', 'osinstances']) {
    const path = `/apis/upgrade.openeuler.org/v1alpha1/${kind}`;
    await eventually(`${kind} to be served`, async () => {
      try {
        await api.request({ method: 'GET', path });
        return true;
      } catch (error) {
        if (hasCode(error, 'NOT_FOUND', 'TOO_MANY_REQUESTS', 'API_UNAVAILABLE')) return false;
        throw error;
      }
    });
  }
}

/** Waits until the condition holds; fails after half a minute, naming what was waited for. */
export async function eventually(
  what: string,
  holds: () => boolean | Promise<boolean>,
): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new KubeosError('BUG', `Waited in vain for: ${what}`);
    await new Promise((resolve_) => setTimeout(resolve_, 20));
  }
}

/** Creates a Node as a kubelet would, and gives it the status of a Ready one. */
export async function createNode(
  api: ApiClient,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): Promise<void> {
  const body = { apiVersion: 'v1', kind: 'Node', metadata: { name, labels } };
  await api.request({ method: 'POST', path: '/api/v1/nodes', body });
  await api.request({
    method: 'PATCH',
    path: `/api/v1/nodes/${name}/status`,
    contentType: 'application/merge-patch+json',
    body: {
      status: {
        conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady', message: '' }],
        nodeInfo: nodeInfo('boot-1', 'KubeOS 1'),
      },
    },
  });
}

function nodeInfo(bootID: string, osImage: string): object {
  return {
    bootID,
    osImage,
    architecture: 'amd64',
    containerRuntimeVersion: 'containerd://2',
    kernelVersion: '6',
    kubeProxyVersion: '',
    kubeletVersion: 'v1.36.3',
    machineID: 'm',
    operatingSystem: 'linux',
    systemUUID: 's',
  };
}
