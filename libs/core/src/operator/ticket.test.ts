import { describe, expect, it } from '@jest/globals';
import { holdAnnotation, operationFinalizer, retryAnnotation } from '../api/names.ts';
import type { HistoryEntry, Operation } from '../api/operation.ts';
import type { Os } from '../api/os.ts';
import type { NodeView } from '../ports/cluster-views.ts';
import {
  aConfig,
  aConfigSpec,
  aNode,
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

const key = { kind: 'os', uid: 'os-uid' } as const;
const entry = { node: 'a', nodeUid: 'uid-a', seq: 1 };
const target = {
  version: 'KubeOS 2',
  payloadDigest: digestTwo,
  slot: 'B' as const,
  slotDigest: digestOne,
};
const rollback = aRollbackSpec({ timeIntervalSeconds: 0 });
/** A node whose idle slot holds what the rollback wants. */
const slots = { A: aSlot('good', 'KubeOS 1'), B: aSlot('good', 'KubeOS 0') };

/** An object whose ticket names node `a`, as a leader leaves it that crashed right after the write. */
function withTicket(changes: Partial<Os> = {}): MemoryCluster {
  const cluster = new MemoryCluster();
  cluster.osByUid.set(
    'os-uid',
    anOs({ status: { admission: { epoch: 1, pending: [entry] } }, ...changes }),
  );
  return cluster;
}

function withOperation(changes: Partial<Operation>, os: Partial<Os> = {}): MemoryCluster {
  const cluster = withTicket(os);
  const node = aNode('a');
  const operation = anOperation(node, { target, ...changes });
  cluster.osByUid.set('other-uid', anOs({ uid: 'other-uid', name: 'other' }));
  cluster.add(node, anInstance(node, { spec: { operation, history: { seq: 1, entries: [] } } }));
  return cluster;
}

function withIdleNode(
  node: Partial<NodeView> = {},
  instance: Parameters<typeof anInstance>[1] = {},
  os: Partial<Os> = {},
): MemoryCluster {
  const cluster = withTicket({ spec: rollback, ...os });
  const view = aNode('a', node);
  cluster.add(view, anInstance(view, { agent: { slots }, ...instance }));
  return cluster;
}

/** A rollback to the idle slot that failed before. */
const failed: HistoryEntry = {
  osUid: 'os-uid',
  type: 'rollback',
  version: 'KubeOS 0',
  digest: digestOne,
  activates: 3,
  attempts: 3,
  counted: true,
  last: { seq: 1, class: 'unconfirmed', reason: 'NotConfirmed', message: '', time: '' },
};

describe('a ticket that is carried through', () => {
  const rolled = async (cluster: MemoryCluster): Promise<Operation | undefined> => {
    await operatorOn(cluster).reconcile(key);
    expect(cluster.os('os-uid')?.status.admission?.pending).toEqual([]);
    return cluster.instance('a')?.spec.operation;
  };

  it('admits what was prepared', async () => {
    const operation = await rolled(withOperation({}));
    expect(operation).toMatchObject({ phase: 'Drain', admitted: true });
  });

  it.each([
    ['none', { phase: 'After' }],
    ['restart', { phase: 'Drain', admitted: true }],
  ] as const)('admits settings that were planned: %s', async (disruption, expected) => {
    const cluster = withTicket({ spec: aConfigSpec() });
    const node = aNode('a');
    const spec = { operation: aConfig(node, { disruption }), history: { seq: 1, entries: [] } };
    cluster.add(node, anInstance(node, { spec }));
    const operation = await rolled(cluster);
    expect(operation).toMatchObject(expected);
    expect(operation?.admitted === true).toBe(disruption === 'restart');
    expect(cluster.events.map(({ message }) => message)).toContain(
      'Admitted: config to settings s2 for OS default/os',
    );
  });

  it.each<[string, MemoryCluster]>([
    ['another object’s operation under the same number', withOperation({ osUid: 'other-uid' })],
    ['what is not prepared', withOperation({ target: { version: 'KubeOS 2' } })],
    ['an operation of another number', withOperation({ seq: 2 })],
    ['an operation that is being cancelled', withOperation({ phase: 'Cancel' })],
  ])('leaves %s alone', async (_name, cluster) => {
    const before = cluster.instance('a')?.spec.operation;
    expect(await rolled(cluster)).toEqual(before);
  });

  it('creates the operation of a rollback', async () => {
    expect(await rolled(withIdleNode())).toMatchObject({
      type: 'rollback',
      phase: 'Drain',
      seq: 1,
    });
  });

  it.each<[string, MemoryCluster]>([
    ['for a Node that was registered again', withIdleNode({ uid: 'another' })],
    [
      'under a number that is used up',
      withIdleNode({}, { spec: { history: { seq: 1, entries: [] } } }),
    ],
    ['under a number that the agent knows', withIdleNode({}, { agent: { slots, seq: 1 } })],
    [
      'for an object that wants an upgrade by now',
      withIdleNode({}, {}, { spec: aSpec({ paused: true }) }),
    ],
    [
      'for an object that wants settings by now',
      withIdleNode(
        {},
        { agent: { capabilities: ['settings'] } },
        { spec: aConfigSpec({ paused: true }) },
      ),
    ],
    [
      'for a slot that does not hold the version any more',
      withIdleNode({}, { agent: { slots: { ...slots, B: aSlot('empty', 'KubeOS 0') } } }),
    ],
    [
      'for an object that is being deleted',
      withIdleNode({}, {}, { deleting: true, finalizers: [operationFinalizer] }),
    ],
    ['on a node that is held by now', withIdleNode({ annotations: { [holdAnnotation]: '' } })],
    [
      'for a target that was given up',
      withIdleNode({}, { agent: { slots }, spec: { history: { seq: 0, entries: [failed] } } }),
    ],
  ])('creates nothing %s', async (_name, cluster) => {
    expect(await rolled(cluster)).toBe(undefined);
  });

  it('writes down which DaemonSets were not Ready at admission', async () => {
    for (const cluster of [withOperation({}), withIdleNode()]) {
      const controller = { kind: 'DaemonSet', name: 'logs', uid: 'ds' };
      cluster.pods.set('a', [
        pod('logs-1', { ready: false, controller }),
        pod('net-1', { controller: { ...controller, name: 'net' } }),
        pod('web-1', { ready: false }),
      ]);
      expect(await rolled(cluster)).toMatchObject({ excusedDaemonSetPods: ['default/logs'] });
    }
  });
});

describe('the retry of a rollback', () => {
  it.each([1, 2])(
    'is used up by the one attempt it allows (maxFailures %d)',
    async (maxFailures) => {
      const cluster = new MemoryCluster();
      const spec = aRollbackSpec({ timeIntervalSeconds: 0, maxFailures });
      cluster.osByUid.set('os-uid', anOs({ spec }));
      const node = aNode('a', { annotations: { [retryAnnotation]: digestOne } });
      const history = { seq: 1, entries: [failed] };
      cluster.add(node, anInstance(node, { agent: { slots, seq: 1 }, spec: { history } }));
      const operator = operatorOn(cluster);
      for (let pass = 0; pass < 4; pass += 1) await passOver(operator, cluster);
      expect(cluster.instance('a')?.spec).toMatchObject({
        operation: { seq: 2, phase: 'Drain' },
        history: { seq: 2, entries: [{ counted: false, consumedRetry: digestOne }] },
      });
    },
  );
});

describe('the ticket', () => {
  it('holds at most 64 nodes, however many may go', async () => {
    const cluster = new MemoryCluster();
    const spec = aRollbackSpec({ timeIntervalSeconds: 0, maxUnavailable: { percent: 100 } });
    cluster.osByUid.set('os-uid', anOs({ spec }));
    for (let index = 0; index < 70; index += 1) {
      const node = aNode(`n${String(index)}`);
      cluster.add(node, anInstance(node, { agent: { slots } }));
    }
    const sizes: number[] = [];
    const write = cluster.writeOsStatus.bind(cluster);
    cluster.writeOsStatus = (os, status) => {
      sizes.push(status.admission?.pending.length ?? 0);
      return write(os, status);
    };
    const operator = operatorOn(cluster);
    for (let pass = 0; pass < 3; pass += 1) await passOver(operator, cluster);
    expect(sizes.filter((size) => size > 0)).toEqual([64, 6]);
    const open = [...cluster.instances()].filter((one) => one.spec.operation?.phase === 'Drain');
    expect(open).toHaveLength(70);
  });
});
