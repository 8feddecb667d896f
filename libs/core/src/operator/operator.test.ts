import { describe, expect, it } from '@jest/globals';
import { cordonAnnotation, operationFinalizer, schemaRevision, serialLabel } from '../api/names.ts';
import type { PodView } from '../ports/cluster-views.ts';
import {
  aNode,
  anAgent,
  anInstance,
  anOperation,
  anOs,
  aRollbackSpec,
  aSlot,
  aSpec,
  digestOne,
  digestTwo,
} from '../rollout/fleet.fixture.ts';
import { pod } from '../lifecycle/scene.fixture.ts';
import { MemoryCluster, operatorOn, passOver } from './memory-cluster.fixture.ts';

/** Three workers whose proxies have reported, and an object that wants an upgrade of them. */
function aCluster(
  spec = aSpec({ timeIntervalSeconds: 0, maxUnavailable: { count: 1 } }),
): MemoryCluster {
  const cluster = new MemoryCluster();
  cluster.osByUid.set('os-uid', anOs({ spec }));
  for (const name of ['a', 'b', 'c']) cluster.add(aNode(name), anInstance(aNode(name)));
  return cluster;
}

/** Plays proxy and agent of a node up to the end of Prepare. */
function prepares(cluster: MemoryCluster, name: string): void {
  const node = aNode(name);
  const operation = cluster.instance(name)?.spec.operation;
  const seq = operation?.seq ?? 0;
  cluster.alterStatus(name, {
    acknowledged: { seq, phase: operation?.phase ?? '' },
    agent: anAgent(node, {
      seq,
      slots: { A: aSlot('good', 'KubeOS 1'), B: aSlot('ready', 'KubeOS 2') },
      operation: {
        id: 'x',
        seq,
        type: 'upgrade',
        phase: 'Prepare',
        state: 'Done',
        result: 'Prepared',
        slot: 'B',
        slotDigest: digestOne,
      },
    }),
  });
}

const phaseOf = (cluster: MemoryCluster, name: string): string =>
  cluster.instance(name)?.spec.operation?.phase ?? 'none';
const condition = (cluster: MemoryCluster, type: string) =>
  cluster.os('os-uid')?.status.conditions?.find((one) => one.type === type);

