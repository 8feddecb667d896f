/** Every right that there can be on an API server, and which of them an identity has. */
import type { ApiClient } from '@kubeos/kube';

/** One kind of request: a verb on a resource, with its group and subresource where there are any. */
export interface Right {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
}

interface Groups {
  readonly groups: readonly { readonly versions: readonly { readonly groupVersion: string }[] }[];
}

interface Resources {
  readonly resources: readonly { readonly name: string }[];
}

const verbs = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'];

/** Rights that no resource of the discovery tells of: those by which an identity becomes another one. */
const hidden: readonly Right[] = [
  ...['users', 'groups', 'serviceaccounts'].map((resource) => ({
    verb: 'impersonate',
    group: '',
    resource,
  })),
  ...['roles', 'clusterroles'].flatMap((resource) =>
    ['bind', 'escalate'].map((verb) => ({
      verb,
      group: 'rbac.authorization.k8s.io',
      resource,
    })),
  ),
  { verb: 'approve', group: 'certificates.k8s.io', resource: 'signers' },
];

/** What the server serves, with every verb, whether the resource knows it or not. */
export async function everyRight(api: ApiClient): Promise<readonly Right[]> {
  const get = (path: string): Promise<unknown> => api.request({ method: 'GET', path });
  const { groups } = (await get('/apis')) as Groups;
  const named = groups.flatMap(({ versions }) => versions.map(({ groupVersion }) => groupVersion));
  const lists = await Promise.all(
    ['/api/v1', ...named.map((name) => `/apis/${name}`)].map(async (path) => {
      const [, , group = ''] = path.startsWith('/apis/') ? path.split('/') : [];
      const { resources } = (await get(path)) as Resources;
      return resources.map(({ name }) => ({ group, name }));
    }),
  );
  const names = new Map(lists.flat().map((one) => [`${one.group}/${one.name}`, one]));
  const served = [...names.values()].flatMap(({ group, name }) => {
    const [resource = '', subresource] = name.split('/');
    return verbs.map((verb) => ({
      verb,
      group,
      resource,
      ...(subresource === undefined ? {} : { subresource }),
    }));
  });
  return [...served, ...hidden];
}

/** As the tables of the tests write it: `patch nodes`, `create pods/eviction`, `get leases.coordination.k8s.io`. */
function rightText({ verb, group, resource, subresource }: Right): string {
  const type = group === '' ? resource : `${resource}.${group}`;
  return `${verb} ${type}${subresource === undefined ? '' : `/${subresource}`}`;
}

/** Which of the rights the caller has in a namespace, on objects of no particular name. */
export async function rightsOf(
  api: ApiClient,
  namespace: string,
  rights: readonly Right[],
): Promise<readonly string[]> {
  const held: string[] = [];
  const queue = [...rights];
  // As many at a time as the server works on without making the others wait.
  await Promise.all(
    Array.from({ length: 16 }, async () => {
      for (let right = queue.pop(); right !== undefined; right = queue.pop()) {
        if (await mayCaller(api, { ...right, namespace })) held.push(rightText(right));
      }
    }),
  );
  return held.sort();
}

/** What the API server itself answers the caller. */
export async function mayCaller(
  api: ApiClient,
  resourceAttributes: Right & { readonly namespace: string; readonly name?: string },
): Promise<boolean> {
  const answer = await api.request({
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    body: {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes },
    },
  });
  return (answer as { readonly status: { readonly allowed: boolean } }).status.allowed;
}
