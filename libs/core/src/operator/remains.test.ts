import { describe, expect, it } from '@jest/globals';
import { cordonAnnotation } from '../api/names.ts';
import { aNode, anInstance, anOs, aSpec } from '../rollout/fleet.fixture.ts';
import { MemoryCluster, operatorOn, passOver } from './memory-cluster.fixture.ts';
import { remainsOf } from './remains.ts';

const silent = (): void => undefined;

function aCluster(): MemoryCluster {
  const cluster = new MemoryCluster();
  const spec = aSpec({ timeIntervalSeconds: 0, maxUnavailable: { count: 2 } });
  cluster.osByUid.set('os-uid', anOs({ spec }));
  for (const name of ['a', 'b']) cluster.add(aNode(name), anInstance(aNode(name)));
  return cluster;
}

describe('an operator that goes for good', () => {
  it('leaves nothing behind where nothing was begun, and begins nothing', async () => {
    const cluster = aCluster();
    await passOver(operatorOn(cluster, silent, true), cluster);
    expect(remainsOf(cluster)).toEqual([]);
  });

  it('ends what is being prepared, and has nothing left then', async () => {
    const cluster = aCluster();
    await passOver(operatorOn(cluster), cluster);
    expect(remainsOf(cluster)).toEqual([
      'a: upgrade to KubeOS 2, Prepare',
      'b: upgrade to KubeOS 2, Prepare',
      'OS default/os: held while operations are open',
    ]);

    const last = operatorOn(cluster, silent, true);
    await passOver(last, cluster);
    expect(remainsOf(cluster)[0]).toBe('a: upgrade to KubeOS 2, Cancel');
    // No agent was called: the Cancel is not waited for any longer than that.
    cluster.nowMs += 121_000;
    for (let round = 0; round < 3; round += 1) {
      await passOver(last, cluster);
      cluster.nowMs += 121_000;
    }
    expect(remainsOf(cluster)).toEqual([]);
  });

  it('names a node that is cordoned without an operation', () => {
    const cluster = aCluster();
    cluster.add(
      aNode('c', { unschedulable: true, annotations: { [cordonAnnotation]: 'unowned/x' } }),
    );
    expect(remainsOf(cluster)).toEqual(['c: cordoned']);
  });
});
