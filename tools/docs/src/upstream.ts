/** What a cluster with upstream's KubeOS 1.0 holds, as far as a migration meets it. */

const group = 'upgrade.openeuler.org';
const text = { type: 'string' };
const namespace = 'upgrade-system';

const settings = {
  type: 'object',
  properties: {
    version: text,
    configs: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          model: text,
          configpath: text,
          contents: {
            type: 'array',
            items: {
              type: 'object',
              properties: {
                key: text,
                value: { 'x-kubernetes-preserve-unknown-fields': true },
                operation: text,
              },
            },
          },
        },
      },
    },
  },
};
const sets = { sysconfigs: settings, upgradeconfigs: settings };
const owner = { type: 'object', properties: { name: text, namespace: text } };

/** Fields and required ones of upstream's OS; its status is not in its schema. */
const osSpec = {
  type: 'object',
  required: [
    ...['osversion', 'opstype', 'imagetype', 'containerimage', 'imageurl', 'checksum'],
    ...['flagSafe', 'mtls', 'maxunavailable', 'evictpodforce'],
  ],
  properties: {
    ...{ osversion: text, opstype: text, imagetype: text, containerimage: text, imageurl: text },
    ...{ checksum: text, flagSafe: { type: 'boolean' }, mtls: { type: 'boolean' } },
    ...{ cacert: text, clientcert: text, clientkey: text },
    ...{ maxunavailable: { type: 'integer' }, evictpodforce: { type: 'boolean' } },
    nodeselector: { ...text, default: 'no-label' },
    executionmode: { ...text, default: 'parallel' },
    ...sets,
  },
};
const instanceSpec = {
  type: 'object',
  properties: { nodestatus: text, namespacedname: owner, ...sets },
};
const instanceStatus = { type: 'object', properties: sets };

function definition(kind: string, plural: string, properties: object): object {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      names: { kind, listKind: `${kind}List`, plural, singular: kind.toLowerCase() },
      scope: 'Namespaced',
      versions: [
        {
          name: 'v1alpha1',
          served: true,
          storage: true,
          subresources: { status: {} },
          schema: { openAPIV3Schema: { type: 'object', properties } },
        },
      ],
    },
  };
}

/** The definitions. */
export const upstreamDefinitions: readonly object[] = [
  definition('OS', 'os', { spec: osSpec }),
  definition('OSInstance', 'osinstances', { spec: instanceSpec, status: instanceStatus }),
];

function workload(kind: 'DaemonSet' | 'Deployment', name: string): object {
  const labels = { 'control-plane': name };
  const containers = [{ name, image: `registry.example.org/${name}` }];
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name, namespace, labels },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers } },
    },
  };
}

/** Its parts, with the rights that both share. */
export const upstreamParts: readonly object[] = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: 'upgrade-manager-role' },
    rules: [
      { apiGroups: [''], resources: ['nodes'], verbs: ['get', 'list', 'patch', 'update', 'watch'] },
      { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] },
      { apiGroups: [''], resources: ['pods/eviction'], verbs: ['create'] },
      {
        apiGroups: [group],
        resources: ['os', 'osinstances', 'os/status', 'osinstances/status'],
        verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
      },
    ],
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'upgrade-manager-rolebinding' },
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'upgrade-manager-role',
    },
    subjects: [{ kind: 'ServiceAccount', name: 'default', namespace }],
  },
  workload('Deployment', 'upgrade-operator'),
  workload('DaemonSet', 'upgrade-proxy'),
];

/** The service account of both parts. */
export const upstreamUser = `system:serviceaccount:${namespace}:default`;

/** What upstream's proxy makes for its node. */
export function upstreamInstance(node: string): object {
  const labels = { [`${group}/osinstance-node`]: node };
  const metadata = { name: node, namespace: 'default', labels };
  return {
    apiVersion: `${group}/v1alpha1`,
    kind: 'OSInstance',
    metadata,
    spec: { nodestatus: 'idle' },
  };
}

/** An object as upstream's guide has it, for nodes that run this version. */
export function upstreamOs(version: string): object {
  return {
    apiVersion: `${group}/v1alpha1`,
    kind: 'OS',
    metadata: { name: 'os-sample', namespace: 'default' },
    spec: {
      ...{ opstype: 'upgrade', osversion: version, imagetype: 'disk', containerimage: '' },
      ...{ imageurl: 'https://images.example.org/os.tar', checksum: '7e'.repeat(32) },
      ...{ flagSafe: false, mtls: false, cacert: 'ca.crt', maxunavailable: 1, evictpodforce: true },
    },
  };
}
