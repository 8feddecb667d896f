import { describe, expect, it } from '@jest/globals';
import { cordonAnnotation, nodeSelectorLabel } from '../api/names.ts';
import type { Operation } from '../api/operation.ts';
import type { NodeView } from '../ports/cluster-views.ts';
import { cordonText } from '../lifecycle/cordon.ts';
import { aNode, anInstance, anOperation, anOs, digestOne } from '../rollout/fleet.fixture.ts';
import { pod } from '../lifecycle/scene.fixture.ts';
import { MemoryCluster, operatorOn } from './memory-cluster.fixture.ts';

const key = { kind: 'node', name: 'a' } as const;
const target = { version: 'KubeOS 2', slot: 'B' as const, slotDigest: digestOne };
const cordoned = {
  unschedulable: true,
  unschedulableIsOurs: true,
  annotations: { [cordonAnnotation]: cordonText(anOperation(aNode('a'))) },
};

/** Node `a` under our cordon with an admitted operation that its proxy has acknowledged. */
function atWork(operation: Partial<Operation>, node: Partial<NodeView> = {}): MemoryCluster {
  const cluster = new MemoryCluster();
  const view = aNode('a', { ...cordoned, ...node });
  const open = anOperation(view, { admitted: true, target, ...operation });
  const acknowledged = { seq: 1, phase: open.phase };
  cluster.osByUid.set('os-uid', anOs());
  cluster.add(
    view,
    anInstance(view, { spec: { operation: open }, agent: { seq: 1 }, status: { acknowledged } }),
  );
  return cluster;
}

const phaseOf = (cluster: MemoryCluster): string =>
  cluster.instance('a')?.spec.operation?.phase ?? 'none';

describe('Drain', () => {
  it('waits anew after it had to cordon again, whatever the cache showed meanwhile', async () => {
    const cluster = atWork({ phase: 'Drain' });
    const operator = operatorOn(cluster);
    const at = async (seconds: number): Promise<string> => {
      cluster.nowMs = seconds * 1000;
      await operator.reconcile(key);
      return phaseOf(cluster);
    };
    expect(await at(0)).toBe('Drain');

    const shown = cluster.node('a');
    cluster.alterNode('a', { unschedulable: false });
    cluster.node = () => shown;
    await at(4);
    expect(cluster.writes).toEqual(['cordon a']);

    cluster.node = (name) => cluster.nodeByName.get(name);
    expect(await at(6)).toBe('Drain');
    expect(await at(10)).toBe('Drain');
    expect(await at(11)).toBe('Activate');
  });

  it('evicts nothing on a node that is not selected any more, whatever the cache still shows', async () => {
    const cluster = atWork({ phase: 'Drain' });
    cluster.osByUid.set('os-uid', anOs({ selector: { kind: 'unlabelled' } }));
    cluster.pods.set('a', [pod('web')]);
    const shown = cluster.node('a');
    cluster.alterNode('a', { labels: { [nodeSelectorLabel]: 'edge' } });
    cluster.node = () => shown;
    await operatorOn(cluster).reconcile(key);
    expect(cluster.writes).toEqual(['a Cancel']);
  });
});

describe('an OSInstance without an owner, as upstream leaves it', () => {
  const { ownerUid: _owner, ...ownerless } = anInstance(aNode('a'));

  it('belongs to the Node of its name', async () => {
    const cluster = new MemoryCluster();
    cluster.add(aNode('a'), ownerless);
    const operator = operatorOn(cluster);
    await operator.reconcile(key);
    // A cache may not know the Node yet.
    cluster.node = () => undefined;
    await operator.reconcile(key);
    expect(cluster.writes).toEqual([]);
  });

  it('goes when there is no such Node', async () => {
    const cluster = new MemoryCluster();
    cluster.instanceByName.set('a', ownerless);
    await operatorOn(cluster).reconcile(key);
    expect(cluster.writes).toEqual(['delete a']);
  });
});
