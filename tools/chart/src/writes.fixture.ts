/** Writes that are really made: where RBAC lets something through, admission decides by what is in it. */
import { operatorConditionTypes } from '@kubeos/core';
import type { ApiClient, ApiRequest } from '@kubeos/kube';

const group = '/apis/upgrade.openeuler.org/v1alpha1/namespaces/default';
const own = (path: string): string => `${group}/osinstances/${path}`;
const merge = { contentType: 'application/merge-patch+json' };

function patch(path: string, body: object): ApiRequest {
  return { method: 'PATCH', path, body, ...merge };
}

const condition = (type: string) => ({
  ...{ type, status: 'True', reason: 'Told', message: '' },
  lastTransitionTime: '2026-01-02T03:04:05Z',
});

const operatorsConditions = Array.from(operatorConditionTypes, condition);

const node = (body: object): ApiRequest => patch('/api/v1/nodes/n1', body);
const os = (body: object): ApiRequest => patch(`${group}/os/web`, body);
const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', namespace: 'default' },
  spec: { containers: [{ name: 'c', image: 'i' }] },
};
const eviction = {
  apiVersion: 'policy/v1',
  kind: 'Eviction',
  metadata: { name: 'shop', namespace: 'default' },
};

/** A request and, where it is refused, a part of the reason. */
export type Attempt = readonly [what: string, request: ApiRequest, refusal?: string];

/** By whom: the pod of a proxy on node n1. */
export const proxyAttempts: readonly Attempt[] = [
  ['reports for its own node', patch(own('n1/status'), { status: { proxyVersion: '1' } })],
  [
    'keeps the conditions that are its own',
    patch(own('n1/status'), {
      status: { conditions: [...operatorsConditions, condition('UpToDate')] },
    }),
  ],
  [
    'reports for another node',
    patch(own('n2/status'), { status: { proxyVersion: '1' } }),
    'os-proxy of node n1 may not write the OSInstance of n2',
  ],
  ...operatorsConditions.map(({ type }): Attempt => {
    const others = operatorsConditions.filter((other) => other.type !== type);
    return [
      `takes the condition ${type} away`,
      patch(own('n1/status'), { status: { conditions: [...others, condition('UpToDate')] } }),
      'may not change the conditions Admitted, Drained and Progressing',
    ];
  }),
  [
    'tells its own node what to do',
    patch(own('n1'), { spec: { nodestatus: 'idle' } }),
    'cannot patch',
  ],
  ['takes its own object away', { method: 'DELETE', path: own('n1') }, 'cannot delete'],
  ['changes what is wanted', os({ spec: { paused: true } }), 'cannot patch'],
  [
    'says how far a rollout is',
    patch(`${group}/os/web/status`, { status: { nodes: 1 } }),
    'cannot patch',
  ],
  ['uncordons its own node', node({ spec: { unschedulable: false } }), 'cannot patch'],
  [
    'labels another node',
    patch('/api/v1/nodes/n2', { metadata: { labels: { a: 'b' } } }),
    'cannot patch',
  ],
  ['reads nodes', { method: 'GET', path: '/api/v1/nodes' }, 'cannot list'],
  ['reads pods', { method: 'GET', path: '/api/v1/pods' }, 'cannot list'],
  [
    'makes a pod',
    { method: 'POST', path: '/api/v1/namespaces/default/pods', body: pod },
    'cannot create',
  ],
  [
    'evicts a pod',
    { method: 'POST', path: '/api/v1/namespaces/default/pods/shop/eviction', body: eviction },
    'cannot create',
  ],
  ['reads secrets', { method: 'GET', path: '/api/v1/namespaces/default/secrets' }, 'cannot list'],
  [
    'takes the token of the operator',
    {
      method: 'POST',
      path: '/api/v1/namespaces/kubeos-system/serviceaccounts/os-operator/token',
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} },
    },
    'cannot create',
  ],
];

const cordon = {
  metadata: {
    annotations: { 'upgrade.openeuler.org/cordon': 'o' },
    labels: { 'upgrade.openeuler.org/upgrading': '', 'upgrade.openeuler.org/serial': '' },
  },
  spec: { unschedulable: true },
};
const uncordon = {
  metadata: {
    annotations: { 'upgrade.openeuler.org/cordon': null },
    labels: { 'upgrade.openeuler.org/upgrading': null, 'upgrade.openeuler.org/serial': null },
  },
  spec: { unschedulable: null },
};

