/** What somebody has in hand who has broken into the pod of a proxy. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { VmCluster } from '@kubeos/cluster';
import { tokenKubeconfig } from '@kubeos/control-plane';
import { hasCode } from '@kubeos/core';
import { createApiClient, loadKubeConfig, type ApiRequest } from '@kubeos/kube';

/** What the pod of a proxy sees, and what the API server makes of requests with the token that is mounted in it. */
export interface StolenIdentity {
  /** Folders and files of the node that the container sees, beside those that kubelet makes for every container. */
  readonly mounts: readonly string[];
  readonly allowed: readonly string[];
  readonly refused: readonly string[];
}

const proxies = '--namespace=kubeos-proxy';
const tokenFile = '/var/run/secrets/kubernetes.io/serviceaccount/token';
const instances = '/apis/upgrade.openeuler.org/v1alpha1/namespaces/default/osinstances';

/** Given by kubelet and containerd to every container, and by the kernel. */
const everybodys =
  /^\/(?:$|proc|sys|dev|etc\/(?:hosts|hostname|resolv\.conf)$|(?:var\/)?run\/secrets\/kubernetes\.io)/u;

/** Requests that a proxy has no need for, and one that it has. */
function requests(node: string, other: string): readonly (readonly [string, ApiRequest])[] {
  const patch = (path: string, body: object): ApiRequest => ({
    ...{ method: 'PATCH', path, body, contentType: 'application/merge-patch+json' },
  });
  const report = { status: {} };
  const spec = { spec: { nodestatus: 'idle' } };
  return [
    ['own status', patch(`${instances}/${node}/status`, report)],
    ['own spec', patch(`${instances}/${node}`, spec)],
    ['status of another node', patch(`${instances}/${other}/status`, report)],
    ['own Node', patch(`/api/v1/nodes/${node}`, { spec: { unschedulable: true } })],
    ['another Node', patch(`/api/v1/nodes/${other}`, { spec: { unschedulable: true } })],
    ['secrets', { method: 'GET', path: '/api/v1/secrets' }],
    ['pods', { method: 'GET', path: '/api/v1/pods' }],
    [
      'the OS',
      patch('/apis/upgrade.openeuler.org/v1alpha1/namespaces/default/os/fleet', {
        spec: { paused: true },
      }),
    ],
  ];
}

/** Takes the token out of the pod on a node, and tries what it is good for. */
export async function stealIdentity(
  { plane }: VmCluster,
  node: string,
  other: string,
): Promise<StolenIdentity> {
  const selector = [`--field-selector=spec.nodeName=${node}`, '--output=name'];
  const pod = (await plane.run(['get', 'pods', proxies, ...selector])).trim();
  // There is no shell in the image.
  const read = async (file: string): Promise<string> => {
    const program = `process.stdout.write(require('fs').readFileSync(${JSON.stringify(file)}))`;
    return plane.run(['exec', proxies, pod, '--', '/usr/bin/node', '-e', program]);
  };
  const mounts = (await read('/proc/self/mountinfo'))
    .trimEnd()
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .filter((path) => !everybodys.test(path));
  const kubeconfig = join(plane.folder, 'stolen.kubeconfig');
  const { server, caFile } = plane;
  await writeFile(kubeconfig, tokenKubeconfig({ server, caFile, token: await read(tokenFile) }), {
    mode: 0o600,
  });
  const api = createApiClient(loadKubeConfig(kubeconfig));
  const allowed: string[] = [];
  const refused: string[] = [];
  try {
    for (const [what, request] of requests(node, other)) {
      const isAllowed = await api.request(request).then(
        () => true,
        (error: unknown) => {
          if (hasCode(error, 'FORBIDDEN', 'API_REJECTED')) return false;
          throw error;
        },
      );
      (isAllowed ? allowed : refused).push(what);
    }
  } finally {
    api.close();
  }
  return { mounts, allowed, refused };
}
