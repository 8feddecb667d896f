/** The part of the chart that says who may do what, applied without its workloads. */
import type { ApiClient } from '@kubeos/kube';
import { releaseNamespace } from './helm.ts';
import type { ChartObject } from './objects.ts';

/** Path of a kind from the root of the API, with `*` for the namespace. */
const collections: Readonly<Record<string, string>> = {
  Namespace: '/api/v1/namespaces',
  ServiceAccount: '/api/v1/namespaces/*/serviceaccounts',
  ClusterRole: '/apis/rbac.authorization.k8s.io/v1/clusterroles',
  ClusterRoleBinding: '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings',
  Role: '/apis/rbac.authorization.k8s.io/v1/namespaces/*/roles',
  RoleBinding: '/apis/rbac.authorization.k8s.io/v1/namespaces/*/rolebindings',
  ValidatingAdmissionPolicy: '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies',
  ValidatingAdmissionPolicyBinding:
    '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings',
};

/** Applies namespaces, service accounts, roles and policies of the rendered chart. */
export async function applyRights(api: ApiClient, objects: readonly ChartObject[]): Promise<void> {
  const home = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: releaseNamespace } };
  const rights = objects.filter(({ kind, metadata }) => {
    const isHook = metadata.annotations?.['helm.sh/hook'] !== undefined;
    return Object.hasOwn(collections, kind) && !isHook;
  });
  const isNamespace = ({ kind }: ChartObject): boolean => kind === 'Namespace';
  // Nothing can be put into a namespace before it is there.
  await applyAll(api, [home, ...rights.filter(isNamespace)]);
  await applyAll(
    api,
    rights.filter((object) => !isNamespace(object)),
  );
}

async function applyAll(api: ApiClient, objects: readonly ChartObject[]): Promise<void> {
  await Promise.all(
    objects.map(({ kind, metadata, ...rest }) => {
      const collection = collections[kind]?.replace('*', metadata.namespace ?? '') ?? '';
      return api.request({
        method: 'PATCH',
        path: `${collection}/${metadata.name}`,
        query: { fieldManager: 'helm', force: true },
        contentType: 'application/apply-patch+yaml',
        body: { kind, metadata, ...rest },
      });
    }),
  );
}

/** The DaemonSet of the proxies, for a cluster whose controllers are to make their pods. */
export function proxyDaemonSet(objects: readonly ChartObject[]): ChartObject {
  const found = objects.find(({ kind }) => kind === 'DaemonSet');
  if (found === undefined) throw new Error('The chart renders no DaemonSet');
  return found;
}
