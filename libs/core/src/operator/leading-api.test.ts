import { describe, expect, it } from '@jest/globals';
import { aNode, anInstance, anOs, aSpec } from '../rollout/fleet.fixture.ts';
import { MemoryCluster, operatorOn, passOver } from './memory-cluster.fixture.ts';

function aCluster(): MemoryCluster {
  const cluster = new MemoryCluster();
  cluster.osByUid.set('os-uid', anOs({ spec: aSpec() }));
  cluster.add(aNode('a'), anInstance(aNode('a')));
  return cluster;
}

const key = { kind: 'os', uid: 'os-uid' } as const;

describe('an operator that lost its lease', () => {
  it('begins no pass', async () => {
    const cluster = aCluster();
    cluster.isLeading = false;
    await passOver(operatorOn(cluster), cluster);
    expect(cluster.writes).toEqual([]);
  });

  it('writes nothing more in the middle of a pass', async () => {
    const cluster = aCluster();
    const write = cluster.writeOsStatus.bind(cluster);
    cluster.writeOsStatus = (os, status) => {
      cluster.isLeading = false;
      return write(os, status);
    };
    const requeue = await operatorOn(cluster).reconcile(key);
    expect(cluster.writes).toEqual(['status os']);
    expect(requeue).toEqual({ kind: 'backoff', attempt: 1 });
  });

  it('writes nothing more when it has won the lease again in the middle of a pass', async () => {
    const cluster = aCluster();
    const write = cluster.writeOsStatus.bind(cluster);
    cluster.writeOsStatus = (os, status) => {
      cluster.term = 2;
      return write(os, status);
    };
    const operator = operatorOn(cluster);
    await operator.reconcile(key);
    expect(cluster.writes).toEqual(['status os']);
    cluster.writeOsStatus = write;
    await passOver(operator, cluster);
    expect(cluster.writes.length).toBeGreaterThan(1);
  });
});
