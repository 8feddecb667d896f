import { describe, expect, it } from '@jest/globals';
import type { OsInstance } from '../api/os-instance.ts';
import {
  aNode,
  anInstance,
  anOperation,
  anOs,
  aSpec,
  digestOne,
  unreadableFacts,
} from '../rollout/fleet.fixture.ts';
import { MemoryCluster, operatorOn } from './memory-cluster.fixture.ts';

const key = { kind: 'node', name: 'a' } as const;
const node = aNode('a');
const target = { version: 'KubeOS 2', slot: 'B', slotDigest: digestOne } as const;

function aCluster(instance: OsInstance): MemoryCluster {
  const cluster = new MemoryCluster();
  cluster.osByUid.set('os-uid', anOs());
  cluster.add(node, instance);
  return cluster;
}

describe('the records of a node', () => {
  it('count and tell once that it did not come back from its trial', async () => {
    const operation = anOperation(node, {
      ...{ phase: 'After', admitted: true, target, bootIdBefore: node.bootId },
    });
    const acknowledged = { seq: 1, phase: 'After' };
    const cluster = aCluster(anInstance(node, { spec: { operation }, status: { acknowledged } }));
    const operator = operatorOn(cluster);
    for (const seconds of [0, 2690, 2710, 2720, 5000]) {
      cluster.nowMs = seconds * 1000;
      await operator.reconcile(key);
    }
    const lost = cluster.events.filter(({ reason }) => reason === 'NodeLost');
    expect(lost).toHaveLength(1);
    const { spec } = cluster.instance('a') ?? {};
    expect(spec?.operation?.phase).toBe('After');
    expect(spec?.history?.entries[0]).toMatchObject({ counted: true, last: { class: 'lost' } });
  });

  it('are not believed when the server dropped them', async () => {
    const cluster = aCluster(anInstance(node, { spec: { operation: anOperation(node) } }));
    cluster.osByUid.set('os-uid', anOs({ spec: aSpec({ version: 'KubeOS 3' }) }));
    cluster.prunes = true;
    const requeue = await operatorOn(cluster).reconcile(key);
    expect(cluster.writes).toEqual(['a Cancel']);
    expect(cluster.events).toEqual([]);
    expect(requeue).not.toEqual({ kind: 'onChange' });
  });

  it('are left to people when they cannot be read', async () => {
    const { instance } = unreadableFacts('a');
    const cluster = aCluster(instance ?? anInstance(node));
    expect(await operatorOn(cluster).reconcile(key)).toEqual({ kind: 'onChange' });
    expect(cluster.writes).toEqual([]);
  });

  it('go when they are of an earlier Node of its name', async () => {
    const cluster = aCluster({ ...anInstance(node), ownerUid: 'earlier' });
    await operatorOn(cluster).reconcile(key);
    expect(cluster.writes).toEqual(['delete a']);
  });
});
