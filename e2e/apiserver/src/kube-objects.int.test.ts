import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  operationFinalizer,
  schemaRevision,
  type ClusterApi,
  type Condition,
  type NodeView,
  type Os,
  type OsInstance,
} from '@kubeos/core';
import { createClock, createCluster, type Cluster } from '@kubeos/kube';
import { describeClusterApi, silentLog } from '@kubeos/testing';
import { createNode, eventually, startTestCluster, type TestCluster } from './cluster.fixture.ts';
import { instanceSpec, osStatus, time } from './full-objects.ts';

let test: TestCluster;
let cluster: Cluster;
let api: ClusterApi;

async function nodeOf(name: string): Promise<NodeView> {
  const node = await api.getNode(name);
  if (node === undefined) throw new Error(`no node ${name}`);
  return node;
}

async function newInstance(name: string): Promise<OsInstance> {
  await createNode(test.api, name);
  return api.createInstance(await nodeOf(name), { nodestatus: 'idle' });
}

async function newOs(name: string): Promise<Os> {
  const body = {
    apiVersion: 'upgrade.openeuler.org/v1alpha1',
    kind: 'OS',
    metadata: { name, namespace: 'default' },
    spec: { opstype: 'rollback', osversion: 'KubeOS 1', maxunavailable: 1 },
  };
  const path = '/apis/upgrade.openeuler.org/v1alpha1/namespaces/default/os';
  await test.api.request({ method: 'POST', path, body });
  const os = await api.getOs('default', name);
  if (os === undefined) throw new Error(`no OS ${name}`);
  return os;
}

beforeAll(async () => {
  test = await startTestCluster(['controller-manager']);
  cluster = createCluster({
    api: test.api,
    clock: createClock(),
    log: silentLog,
    identity: 'operator-test',
  });
  api = cluster.api;
  test.follow(cluster.run(test.signal));
});

afterAll(() => test.end());

describeClusterApi('on a real API server', () => ({
  api,
  cache: cluster.cache,
  addNode: (name) => createNode(test.api, name),
  addOs: async (name) => {
    await newOs(name);
  },
  addPod: async (node, name) => {
    const spec = { nodeName: node, containers: [{ name: 'c', image: 'i' }] };
    const body = { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec };
    await test.api.request({ method: 'POST', path: '/api/v1/namespaces/default/pods', body });
  },
  report: async (node, conditions) => {
    await test.api.request({
      method: 'PATCH',
      path: `/apis/upgrade.openeuler.org/v1alpha1/namespaces/default/osinstances/${node}/status`,
      query: { fieldManager: 'kubeos-proxy' },
      contentType: 'application/merge-patch+json',
      body: { status: { conditions } },
    });
  },
}));

describe('reads', () => {
  it('tells the schema revision of the served kinds', async () => {
    expect(await api.servedSchemaRevision()).toBe(schemaRevision);
  });

  it('reads a Node by what decisions look at', async () => {
    await createNode(test.api, 'plain', { 'upgrade.openeuler.org/node-selector': 'x', other: 'y' });

    expect(await nodeOf('plain')).toMatchObject({
      name: 'plain',
      labels: { 'upgrade.openeuler.org/node-selector': 'x' },
      ready: true,
      bootId: 'boot-1',
      osImage: 'KubeOS 1',
      unschedulable: false,
      unschedulableIsOurs: false,
      deleting: false,
    });
  });

  it('sees a renewal of a node lease', async () => {
    const path = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';
    const renew = async (renewTime: string): Promise<string | undefined> => {
      await test.api.request({
        method: 'PATCH',
        path: `${path}/leased`,
        query: { fieldManager: 'kubelet' },
        contentType: 'application/apply-patch+yaml',
        body: {
          apiVersion: 'coordination.k8s.io/v1',
          kind: 'Lease',
          metadata: { name: 'leased', namespace: 'kube-node-lease' },
          spec: { holderIdentity: 'leased', renewTime },
        },
      });
      return api.getNodeLease('leased');
    };
    const first = await renew('2026-01-01T00:00:00.000000Z');

    expect(first).toBeDefined();
    expect(await api.getNodeLease('leased')).toBe(first);
    expect(await renew('2026-01-01T00:00:10.000000Z')).not.toBe(first);
  });
});

