import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  cordonAnnotation,
  hasCode,
  upgradingLabel,
  type ClusterApi,
  type NodeChange,
  type NodeView,
  type PodView,
} from '@kubeos/core';
import { createClock, createCluster } from '@kubeos/kube';
import { silentLog } from '@kubeos/testing';
import { createNode, eventually, startTestCluster, type TestCluster } from './cluster.fixture.ts';

let test: TestCluster;
let api: ClusterApi;

async function nodeOf(name: string): Promise<NodeView> {
  const node = await api.getNode(name);
  if (node === undefined) throw new Error(`no node ${name}`);
  return node;
}

/** The node controller writes Nodes too: a change that met it is decided on again. */
async function change(name: string, wanted: NodeChange): Promise<NodeView> {
  for (;;) {
    try {
      return await api.changeNode(await nodeOf(name), wanted);
    } catch (error) {
      if (!hasCode(error, 'CONFLICT')) throw error;
    }
  }
}

async function podOn(node: string, name: string, spec: object = {}): Promise<void> {
  const body = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { app: name } },
    spec: { nodeName: node, containers: [{ name: 'c', image: 'i' }], ...spec },
  };
  await test.api.request({ method: 'POST', path: '/api/v1/namespaces/default/pods', body });
}

async function onlyPod(node: string): Promise<PodView> {
  const [pod] = await api.listPods(node);
  if (pod === undefined) throw new Error(`no pod on ${node}`);
  return pod;
}

beforeAll(async () => {
  test = await startTestCluster(['controller-manager']);
  api = createCluster({ api: test.api, clock: createClock(), log: silentLog, identity: 't' }).api;
});

afterAll(() => test.end());

describe('nodes', () => {
  it('are cordoned with ownership and labels in one write, and given back in one', async () => {
    await createNode(test.api, 'n1');
    const cordoned = await change('n1', {
      unschedulable: true,
      annotations: { [cordonAnnotation]: 'os/op' },
      labels: { [upgradingLabel]: '' },
    });

    expect(cordoned).toMatchObject({
      unschedulable: true,
      unschedulableIsOurs: true,
      annotations: { [cordonAnnotation]: 'os/op' },
      labels: { [upgradingLabel]: '' },
    });
    const released = await change('n1', {
      unschedulable: false,
      annotations: { [cordonAnnotation]: null },
      labels: { [upgradingLabel]: null },
    });
    expect(released).toMatchObject({
      unschedulable: false,
      unschedulableIsOurs: false,
      annotations: {},
      labels: {},
    });
  });

  it('keep our annotation and label when a cordon that was taken off is put on again', async () => {
    await createNode(test.api, 'n4');
    await change('n4', {
      unschedulable: true,
      annotations: { [cordonAnnotation]: 'os/op' },
      labels: { [upgradingLabel]: '' },
    });
    await test.plane.run(['uncordon', 'n4']);

    expect(await change('n4', { unschedulable: true })).toMatchObject({
      unschedulableIsOurs: true,
      annotations: { [cordonAnnotation]: 'os/op' },
      labels: { [upgradingLabel]: '' },
    });
  });

  it('tell our cordon also where nobody had tracked the fields', async () => {
    await createNode(test.api, 'n5');
    const strip = '{"metadata":{"managedFields":[{}]}}';
    await test.plane.run(['patch', 'node', 'n5', '--type=merge', '-p', strip]);

    const node = await change('n5', { unschedulable: true });
    expect(node.unschedulableIsOurs).toBe(true);
  });

  it('are not taken over by cordoning what is cordoned', async () => {
    await createNode(test.api, 'n6');
    await test.plane.run(['cordon', 'n6']);

    const node = await change('n6', {
      unschedulable: true,
      annotations: { [cordonAnnotation]: 'os/op' },
    });
    expect(node).toMatchObject({ unschedulable: true, unschedulableIsOurs: false });
  });

  it('tell a cordon that somebody else has put on, also on top of ours', async () => {
    await createNode(test.api, 'n2');
    await test.plane.run(['cordon', 'n2']);
    expect(await nodeOf('n2')).toMatchObject({ unschedulable: true, unschedulableIsOurs: false });

    await test.plane.run(['uncordon', 'n2']);
    await change('n2', { unschedulable: true });
    await test.plane.run(['uncordon', 'n2']);
    await test.plane.run(['cordon', 'n2']);
    expect(await nodeOf('n2')).toMatchObject({ unschedulable: true, unschedulableIsOurs: false });
  });

  it('are not changed by one who read an older version', async () => {
    await createNode(test.api, 'n3');
    const stale = await nodeOf('n3');
    await test.plane.run(['label', 'node', 'n3', 'x=y']);

    await expect(api.changeNode(stale, { unschedulable: true })).rejects.toMatchObject({
      code: 'CONFLICT',
    });
  });
});

describe('evictions', () => {
  it('are of exactly the pod that was looked at', async () => {
    await createNode(test.api, 'e1');
    await podOn('e1', 'web');
    const pod = await onlyPod('e1');

    expect(await api.evict({ ...pod, uid: 'another' })).toEqual({ kind: 'gone' });
    expect(await api.evict({ ...pod, name: 'none' })).toEqual({ kind: 'gone' });
    expect((await onlyPod('e1')).deleting).toBe(false);
    expect(await api.evict(pod)).toEqual({ kind: 'evicted' });
    await eventually('the pod to go', async () => {
      const [left] = await api.listPods('e1');
      return left === undefined || left.deleting;
    });
  });

  it('are refused by a budget, which can be read', async () => {
    await createNode(test.api, 'e2');
    await podOn('e2', 'guarded');
    const path = '/apis/policy/v1/namespaces/default/poddisruptionbudgets';
    const body = {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'guard' },
      spec: { minAvailable: 1, selector: { matchLabels: { app: 'guarded' } } },
    };
    await test.api.request({ method: 'POST', path, body });
    await eventually('the budget to be computed', async () => {
      const [budget] = await api.listBudgets(['default']);
      return budget?.observed === true;
    });

    const running = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
    await test.api.request({
      method: 'PATCH',
      path: '/api/v1/namespaces/default/pods/guarded/status',
      contentType: 'application/merge-patch+json',
      body: { status: running },
    });
    expect(await api.evict(await onlyPod('e2'))).toMatchObject({ kind: 'blocked' });
    const [budget] = await api.listBudgets(['default', 'kube-system']);
    expect(budget).toMatchObject({
      name: 'guard',
      disruptionsAllowed: 0,
      selector: { matchLabels: { app: 'guarded' }, matchExpressions: [] },
    });
  });
});
