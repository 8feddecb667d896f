import { describe, expect, it } from '@jest/globals';
import { operationFinalizer, serialLabel } from '../api/names.ts';
import { KubeosError } from '../errors/index.ts';
import {
  aNode,
  anInstance,
  anOperation,
  anOs,
  aRollbackSpec,
  aSlot,
  aSpec,
} from '../rollout/fleet.fixture.ts';
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

describe('the mark of a serial batch', () => {
  function aMarked(): MemoryCluster {
    const cluster = new MemoryCluster();
    cluster.osByUid.set('os-uid', anOs({ spec: aSpec({ executionMode: 'serial' }) }));
    const node = aNode('a', { labels: { [serialLabel]: '' } });
    cluster.add(node, anInstance(node, { agent: { version: 'KubeOS 2' } }));
    return cluster;
  }

  it('is taken off though a kubelet has written the Node, which no watch tells of', async () => {
    const cluster = aMarked();
    const operator = operatorOn(cluster);
    cluster.osByUid.set('os-uid', anOs({ spec: aSpec({ paused: true }) }));
    await operator.reconcile(key);
    cluster.alterNode('a', {});
    cluster.osByUid.set('os-uid', anOs({ spec: aSpec({ executionMode: 'serial' }) }));
    await operator.reconcile(key);
    expect(cluster.node('a')?.labels).toEqual({});
  });

  it('is tried again by itself when somebody came first', async () => {
    const cluster = aMarked();
    const operator = operatorOn(cluster);
    const changeNode = cluster.changeNode.bind(cluster);
    cluster.changeNode = (given, change) => {
      cluster.alterNode('a', { osImage: 'KubeOS 2' });
      cluster.changeNode = changeNode;
      return changeNode(given, change);
    };
    expect(await operator.reconcile(key)).toEqual({ kind: 'after', seconds: 1 });
    expect(await operator.reconcile(key)).toEqual({ kind: 'onChange' });
    expect(cluster.node('a')?.labels).toEqual({});
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

describe('a pass that the API server refuses', () => {
  const forbidden = new KubeosError('FORBIDDEN', 'customresourcedefinitions is forbidden (403)');
  const refuse = (): Promise<never> => Promise.reject(forbidden);
  const ready = (cluster: MemoryCluster) =>
    cluster.os('os-uid')?.status.conditions?.find(({ type }) => type === 'Ready');

  it('is told in the status, until it is made', async () => {
    const cluster = aFleet(1);
    const operator = operatorOn(cluster);
    const servedRevision = cluster.servedSchemaRevision.bind(cluster);
    cluster.servedSchemaRevision = refuse;
    for (let pass = 0; pass < 2; pass += 1) {
      expect(await operator.reconcile(key)).toEqual({ kind: 'after', seconds: 60 });
    }
    const { message } = forbidden;
    expect(cluster.os('os-uid')?.status).toMatchObject({
      message,
      conditions: [{ type: 'Ready', status: 'False', reason: 'Forbidden', message }],
    });
    expect(cluster.writes).toEqual(['status os']);
    expect(cluster.events).toMatchObject([{ type: 'Warning', reason: 'Forbidden' }]);

    cluster.servedSchemaRevision = servedRevision;
    await operator.reconcile(key);
    expect(ready(cluster)).toMatchObject({ reason: 'Paused' });
  });

  it('keeps ticket and counts as they were', async () => {
    const cluster = aFleet(1);
    const operator = operatorOn(cluster);
    await operator.reconcile(key);
    const {
      conditions: _conditions,
      message: _message,
      ...before
    } = cluster.os('os-uid')?.status ?? {};
    await operator.lead();
    cluster.servedSchemaRevision = refuse;
    await operator.reconcile(key);
    expect(before).toHaveProperty('admission');
    expect(cluster.os('os-uid')?.status).toMatchObject(before);
    expect(ready(cluster)).toMatchObject({ reason: 'Forbidden' });
  });

  it('is told in the log alone when the status cannot be written either', async () => {
    const cluster = aFleet(1);
    cluster.servedSchemaRevision = refuse;
    cluster.writeOsStatus = refuse;
    const operator = operatorOn(cluster);
    expect(await operator.reconcile(key)).toEqual({ kind: 'after', seconds: 60 });
    expect(cluster.os('os-uid')?.status).toEqual({});
  });

  it.each([
    ['that is to be made again soon', new KubeosError('CONFLICT', 'changed')],
    ['that got no answer', new KubeosError('API_UNAVAILABLE', 'away')],
  ])('is something else than one %s', async (_what, error) => {
    const cluster = aFleet(1);
    cluster.servedSchemaRevision = () => Promise.reject(error);
    await operatorOn(cluster).reconcile(key);
    expect(cluster.os('os-uid')?.status).toEqual({});
  });

  it('is told as why its node waits', async () => {
    const cluster = new MemoryCluster();
    const node = aNode('a');
    const operation = anOperation(node, { phase: 'Drain', admitted: true });
    const acknowledged = { seq: 1, phase: 'Drain' };
    cluster.osByUid.set('os-uid', anOs());
    cluster.add(node, anInstance(node, { spec: { operation }, status: { acknowledged } }));
    const message = 'nodes "a" is forbidden (403)';
    cluster.changeNode = () => Promise.reject(new KubeosError('FORBIDDEN', message));
    const operator = operatorOn(cluster);
    await operator.reconcile({ kind: 'node', name: 'a' });
    await operator.reconcile(key);
    expect(ready(cluster)).toMatchObject({
      reason: 'Forbidden',
      message: `0 of 1 node(s) are up to date. a: ${message}`,
    });
  });
});

describe('the events of an object', () => {
  const told = (cluster: MemoryCluster): readonly string[] =>
    cluster.events.map(({ message }) => message);

  it('tell at first sight what is True and what Ready says, then what turns', async () => {
    const cluster = aFleet(1);
    const operator = operatorOn(cluster);
    await operator.reconcile(key);
    expect(told(cluster)).toEqual([
      'Ready is False: 0 of 1 node(s) are up to date. spec.paused is set',
      'Paused is True: spec.paused is set',
    ]);
    await operator.reconcile(key);
    expect(cluster.events).toHaveLength(2);

    const os = cluster.os('os-uid');
    if (os === undefined) throw new Error('no object');
    cluster.osByUid.set('os-uid', { ...os, spec: aSpec() });
    await operator.reconcile(key);
    expect(told(cluster).slice(2)).toContainEqual('Paused is False: ');
  });

  it('tell once a term that the CRDs keep no status, and write nothing that says nothing new', async () => {
    const cluster = aFleet(1);
    cluster.served = 0;
    let writes = 0;
    cluster.writeOsStatus = (os) => {
      writes += 1;
      return Promise.resolve(os);
    };
    const operator = operatorOn(cluster);
    const at = async (seconds: number): Promise<readonly number[]> => {
      cluster.nowMs = seconds * 1000;
      await operator.reconcile(key);
      return [writes, cluster.events.length];
    };
    expect(await at(0)).toEqual([1, 1]);
    expect(await at(15)).toEqual([1, 1]);
    cluster.osByUid.set('os-uid', anOs({ resourceVersion: '7' }));
    expect(await at(30)).toEqual([2, 1]);
    await operator.lead();
    expect(await at(45)).toEqual([3, 2]);
    expect(cluster.events).toMatchObject([
      { type: 'Warning', reason: 'CRDOutdated' },
      { type: 'Warning', reason: 'CRDOutdated' },
    ]);
  });

  it('tell nothing that the server did not store', async () => {
    const cluster = aFleet(1);
    const writeOsStatus = cluster.writeOsStatus.bind(cluster);
    cluster.writeOsStatus = (os, status) =>
      writeOsStatus(os, {
        ...status,
        ...(status.conditions === undefined
          ? {}
          : { conditions: status.conditions.filter(({ type }) => type !== 'Paused') }),
      });
    await operatorOn(cluster).reconcile(key);
    expect(told(cluster)).toEqual([
      'Ready is False: 0 of 1 node(s) are up to date. spec.paused is set',
    ]);
  });
});
