import { describe, expect, it } from '@jest/globals';
import { cordonAnnotation, nodeSelectorLabel, operationFinalizer } from '../api/names.ts';
import type { Operation, OperationEnding } from '../api/operation.ts';
import type { NodeView } from '../ports/cluster-views.ts';
import { cordonText } from '../lifecycle/cordon.ts';
import {
  aNode,
  anAgent,
  anInstance,
  anOperation,
  anOs,
  aSlot,
  digestOne,
} from '../rollout/fleet.fixture.ts';
import type { OperatorLoop } from './create-operator.ts';
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

  it('evicts nothing for an operation that was changed past the cache', async () => {
    const cluster = atWork({ phase: 'Drain' });
    cluster.pods.set('a', [pod('web')]);
    const seen = cluster.instance('a');
    cluster.getInstance = () =>
      Promise.resolve(
        seen && { ...seen, spec: { ...seen.spec, operation: anOperation(aNode('a'), { seq: 2 }) } },
      );
    await operatorOn(cluster).reconcile(key);
    expect(cluster.pods.get('a')).toHaveLength(1);
  });

  it('asks less often for pods that may not go, or that go', async () => {
    const cluster = atWork({ phase: 'Drain' });
    const operator = operatorOn(cluster);
    cluster.pods.set('a', [pod('web')]);
    cluster.evictionAnswer = { kind: 'blocked', message: 'budget' };
    expect(await operator.reconcile(key)).toEqual({ kind: 'after', seconds: 5 });
    cluster.evictionAnswer = { kind: 'evicted' };
    expect(await operator.reconcile(key)).toEqual({ kind: 'after', seconds: 2 });
    cluster.pods.set('a', [pod('web', { deleting: true })]);
    expect(await operator.reconcile(key)).toEqual({ kind: 'after', seconds: 5 });
  });

  it('settles anew after a pass in which the cordon could not be seen', async () => {
    const cluster = atWork({ phase: 'Drain' });
    const operator = operatorOn(cluster);
    const at = async (seconds: number): Promise<string> => {
      cluster.nowMs = seconds * 1000;
      await operator.reconcile(key);
      return phaseOf(cluster);
    };
    expect(await at(0)).toBe('Drain');
    cluster.callsLeft = 0;
    await at(3);
    cluster.callsLeft = Infinity;
    expect(await at(6)).toBe('Drain');
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

  it('is adopted by the Node of its name', async () => {
    const cluster = new MemoryCluster();
    cluster.add(aNode('a'), ownerless);
    const operator = operatorOn(cluster);
    await operator.reconcile(key);
    // A cache may not know the Node yet.
    cluster.node = () => undefined;
    await operator.reconcile(key);
    expect(cluster.writes).toEqual(['adopt a']);
    expect(cluster.instance('a')).toEqual({
      ...ownerless,
      ownerUid: 'uid-a',
      resourceVersion: '2',
    });
  });

  it('is not adopted by a Node that is being deleted, or gone behind the cache', async () => {
    const cluster = new MemoryCluster();
    cluster.add(aNode('a', { deleting: true }), ownerless);
    const operator = operatorOn(cluster);
    await operator.reconcile(key);
    cluster.nodeByName.clear();
    cluster.node = () => aNode('a');
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

describe('an instance that is being deleted', () => {
  it.each([
    ['whose Node is gone', undefined],
    ['whose Node was registered again', aNode('a', { uid: 'another' })],
    ['whose Node is there', aNode('a')],
  ])('is let go when its operation was lost, %s', async (_when, node) => {
    const cluster = new MemoryCluster();
    const finalizers = [operationFinalizer];
    if (node !== undefined) cluster.nodeByName.set('a', node);
    cluster.instanceByName.set('a', { ...anInstance(aNode('a')), deleting: true, finalizers });
    await operatorOn(cluster).reconcile(key);
    expect(cluster.writes).toEqual(['a closed']);
    expect(cluster.instance('a')?.finalizers).toEqual([]);
  });
});

describe('a trial', () => {
  const inTrial = (bootId: string) => ({
    bootId,
    seq: 1,
    bootedSlot: 'B' as const,
    version: 'KubeOS 2',
    slots: { A: aSlot('good', 'KubeOS 1'), B: aSlot('trial', 'KubeOS 2') },
  });

  it('is confirmed when the Lease was renewed twice in this very boot', async () => {
    const parameters = { ...anOperation(aNode('a')).parameters, minReadySeconds: 0 };
    const cluster = atWork(
      { phase: 'After', bootIdBefore: 'boot-0', parameters },
      { osImage: 'KubeOS 2' },
    );
    const operator = operatorOn(cluster);
    const at = async (bootId: string, lease: string): Promise<string> => {
      cluster.alterNode('a', { bootId });
      cluster.alterStatus('a', { agent: anAgent(aNode('a'), inTrial(bootId)) });
      cluster.leases.set('a', lease);
      await operator.reconcile(key);
      return phaseOf(cluster);
    };
    expect(await at('boot-1', 'first')).toBe('After');
    expect(await at('boot-1', 'second')).toBe('After');
    expect(await at('boot-2', 'third')).toBe('After');
    expect(await at('boot-2', 'third')).toBe('After');
    expect(await at('boot-2', 'fourth')).toBe('After');
    expect(await at('boot-2', 'fourth')).toBe('After');
    expect(await at('boot-2', 'fifth')).toBe('Confirm');
    expect(cluster.events).toEqual([]);
  });

  it('is confirmed when it was healthy in every pass, and one that failed proves nothing', async () => {
    const cluster = atWork({ phase: 'After', bootIdBefore: 'boot-0' }, { osImage: 'KubeOS 2' });
    const operator = operatorOn(cluster);
    let reads = 0;
    cluster.getNodeLease = () => {
      reads += 1;
      return Promise.resolve(String(reads));
    };
    const at = async (seconds: number): Promise<string> => {
      cluster.nowMs = seconds * 1000;
      await operator.reconcile(key);
      return phaseOf(cluster);
    };
    cluster.alterNode('a', { bootId: 'boot-1' });
    cluster.alterStatus('a', { agent: anAgent(aNode('a'), inTrial('boot-1')) });
    for (const seconds of [0, 1, 2]) await at(seconds);
    expect(await at(20)).toBe('After');
    cluster.callsLeft = 0;
    await at(25);
    cluster.callsLeft = Infinity;
    expect(await at(32)).toBe('After');
    expect(await at(61)).toBe('After');
    expect(await at(62)).toBe('Confirm');
    expect(reads).toBe(3);
  });

  /** A trial that this operator began; its node returns after something happened to the operator. */
  async function returned(
    meanwhile: (cluster: MemoryCluster, operator: OperatorLoop) => Promise<unknown>,
  ): Promise<OperationEnding | undefined> {
    const cluster = atWork({ phase: 'Drain' });
    const operator = operatorOn(cluster);
    await operator.reconcile(key);
    cluster.nowMs += 5000;
    await operator.reconcile(key);
    expect(phaseOf(cluster)).toBe('Activate');
    cluster.alterNode('a', { bootId: 'boot-1' });
    cluster.alterStatus('a', { agent: anAgent(aNode('a'), inTrial('boot-1')) });
    await operator.reconcile(key);
    expect(phaseOf(cluster)).toBe('After');
    await meanwhile(cluster, operator);
    const failure = { seq: 1, code: 'NOT_CONFIRMED', class: 'unconfirmed', message: '' } as const;
    const operation = { id: 'x', seq: 1, type: 'upgrade', phase: 'After', state: 'Done' } as const;
    cluster.alterNode('a', { bootId: 'boot-2' });
    cluster.alterStatus('a', {
      agent: anAgent(aNode('a'), {
        bootId: 'boot-2',
        seq: 1,
        operation: { ...operation, result: 'Returned', failure },
      }),
    });
    await operator.reconcile(key);
    return cluster.instance('a')?.spec.operation?.ending;
  }

  const outage = (seconds: number) => async (cluster: MemoryCluster, operator: OperatorLoop) => {
    cluster.callsLeft = 0;
    await operator.reconcile(key);
    cluster.nowMs += seconds * 1000;
    cluster.callsLeft = Infinity;
    await operator.reconcile(key);
  };

  it.each([
    ['is blamed for a return that the operator followed', outage(59), 'unconfirmed'],
    ['is not blamed when the API was away for a minute', outage(60), 'interrupted'],
    [
      'is not blamed after another leader began',
      (_cluster: MemoryCluster, operator: OperatorLoop) => operator.lead(),
      'interrupted',
    ],
  ])('%s', async (_name, meanwhile, outcome) => {
    expect(await returned(meanwhile)).toMatchObject({ result: 'Failed', class: outcome });
  });
});

describe('the conditions of an instance', () => {
  const drained = (cluster: MemoryCluster) =>
    cluster.instance('a')?.status.conditions?.find(({ type }) => type === 'Drained');

  /** A node in Drain with a pod that leaves, and how often its conditions were written. */
  function draining() {
    const cluster = atWork({ phase: 'Drain' });
    cluster.pods.set('a', [pod('web', { deleting: true })]);
    let writes = 0;
    const apply = cluster.applyInstanceConditions.bind(cluster);
    cluster.applyInstanceConditions = (instance, conditions) => {
      writes += 1;
      return apply(instance, conditions);
    };
    const operator = operatorOn(cluster);
    const at = async (seconds: number): Promise<number> => {
      cluster.nowMs = seconds * 1000;
      await operator.reconcile(key);
      return writes;
    };
    return { cluster, at };
  }

  it('are written at once when one turned, and with other words when these have held', async () => {
    const { cluster, at } = draining();
    expect(await at(0)).toBe(1);
    cluster.pods.set('a', [pod('other', { deleting: true })]);
    expect(await at(2)).toBe(1);
    expect(await at(8)).toBe(1);
    expect(drained(cluster)?.message).toContain('default/web');
    expect(await at(9)).toBe(2);
    expect(drained(cluster)?.message).toContain('default/other');
    expect(await at(40)).toBe(2);
  });

  it('are looked at again when new words will have held', async () => {
    const cluster = new MemoryCluster();
    const lastTransitionTime = '2026-06-01T12:00:00Z';
    const conditions = ['Admitted', 'Drained', 'Progressing'].map((type) => {
      return {
        type,
        status: 'False',
        reason: 'Prepared',
        message: '',
        lastTransitionTime,
      } as const;
    });
    cluster.add(aNode('a'), anInstance(aNode('a'), { status: { conditions } }));
    const operator = operatorOn(cluster);
    expect(await operator.reconcile(key)).toEqual({ kind: 'after', seconds: 7 });
    cluster.nowMs = 7000;
    expect(await operator.reconcile(key)).toEqual({ kind: 'onChange' });
    expect(drained(cluster)?.reason).toBe('NoOperation');
  });

  it('tell of the drain nothing that belongs to what follows', async () => {
    const cluster = atWork({ phase: 'Activate', bootIdBefore: 'boot-a' });
    await operatorOn(cluster).reconcile(key);
    expect(drained(cluster)).toMatchObject({ status: 'True', message: '' });
  });
});

describe('the events of an instance', () => {
  const told = (cluster: MemoryCluster): readonly string[] =>
    cluster.events.map(({ reason, message }) => `${reason} ${message}`);
  const ending = {
    result: 'Failed',
    class: 'bad',
    reason: 'NoAgent',
    message: 'no os-agent',
  } as const;

  it('tell an outcome once', async () => {
    const cluster = atWork({ phase: 'Cancel', ending });
    const operator = operatorOn(cluster);
    for (const seconds of [0, 120, 121, 122]) {
      cluster.nowMs = seconds * 1000;
      await operator.reconcile(key);
    }
    expect(phaseOf(cluster)).toBe('none');
    expect(told(cluster)).toEqual(['NoAgent GiveBack: no os-agent']);
  });

  it('tell what a node waits for once it has held, whatever its words', async () => {
    const cluster = atWork({ phase: 'Drain' });
    cluster.pods.set('a', [pod('web', { deleting: true })]);
    const operator = operatorOn(cluster);
    const waits = (): readonly string[] => told(cluster).filter((text) => !text.includes('Drain:'));
    for (const seconds of [0, 6]) {
      cluster.nowMs = seconds * 1000;
      await operator.reconcile(key);
      expect(waits()).toEqual([]);
    }
    for (const [seconds, name] of [
      [7, 'web'],
      [20, 'other'],
      [40, 'other'],
    ] as const) {
      cluster.nowMs = seconds * 1000;
      cluster.pods.set('a', [pod(name, { deleting: true })]);
      await operator.reconcile(key);
      expect(waits()).toEqual(['Draining Waiting for default/web to leave']);
    }
  });

  it('tell that an operation ended with its Node', async () => {
    const cluster = atWork({ phase: 'Drain' });
    cluster.nodeByName.clear();
    await operatorOn(cluster).reconcile(key);
    expect(told(cluster)).toEqual(['NodeGone Closed: Node a with uid uid-a is gone']);
  });
});
