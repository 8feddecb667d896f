import { describe, expect, it } from '@jest/globals';
import { serialLabel } from '../api/names.ts';
import { pod } from '../lifecycle/scene.fixture.ts';
import {
  aNode,
  anAgent,
  anInstance,
  anOs,
  aRollbackSpec,
  aSlot,
} from '../rollout/fleet.fixture.ts';
import { MemoryCluster, operatorOn, passOver } from './memory-cluster.fixture.ts';

describe('a node whose pods cannot leave', () => {
  it('is looked at again by itself when it left its serial batch', async () => {
    const spec = aRollbackSpec({ force: false, executionMode: 'serial', timeIntervalSeconds: 0 });
    const cluster = new MemoryCluster();
    cluster.osByUid.set('os-uid', anOs({ spec }));
    cluster.add(aNode('a'), anInstance(aNode('a')));
    const slots = { A: aSlot('good', 'KubeOS 1'), B: aSlot('good', 'KubeOS 0') };
    cluster.alterStatus('a', { agent: anAgent(aNode('a'), { slots }) });
    cluster.pods.set('a', [pod('web', { hasEmptyDir: true })]);
    const operator = operatorOn(cluster);
    for (let pass = 0; pass < 4; pass += 1) {
      cluster.nowMs += 1000;
      await passOver(operator, cluster);
    }
    expect(cluster.node('a')?.labels).not.toHaveProperty([serialLabel]);
    expect(await operator.reconcile({ kind: 'os', uid: 'os-uid' })).toMatchObject({
      kind: 'after',
    });
  });

  it('is looked at at once when its Node was removed and registered again', async () => {
    const spec = aRollbackSpec({ force: false, timeIntervalSeconds: 0 });
    const cluster = new MemoryCluster();
    cluster.osByUid.set('os-uid', anOs({ spec }));
    const slots = { A: aSlot('good', 'KubeOS 1'), B: aSlot('good', 'KubeOS 0') };
    const register = (): void => {
      cluster.add(aNode('a'), anInstance(aNode('a'), { agent: { slots } }));
    };
    register();
    cluster.pods.set('a', [pod('web', { hasEmptyDir: true })]);
    const operator = operatorOn(cluster);
    await passOver(operator, cluster);
    expect(cluster.instance('a')?.spec.operation).toBeUndefined();

    cluster.nodeByName.delete('a');
    cluster.pods.clear();
    await passOver(operator, cluster);
    register();
    await passOver(operator, cluster);
    expect(cluster.instance('a')?.spec.operation?.phase).toBe('Drain');
  });
});