/** By the operator. They are made in this order. */
export const operatorAttempts: readonly Attempt[] = [
  ['cordons a node with its marks', node(cordon)],
  ['gives it back', node(uncordon)],
  ['labels a node', node({ metadata: { labels: { a: 'b' } } }), 'those of its own work alone'],
  [
    'takes a label off',
    node({ metadata: { labels: { zone: null } } }),
    'those of its own work alone',
  ],
  ['changes a label', node({ metadata: { labels: { zone: 'b' } } }), 'those of its own work alone'],
  [
    'takes the hold off a node',
    node({ metadata: { annotations: { 'upgrade.openeuler.org/hold': null } } }),
    'that of its own cordon alone',
  ],
  [
    'annotates a node',
    node({ metadata: { annotations: { a: 'b' } } }),
    'that of its own cordon alone',
  ],
  [
    'taints a node',
    node({ spec: { taints: [{ key: 'a', effect: 'NoExecute' }] } }),
    'unschedulable alone',
  ],
  ['names the machine of a node', node({ spec: { providerID: 'x' } }), 'unschedulable alone'],
  [
    'holds a node with a finalizer',
    node({ metadata: { finalizers: ['a.example.org/b'] } }),
    'neither finalizers nor owners',
  ],
  [
    'says that a node is Ready',
    patch('/api/v1/nodes/n1/status', {
      status: { conditions: [{ type: 'Ready', status: 'True' }] },
    }),
    'cannot patch',
  ],
  ['deletes a node', { method: 'DELETE', path: '/api/v1/nodes/n1' }, 'cannot delete'],
  ['puts its finalizer on', os({ metadata: { finalizers: ['upgrade.openeuler.org/operation'] } })],
  ['takes its finalizer off', os({ metadata: { finalizers: null } })],
  ['says how far a rollout is', patch(`${group}/os/web/status`, { status: { nodes: 1 } })],
  ['pauses a rollout', os({ spec: { paused: true } }), 'may not change the spec'],
  [
    'changes a value in the settings of a rollout',
    os({ spec: { sysconfigs: settings('2') } }),
    'may not change the spec',
  ],
  ['labels what is wanted', os({ metadata: { labels: { a: 'b' } } }), 'may not change labels'],
  [
    'holds it with another finalizer',
    os({ metadata: { finalizers: ['a.example.org/b'] } }),
    'its own alone',
  ],
  ['deletes what is wanted', { method: 'DELETE', path: `${group}/os/web` }, 'cannot delete'],
  [
    'deletes a pod',
    { method: 'DELETE', path: '/api/v1/namespaces/default/pods/shop' },
    'cannot delete',
  ],
  ['reads secrets', { method: 'GET', path: '/api/v1/secrets' }, 'cannot list'],
  [
    'evicts a pod',
    { method: 'POST', path: '/api/v1/namespaces/default/pods/shop/eviction', body: eviction },
  ],
];

function settings(value: string): object {
  const contents = [{ key: 'vm.swappiness', value }];
  return { version: '1', configs: [{ model: 'kernel.sysctl', contents }] };
}

/** Makes the objects that the attempts are about. */
export async function fill(api: ApiClient): Promise<void> {
  const kubeos = { apiVersion: 'upgrade.openeuler.org/v1alpha1' };
  const namespace = 'default';
  for (const name of ['n1', 'n2']) {
    const labels = { zone: 'a' };
    const annotations = { 'upgrade.openeuler.org/hold': '' };
    const metadata = { name, labels, annotations };
    await api.request({
      method: 'POST',
      path: '/api/v1/nodes',
      body: { apiVersion: 'v1', kind: 'Node', metadata },
    });
    const instance = {
      ...kubeos,
      kind: 'OSInstance',
      metadata: { name, namespace },
      spec: { nodestatus: 'idle' },
    };
    await api.request({ method: 'POST', path: own(''), body: instance });
    await api.request(
      patch(own(`${name}/status`), { status: { conditions: operatorsConditions } }),
    );
  }
  const spec = {
    ...{ opstype: 'rollback', osversion: 'KubeOS 1', maxunavailable: 0 },
    sysconfigs: settings('1'),
  };
  const wanted = { ...kubeos, kind: 'OS', metadata: { name: 'web', namespace }, spec };
  await api.request({ method: 'POST', path: `${group}/os`, body: wanted });
  const shop = { ...pod, metadata: { name: 'shop', namespace } };
  await api.request({ method: 'POST', path: '/api/v1/namespaces/default/pods', body: shop });
}
