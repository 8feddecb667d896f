import { describe, expect, it } from '@jest/globals';
import { aNode, anInstance, anOs, aSpec } from '../rollout/fleet.fixture.ts';
import { MemoryCluster, operatorOn, passOver } from './memory-cluster.fixture.ts';

const key = { kind: 'os', uid: 'os-uid' } as const;

/** A node, of which the object wants an upgrade. */
function aCluster(): MemoryCluster {
  const cluster = new MemoryCluster();
  cluster.osByUid.set('os-uid', anOs({ spec: aSpec({ timeIntervalSeconds: 0 }) }));
  cluster.add(aNode('a'), anInstance(aNode('a')));
  return cluster;
}

describe('a change of an object', () => {
  it('concerns all objects when it may move nodes, and its own nodes at work', async () => {
    const cluster = aCluster();
    const operator = operatorOn(cluster);
    await passOver(operator, cluster);
    expect(cluster.instance('a')?.spec.operation?.phase).toBe('Prepare');
    expect(operator.keysOf(key)).toEqual([key]);

    cluster.osByUid.set('other', anOs({ uid: 'other', name: 'other' }));
    const other = { kind: 'os', uid: 'other' } as const;
    expect(operator.keysOf(other)).toEqual([other, key]);
    cluster.osByUid.set('os-uid', anOs({ generation: 2 }));
    expect(operator.keysOf(key)).toEqual([key, other, { kind: 'node', name: 'a' }]);
  });

  it('that is its end leaves nothing to do', async () => {
    const cluster = aCluster();
    cluster.osByUid.set('os-uid', anOs({ spec: aSpec({ paused: true }) }));
    const operator = operatorOn(cluster);
    await passOver(operator, cluster);
    cluster.osByUid.clear();
    cluster.writes.length = 0;
    expect(operator.keysOf(key)).toEqual([key]);
    expect(await operator.reconcile(key)).toEqual({ kind: 'onChange' });
    expect(cluster.writes).toEqual([]);
  });
});
