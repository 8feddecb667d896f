import { join } from 'node:path';

import { startControlPlane, type ControlPlane } from '@kubeos/control-plane';
import { hasCode } from '@kubeos/core';
import { repositoryFile } from '@kubeos/demo';
import { createApiClient, loadKubeConfig, type ApiClient } from '@kubeos/kube';

import type { CaseContext } from './case.ts';
import { until } from './until.ts';

/** etcd and an API server that knows our kinds. */
export interface BenchCluster {
  readonly plane: ControlPlane;
  readonly api: ApiClient;
}

/** Starts a control plane; `endings` stops it. */
export async function startCluster(
  { folder, say, signal }: CaseContext,
  endings: AsyncDisposableStack,
  apiserverFlags: readonly string[] = [],
): Promise<BenchCluster> {
  const plane = await startControlPlane({
    folder: join(folder, 'control-plane'),
    components: [],
    log: say,
    signal,
    apiserverFlags,
  });
  endings.defer(() => plane.stop());
  await plane.run([
    'apply',
    '--server-side',
    '--filename',
    repositoryFile('charts/kubeos/files/crds'),
  ]);
  const api = createApiClient(loadKubeConfig(plane.kubeconfig));
  endings.defer(() => api.close());
  for (const kind of ['os', 'osinstances']) {
    await until(`${kind} is served`, () => isServed(api, kind), { signal });
  }
  return { plane, api };
}

async function isServed(api: ApiClient, kind: string): Promise<boolean> {
  try {
    await api.request({ method: 'GET', path: `/apis/upgrade.openeuler.org/v1alpha1/${kind}` });
    return true;
  } catch (error) {
    // A definition is established before its storage can be read.
    if (hasCode(error, 'NOT_FOUND', 'TOO_MANY_REQUESTS', 'API_UNAVAILABLE')) return false;
    throw error;
  }
}
