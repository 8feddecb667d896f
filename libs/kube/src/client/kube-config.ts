/** Where the API server is and who we are. */
import { KubeosError } from '@kubeos/core';
import { KubeConfig } from '@kubernetes/client-node';

/**
 * Loads the kubeconfig at this path, or without one the service account of the pod. Throws `INVALID_CONFIGURATION`
 * when it cannot be read, and outside a pod.
 */
export function loadKubeConfig(path: string | undefined): KubeConfig {
  const config = new KubeConfig();
  try {
    if (path === undefined) config.loadFromCluster();
    else config.loadFromFile(path);
  } catch (cause) {
    throw new KubeosError(
      'INVALID_CONFIGURATION',
      `Cannot read the kubeconfig ${path ?? 'of the pod'}`,
      { cause },
    );
  }
  // Outside a pod the address is made of variables that are not set.
  if (path === undefined && !URL.canParse(config.getCurrentCluster()?.server ?? '')) {
    throw new KubeosError(
      'INVALID_CONFIGURATION',
      'This is no pod of a cluster, and no kubeconfig is named (--kubeconfig)',
    );
  }
  return config;
}