describe('instances', () => {
  it('are created once, owned by their Node, and everything that is written is read back', async () => {
    const created = await newInstance('i1');
    const node = await nodeOf('i1');

    expect(created).toMatchObject({ name: 'i1', ownerUid: node.uid, spec: { nodestatus: 'idle' } });
    await expect(api.createInstance(node, { nodestatus: 'idle' })).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    const written = await api.writeInstance(created, instanceSpec, true);
    expect(written.spec).toEqual(instanceSpec);
    expect(written.finalizers).toEqual([operationFinalizer]);
  });

  it('are adopted beside what owns them already, unless they have changed meanwhile', async () => {
    const { name } = await newInstance('i9');
    const path = `/apis/upgrade.openeuler.org/v1alpha1/namespaces/default/osinstances/${name}`;
    const { uid } = await newOs('owner');
    const other = { apiVersion: 'upgrade.openeuler.org/v1alpha1', kind: 'OS', name: 'owner', uid };
    const body = { metadata: { ownerReferences: [other] } };
    const contentType = 'application/merge-patch+json';
    await test.api.request({ method: 'PATCH', path, contentType, body });
    const ownerless = await api.getInstance(name);
    if (ownerless === undefined) throw new Error('no instance');
    expect(ownerless.ownerUid).toBeUndefined();

    const node = await nodeOf(name);
    const adopted = await api.adoptInstance(node, ownerless);
    expect(adopted).toMatchObject({ uid: ownerless.uid, ownerUid: node.uid });
    await expect(api.adoptInstance(node, ownerless)).rejects.toMatchObject({ code: 'CONFLICT' });
    const stored = await test.api.request({ method: 'GET', path });
    expect(JSON.stringify(stored)).toContain(uid);
  });

  it('lose whatever a new spec does not have', async () => {
    const written = await api.writeInstance(await newInstance('i2'), instanceSpec, true);

    const idle = await api.writeInstance(written, { nodestatus: 'idle' }, false);
    expect(idle.spec).toEqual({ nodestatus: 'idle' });
    expect(idle.finalizers).toEqual([]);
  });

  it('B-22: are not written over by one who read an older version', async () => {
    const first = await newInstance('i3');
    await api.writeInstance(first, instanceSpec, true);

    await expect(api.writeInstance(first, { nodestatus: 'idle' }, false)).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    const stale: Condition = {
      ...{ type: 'Admitted', status: 'True', reason: 'Stale', message: '' },
      lastTransitionTime: time,
    };
    await expect(api.applyInstanceConditions(first, [stale])).rejects.toMatchObject({
      code: 'CONFLICT',
    });
  });

  it('B-29: go with their Node, whoever watches, and an open one when its finalizer is taken off', async () => {
    await newInstance('i5');
    const open = await api.writeInstance(await newInstance('i6'), instanceSpec, true);
    await test.plane.run(['delete', 'node', 'i5', 'i6']);

    await eventually('i5 to go', async () => (await api.getInstance('i5')) === undefined);
    await eventually(
      'i6 to be deleted',
      async () => (await api.getInstance('i6'))?.deleting === true,
    );
    await expect(api.deleteInstance(open)).rejects.toMatchObject({ code: 'CONFLICT' });
    const deleting = await api.getInstance('i6');
    if (deleting !== undefined) await api.deleteInstance(deleting);
    expect(await api.getInstance('i6')).toBeUndefined();
  });
});

describe('OS objects', () => {
  it('keep a whole status, and only the one who read the last version writes it', async () => {
    const os = await newOs('o1');
    const written = await api.writeOsStatus(os, osStatus);

    expect(written.status).toEqual(osStatus);
    await expect(api.writeOsStatus(os, {})).rejects.toMatchObject({ code: 'CONFLICT' });
    expect((await api.writeOsStatus(written, { nodes: 1 })).status).toEqual({ nodes: 1 });
  });
});

describe('events', () => {
  it('are written for objects with and without a namespace, and cut to what the server takes', async () => {
    await createNode(test.api, 'v1');
    const node = await nodeOf('v1');
    const about = { kind: 'Node', name: 'v1', uid: node.uid } as const;

    await api.emit({ about, type: 'Normal', reason: 'Cordoned', message: 'x'.repeat(5000) });
    await api.emit({
      about: { kind: 'OS', namespace: 'default', name: 'o', uid: 'u' },
      type: 'Warning',
      reason: 'Invalid',
      message: 'm',
    });
    const reasons = await test.plane.run(['get', 'events', '-o', 'jsonpath={.items[*].reason}']);
    expect(reasons.split(' ')).toEqual(expect.arrayContaining(['Cordoned', 'Invalid']));
  });

  it('become a series when they are told again, which kubectl counts', async () => {
    const about = { kind: 'OS', namespace: 'default', name: 'again', uid: 'u2' } as const;
    const event = { about, type: 'Warning', reason: 'DrainTimeout', message: 'm' } as const;
    const told = async (): Promise<string> =>
      test.plane.run([
        ...['get', 'events', '--field-selector=involvedObject.name=again'],
        ...['-o', 'jsonpath={range .items[*]}{.reason} {.series.count}{"\\n"}{end}'],
      ]);

    for (let times = 0; times < 3; times += 1) await api.emit(event);
    expect((await told()).trim().split('\n')).toEqual(['DrainTimeout 3']);

    await test.plane.run(['delete', 'events', '--field-selector=involvedObject.name=again']);
    await api.emit(event);
    expect((await told()).trim().split('\n')).toEqual(['DrainTimeout']);
  });
});

describe('the caches', () => {
  it('come to hold our own writes', async () => {
    const instance = await newInstance('c2');
    const written = await api.writeInstance(instance, { nodestatus: 'upgrade' }, false);

    await eventually('the write to arrive', () => cluster.cache.holdsOwnWrites());
    expect(cluster.cache.instance('c2')?.resourceVersion).toBe(written.resourceVersion);
  });

  it('do not wait for an object that is gone', async () => {
    const instance = await newInstance('c3');
    await api.writeInstance(instance, { nodestatus: 'upgrade' }, false);
    await test.plane.run(['delete', 'osinstance', 'c3', '-n', 'default']);

    await eventually('the deletion to arrive', () => cluster.cache.holdsOwnWrites());
    expect(cluster.cache.instance('c3')).toBeUndefined();
  });

  it('are refused as outdated when the served kinds carry no revision', async () => {
    const kind = ['crd', 'osinstances.upgrade.openeuler.org'];
    const annotation = 'upgrade.openeuler.org/schema-revision';
    await test.plane.run(['annotate', ...kind, `${annotation}-`]);
    expect(await api.servedSchemaRevision()).toBe(0);
    await test.plane.run(['annotate', ...kind, `${annotation}=1`]);
  });
});
