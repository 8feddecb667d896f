/** A control plane with our kinds and the rights of the chart, for the tests of this folder. */
import { join } from 'node:path';
import {
  startControlPlane,
  type ControlPlane,
  type OptionalComponent,
} from '@kubeos/control-plane';
import { hasCode, KubeosError } from '@kubeos/core';
import { createApiClient, loadKubeConfig, type ApiClient } from '@kubeos/kube';
import { chartFolder, Helm } from './helm.ts';

/** What a file of tests shares. */
export interface ChartCluster {
  readonly plane: ControlPlane;
  /** Of an administrator. */
  readonly api: ApiClient;
  readonly helm: Helm;
  readonly end: () => Promise<void>;
}

/** Starts etcd, API server and what is asked for. Nothing of the chart is there yet. */
export async function startChartCluster(
  components: readonly OptionalComponent[] = [],
): Promise<ChartCluster> {
  const plane = await startControlPlane({ components });
  const api = createApiClient(loadKubeConfig(plane.kubeconfig));
  return {
    plane,
    api,
    helm: await Helm.find(plane),
    async end() {
      api.close();
      await plane.stop();
    },
  };
}

/** Lets the API server serve our kinds. */
export async function teachKinds({ plane, api }: ChartCluster): Promise<void> {
  await plane.run(['apply', '--server-side', '-f', join(chartFolder, 'files/crds')]);
  for (const kind of ['os', 'osinstances']) {
    await until(`${kind} to be served`, () => isServed(api, kind));
  }
}

async function isServed(api: ApiClient, kind: string): Promise<boolean> {
  try {
    await api.request({ method: 'GET', path: `/apis/upgrade.openeuler.org/v1alpha1/${kind}` });
    return true;
  } catch (error) {
    if (hasCode(error, 'NOT_FOUND', 'TOO_MANY_REQUESTS', 'API_UNAVAILABLE')) return false;
    throw error;
  }
}

/** Waits until the condition holds; fails after a minute, naming what was waited for. */
export async function until(what: string, holds: () => unknown, seconds = 60): Promise<void> {
  const deadline = performance.now() + seconds * 1000;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new KubeosError('BUG', `Waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
