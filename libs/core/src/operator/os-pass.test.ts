import { describe, expect, it } from '@jest/globals';
import { operationFinalizer } from '../api/names.ts';
import { aNode, anInstance, anOs, aRollbackSpec, aSlot, aSpec } from '../rollout/fleet.fixture.ts';
import { MemoryCluster, operatorOn } from './memory-cluster.fixture.ts';

function aFleet(size: number): MemoryCluster {
  const cluster = new MemoryCluster();
  cluster.osByUid.set('os-uid', anOs({ spec: aSpec({ paused: true }) }));
  for (let index = 0; index < size; index += 1) {
    const node = aNode(`node-${String(index)}`);
    cluster.add(node, anInstance(node));
  }
  return cluster;
}

const key = { kind: 'os', uid: 'os-uid' } as const;

describe('a pass over a fleet', () => {
  it('looks at a small fleet whenever something changes', async () => {
    const operator = operatorOn(aFleet(100));
    await operator.reconcile(key);
    expect(await operator.reconcile(key)).toEqual({ kind: 'onChange' });
  });

  it.each([
    [400, 200],
    [5000, 2000],
  ])(
    'looks at %d nodes at most every %d ms, however many of them change',
    async (size, pauseMs) => {
      const cluster = aFleet(size);
      const operator = operatorOn(cluster);
      await operator.reconcile(key);
      cluster.nowMs += 50;
      const wait = { kind: 'after', seconds: (pauseMs - 50) / 1000 };
      expect(await operator.reconcile(key)).toEqual(wait);
      cluster.nowMs += pauseMs - 50;
      expect(await operator.reconcile(key)).toEqual({ kind: 'onChange' });
    },
  );

  it('begins a new term at once', async () => {
    const cluster = aFleet(400);
    const operator = operatorOn(cluster);
    await operator.reconcile(key);
    await operator.lead();
    expect(await operator.reconcile(key)).toEqual({ kind: 'onChange' });
  });
});

describe('an object whose ticket cannot be read', () => {
  const { spec: _spec, ...invalid } = anOs({
    problems: [{ path: 'status.admission.epoch', message: 'Expected a number' }],
    finalizers: [operationFinalizer],
    status: { nodes: 3 },
  });

  it.each([0, 1])('is left as it is, and said once (served revision %d)', async (served) => {
    const cluster = aFleet(1);
    cluster.served = served;
    cluster.osByUid.set('os-uid', invalid);
    const operator = operatorOn(cluster);
    for (let pass = 0; pass < 3; pass += 1) {
      expect(await operator.reconcile(key)).toEqual({ kind: 'onChange' });
    }
    expect(cluster.writes).toEqual([]);
    expect(cluster.events).toMatchObject([
      { type: 'Warning', reason: 'Unreadable', about: { kind: 'OS', name: 'os' } },
    ]);
  });

  it('is not written over by a leader whose cache still shows a readable one', async () => {
    const cluster = aFleet(1);
    cluster.getOs = () => Promise.resolve(invalid);
    await operatorOn(cluster).reconcile(key);
    expect(cluster.writes).toEqual([]);
  });

  it('moves on once somebody has mended it, and is said again when it breaks again', async () => {
    const cluster = aFleet(1);
    const operator = operatorOn(cluster);
    cluster.osByUid.set('os-uid', invalid);
    await operator.reconcile(key);
    cluster.osByUid.set('os-uid', anOs());
    await operator.reconcile(key);
    expect(cluster.os('os-uid')?.status.admission?.epoch).toBe(1);
    cluster.osByUid.set('os-uid', invalid);
    await operator.reconcile(key);
    expect(cluster.events.filter(({ reason }) => reason === 'Unreadable')).toHaveLength(2);
  });
});

describe('an admission', () => {
  it('is given up when the window closes while the pass looks at pods', async () => {
    const cluster = new MemoryCluster();
    const timeWindow = { start: '11:00:00', end: '12:00:10' };
    cluster.osByUid.set('os-uid', anOs({ spec: aRollbackSpec({ timeWindow }) }));
    const node = aNode('a');
    const slots = { A: aSlot('good', 'KubeOS 1'), B: aSlot('good', 'KubeOS 0') };
    cluster.add(node, anInstance(node, { agent: { slots } }));
    cluster.listPods = () => {
      cluster.nowMs += 20_000;
      return Promise.resolve([]);
    };
    await operatorOn(cluster).reconcile(key);
    expect(cluster.nowMs).toBe(20_000);
    expect(cluster.os('os-uid')?.status.admission?.lastTime).toBe(undefined);
    expect(cluster.instance('a')?.spec).not.toHaveProperty('operation');
  });
});
