import { describe, expect, it } from '@jest/globals';
import { aNode, anInstance, anOs, aSpec } from '../rollout/fleet.fixture.ts';
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