describe('the operator', () => {
  it('creates an OSInstance for each worker, and none for the control plane', async () => {
    const cluster = new MemoryCluster();
    cluster.add(aNode('worker'));
    cluster.add(aNode('master', { labels: { 'node-role.kubernetes.io/control-plane': '' } }));
    await passOver(operatorOn(cluster), cluster);
    expect([...cluster.instanceByName.keys()]).toEqual(['worker']);
    expect(cluster.instance('worker')?.spec).toEqual({ nodestatus: 'idle' });
  });

  it('holds the object, prepares the first node, admits it and cordons it', async () => {
    const cluster = aCluster();
    const operator = operatorOn(cluster);
    await passOver(operator, cluster);
    expect(phaseOf(cluster, 'a')).toBe('Prepare');
    expect(phaseOf(cluster, 'b')).toBe('none');
    expect(cluster.os('os-uid')?.finalizers).toEqual([operationFinalizer]);
    expect(cluster.instance('a')).toMatchObject({
      finalizers: [operationFinalizer],
      spec: {
        nodestatus: 'upgrade',
        namespacedname: { name: 'os', namespace: 'default' },
        history: { seq: 1 },
      },
    });
    prepares(cluster, 'a');
    await passOver(operator, cluster);
    await passOver(operator, cluster);
    expect(phaseOf(cluster, 'a')).toBe('Drain');
    await passOver(operator, cluster);
    expect(cluster.node('a')).toMatchObject({ unschedulable: true });
    expect(condition(cluster, 'Progressing')).toMatchObject({ status: 'True' });
    const text = 'upgrade to KubeOS 2 for OS default/os';
    const told = cluster.events.filter(({ about }) => about.kind !== 'OS');
    expect(told.slice(0, 3).map(({ about, message }) => [about.kind, message])).toEqual([
      ['Node', `Preparing: ${text}`],
      ['OSInstance', 'Prepare: slot B is prepared'],
      ['Node', `Admitted: ${text}`],
    ]);
  });

  it('passes a node over whose pods cannot leave, before it is cordoned, and names pod and budget', async () => {
    const cluster = aCluster();
    const operator = operatorOn(cluster);
    cluster.pods.set('a', [pod('web', { labels: { app: 'web' } })]);
    cluster.budgets = [
      {
        namespace: 'default',
        name: 'web-budget',
        selector: { matchLabels: { app: 'web' }, matchExpressions: [] },
        disruptionsAllowed: 0,
        unhealthyPodEvictionPolicy: 'IfHealthyBudget',
        observed: true,
        currentHealthy: 1,
        desiredHealthy: 1,
      },
    ];
    await passOver(operator, cluster);
    prepares(cluster, 'a');
    for (let i = 0; i < 3; i += 1) {
      cluster.nowMs += 3000;
      await passOver(operator, cluster);
    }
    expect(cluster.node('a')?.unschedulable).toBe(false);
    const said = JSON.stringify(cluster.os('os-uid')?.status);
    expect(said).toContain('web-budget');
    expect(said).toContain('default/web');
  });

  it('admits nobody when a node fails while it looks at pods', async () => {
    const cluster = aCluster();
    const operator = operatorOn(cluster);
    await passOver(operator, cluster);
    prepares(cluster, 'a');
    await operator.reconcile({ kind: 'node', name: 'a' });
    const entry = { osUid: 'os-uid', type: 'upgrade' as const, version: 'KubeOS 2' };
    const failed = { ...entry, digest: digestTwo, activates: 1, attempts: 1, counted: true };
    const listPods = (): Promise<readonly PodView[]> => {
      const spec = { nodestatus: 'idle' as const, history: { seq: 1, entries: [failed] } };
      cluster.instanceByName.set('b', anInstance(aNode('b'), { spec }));
      operator.keysOf({ kind: 'instance', name: 'b' });
      return Promise.resolve([]);
    };
    cluster.listPods = listPods;
    await passOver(operator, cluster);
    expect(cluster.instance('b')?.spec.history?.entries).toHaveLength(1);
    expect(phaseOf(cluster, 'a')).not.toBe('Drain');
  });

  it('looks again by itself at a node that was passed over, since no watch tells of pods and budgets', async () => {
    const cluster = new MemoryCluster();
    cluster.osByUid.set('os-uid', anOs({ spec: aSpec({ force: false }) }));
    cluster.add(aNode('a'), anInstance(aNode('a')));
    const operator = operatorOn(cluster);
    cluster.pods.set('a', [pod('web', { hasEmptyDir: true })]);
    await passOver(operator, cluster);
    prepares(cluster, 'a');
    for (let pass = 0; pass < 3; pass += 1) {
      cluster.nowMs += 3000;
      await passOver(operator, cluster);
    }
    // What it waits for is told by an event meanwhile.
    cluster.nowMs += 7000;
    const requeue = await operator.reconcile({ kind: 'os', uid: 'os-uid' });
    expect(requeue).toEqual({ kind: 'after', seconds: 20 });
  });

  it('says in the reason which pod an eviction is refused for', async () => {
    const cluster = aCluster();
    const operation = anOperation(aNode('a'), {
      phase: 'Drain',
      admitted: true,
      target: { version: 'KubeOS 2', slot: 'B' },
    });
    const text = `os-uid/os-uid/uid-a/1`;
    cluster.add(
      aNode('a', {
        unschedulable: true,
        unschedulableIsOurs: true,
        annotations: { [cordonAnnotation]: text },
      }),
      anInstance(aNode('a'), {
        spec: { operation },
        status: { acknowledged: { seq: 1, phase: 'Drain' } },
      }),
    );
    cluster.pods.set('a', [pod('web')]);
    cluster.evictionAnswer = { kind: 'blocked', message: 'budget web-budget' };
    const operator = operatorOn(cluster);
    await passOver(operator, cluster);
    expect(cluster.writes).toContain('evict web');
    expect(cluster.instance('a')?.status.conditions).toContainEqual(
      expect.objectContaining({ type: 'Drained', status: 'False', reason: 'EvictionBlocked' }),
    );
  });

  it('creates the operation of a rollback when it is admitted', async () => {
    const cluster = aCluster(aRollbackSpec({ timeIntervalSeconds: 0 }));
    for (const name of ['a', 'b', 'c']) {
      const slots = { A: aSlot('good', 'KubeOS 1'), B: aSlot('good', 'KubeOS 0') };
      cluster.add(aNode(name), anInstance(aNode(name), { agent: { slots } }));
    }
    await passOver(operatorOn(cluster), cluster);
    expect(cluster.instance('a')?.spec.operation).toMatchObject({
      type: 'rollback',
      phase: 'Drain',
      admitted: true,
      target: { version: 'KubeOS 0', slot: 'B', slotDigest: digestOne },
    });
    expect(phaseOf(cluster, 'b')).toBe('none');
  });

  it('forms a serial batch with its time before its labels', async () => {
    const cluster = aCluster(aSpec({ executionMode: 'serial', maxUnavailable: { count: 2 } }));
    await passOver(operatorOn(cluster), cluster);
    const labelled = [...cluster.nodes()].filter(({ labels }) =>
      Object.hasOwn(labels, serialLabel),
    );
    expect(labelled.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(cluster.os('os-uid')?.status.admission?.lastTime).toBe('2026-06-01T12:00:00Z');
  });

  it('B-17: frees object and instance once the operation is closed', async () => {
    const cluster = aCluster();
    const ending = { result: 'Succeeded' as const, reason: 'Confirmed', message: '' };
    const operation = anOperation(aNode('a'), { phase: 'GiveBack', ending, admitted: true });
    const spec = {
      operation,
      nodestatus: 'upgrade' as const,
      namespacedname: { name: 'os', namespace: 'default' },
    };
    for (const name of ['a', 'b', 'c']) {
      const slots = { A: aSlot('good', 'KubeOS 2'), B: aSlot('good', 'KubeOS 1') };
      cluster.add(aNode(name), anInstance(aNode(name), { agent: { version: 'KubeOS 2', slots } }));
    }
    const held = { ...cluster.instance('a'), finalizers: [operationFinalizer] };
    cluster.instanceByName.set('a', { ...anInstance(aNode('a')), ...held, spec });
    cluster.osByUid.set('os-uid', anOs({ finalizers: [operationFinalizer] }));
    const operator = operatorOn(cluster);
    for (let i = 0; i < 4; i += 1) await passOver(operator, cluster);
    expect(cluster.instance('a')).toMatchObject({ finalizers: [], spec: { nodestatus: 'idle' } });
    expect(cluster.instance('a')?.spec).not.toHaveProperty('operation');
    expect(cluster.os('os-uid')?.finalizers).toEqual([]);
  });

  it('begins nothing on an object whose finalizer it took off, whatever the cache still shows', async () => {
    const cluster = new MemoryCluster();
    const stale = anOs({ spec: aSpec({ paused: true }), finalizers: [operationFinalizer] });
    cluster.osByUid.set('os-uid', stale);
    cluster.add(aNode('a'), anInstance(aNode('a')));
    const operator = operatorOn(cluster);
    for (let i = 0; i < 3; i += 1) await passOver(operator, cluster);
    const freed = cluster.os('os-uid');
    expect(freed?.finalizers).toEqual([]);

    const shown = { ...stale, spec: aSpec(), status: freed?.status ?? {} };
    cluster.os = (uid) => (uid === 'os-uid' ? shown : undefined);
    await passOver(operator, cluster);
    expect(phaseOf(cluster, 'a')).toBe('none');
  });

  it('B-29: removes the instance of a Node that is gone', async () => {
    const cluster = aCluster();
    cluster.nodeByName.delete('b');
    await passOver(operatorOn(cluster), cluster);
    expect(cluster.instance('b')).toBeUndefined();
  });

  it('cordons a node on a trial that no operation asked for, and gives it back afterwards', async () => {
    const cluster = aCluster();
    const node = aNode('a');
    const onTrial = { A: aSlot('trial', 'KubeOS 1'), B: aSlot('good', 'KubeOS 0') };
    cluster.add(node, anInstance(node, { agent: { slots: onTrial } }));
    const operator = operatorOn(cluster);
    await passOver(operator, cluster);
    expect(cluster.node('a')).toMatchObject({ unschedulable: true });
    cluster.alterStatus('a', { agent: anAgent(node) });
    await passOver(operator, cluster);
    expect(cluster.node('a')).toMatchObject({ unschedulable: false, annotations: {} });
  });

  it('says CRDOutdated and writes no ticket while the served schema is old', async () => {
    const cluster = aCluster();
    cluster.served = 0;
    const operator = operatorOn(cluster);
    await passOver(operator, cluster);
    expect(condition(cluster, 'Ready')).toMatchObject({ status: 'False', reason: 'CRDOutdated' });
    expect(cluster.os('os-uid')?.status.admission).toBeUndefined();
    cluster.served = schemaRevision;
    cluster.nowMs += 16_000;
    await passOver(operator, cluster);
    expect(phaseOf(cluster, 'a')).toBe('Prepare');
  });

  it('does not believe a write that the server pruned', async () => {
    const cluster = aCluster();
    cluster.prunes = true;
    await passOver(operatorOn(cluster), cluster);
    expect(cluster.writes.filter((write) => write.startsWith('a '))).toEqual([]);
  });

  it('says CRDOutdated when the server prunes what its CRDs claim to keep', async () => {
    const cluster = aCluster();
    cluster.prunes = true;
    const operator = operatorOn(cluster);
    await passOver(operator, cluster);
    await passOver(operator, cluster);
    expect(condition(cluster, 'Ready')).toMatchObject({ status: 'False', reason: 'CRDOutdated' });
    expect(phaseOf(cluster, 'a')).toBe('none');
    cluster.prunes = false;
    cluster.nowMs += 16_000;
    await passOver(operator, cluster);
    expect(phaseOf(cluster, 'a')).toBe('Prepare');
  });

  it('stops writing an object on which a newer leader has raised the epoch', async () => {
    const cluster = aCluster();
    const old = operatorOn(cluster);
    await passOver(old, cluster);
    const young = operatorOn(cluster);
    await passOver(young, cluster);
    prepares(cluster, 'a');
    cluster.writes.length = 0;
    await old.reconcile({ kind: 'os', uid: 'os-uid' });
    expect(cluster.writes).toEqual([]);
    expect(cluster.os('os-uid')?.status.admission?.epoch).toBe(2);
  });

  it('waits for a cache that holds its own writes before it admits', async () => {
    const cluster = aCluster();
    const operator = operatorOn(cluster);
    await passOver(operator, cluster);
    prepares(cluster, 'a');
    cluster.isCurrent = false;
    for (let i = 0; i < 3; i += 1) await passOver(operator, cluster);
    expect(phaseOf(cluster, 'a')).toBe('Prepare');
    cluster.isCurrent = true;
    await passOver(operator, cluster);
    expect(phaseOf(cluster, 'a')).toBe('Drain');
  });

  it('backs off when the API is away and looks again soon after a conflict', async () => {
    const cluster = aCluster();
    const operator = operatorOn(cluster);
    cluster.callsLeft = 0;
    await expect(operator.reconcile({ kind: 'os', uid: 'os-uid' })).resolves.toMatchObject({
      kind: 'backoff',
    });
    await expect(operator.lead()).rejects.toMatchObject({ code: 'API_UNAVAILABLE' });
  });
});

describe('a crash of the operator', () => {
  const names = ['a', 'b', 'c'];
  const out = (cluster: MemoryCluster): readonly string[] =>
    names.filter((name) => {
      const phase = phaseOf(cluster, name);
      return cluster.node(name)?.unschedulable === true || !['none', 'Prepare'].includes(phase);
    });

  it('B-25: never takes more nodes out than allowed, wherever it happens, and the next leader goes on', async () => {
    for (let crashAfter = 0; crashAfter < 60; crashAfter += 1) {
      const cluster = aCluster(
        aSpec({ timeIntervalSeconds: 0, maxUnavailable: { count: 2 }, prepareConcurrency: 3 }),
      );
      let operator = operatorOn(cluster);
      cluster.callsLeft = crashAfter;
      for (let round = 0; round < 12; round += 1) {
        if (round === 4) {
          cluster.callsLeft = Infinity;
          cluster.term += 1;
          operator = operatorOn(cluster);
        }
        cluster.nowMs += 3000;
        await passOver(operator, cluster);
        for (const name of names) {
          if (phaseOf(cluster, name) === 'Prepare') prepares(cluster, name);
        }
        expect(out(cluster).length).toBeLessThanOrEqual(2);
      }
      expect(out(cluster)).toHaveLength(2);
      expect(cluster.os('os-uid')?.status.admission?.pending).toEqual([]);
    }
  });
});

describe('pods', () => {
  it('are looked at only on nodes that are candidates', async () => {
    const cluster = aCluster();
    const looked: string[] = [];
    const operator = operatorOn(
      Object.assign(cluster, {
        listPods: (node: string): Promise<readonly PodView[]> => {
          looked.push(node);
          return Promise.resolve([]);
        },
      }),
    );
    await passOver(operator, cluster);
    expect(looked).toEqual([]);
  });
});
