import { describe, expect, it } from '@jest/globals';
import { configuringLabel } from '../api/names.ts';
import type { AgentOperation } from '../api/agent-status.ts';
import type { Operation } from '../api/operation.ts';
import type { PodView } from '../ports/cluster-views.ts';
import { pod } from '../lifecycle/scene.fixture.ts';
import { aConfigSpec, aNode, anAgent, anInstance, anOs, aSet } from '../rollout/fleet.fixture.ts';
import { MemoryCluster, operatorOn, passOver } from './memory-cluster.fixture.ts';

/** An operator with one node whose agent applies settings, at work on a new set. */
class Work {
  readonly cluster = new MemoryCluster();
  readonly operator = operatorOn(this.cluster);
  #lease = 0;

  constructor(pods: readonly PodView[] = []) {
    const node = aNode('a');
    const agent = { capabilities: ['settings' as const] };
    this.cluster.osByUid.set('os-uid', anOs({ spec: aConfigSpec({ timeIntervalSeconds: 0 }) }));
    this.cluster.add(node, anInstance(node, { agent }));
    this.cluster.pods.set('a', pods);
  }

  get operation(): Operation | undefined {
    return this.cluster.instance('a')?.spec.operation;
  }

  /** Whether the node is marked, and whether it is cordoned. */
  get node(): { readonly marked: boolean; readonly cordoned: boolean } {
    const node = this.cluster.node('a');
    const marked = Object.hasOwn(node?.labels ?? {}, configuringLabel);
    return { marked, cordoned: node?.unschedulable === true };
  }

  /** Some passes, each a while after the other, with a kubelet that lives. */
  async passes(count = 3): Promise<void> {
    for (let index = 0; index < count; index += 1) {
      this.#lease += 1;
      this.cluster.leases.set('a', String(this.#lease));
      await passOver(this.operator, this.cluster);
      this.cluster.nowMs += 6000;
    }
  }

  /** Plays proxy and agent: the phase is read, and ends so. */
  async agent(report: Partial<AgentOperation>): Promise<void> {
    const { seq = 0, phase = 'Prepare' } = this.operation ?? {};
    const told = { id: 'x', seq, type: 'config' as const, phase, state: 'Done' as const };
    this.cluster.alterStatus('a', {
      acknowledged: { seq, phase },
      agent: anAgent(aNode('a'), {
        seq,
        capabilities: ['settings'],
        operation: { ...told, ...report },
      }),
    });
    await this.passes();
  }

  /** What the proxy copies once the agent names the set as applied. */
  applied(): void {
    this.cluster.alterStatus('a', { sysconfigs: aSet('s2') });
  }
}

const unevictable = pod('web', { controller: { kind: 'ReplicaSet', name: 'web', uid: 'rs' } });

describe('the operator', () => {
  it('B-16: brings settings that nobody notices to a node, without cordon and budget', async () => {
    const work = new Work([unevictable]);
    await work.passes();
    expect(work.cluster.instance('a')?.spec).toMatchObject({
      nodestatus: 'config',
      sysconfigs: aSet('s2'),
      operation: { type: 'config', phase: 'Prepare', target: { settings: 's2' } },
    });
    expect(work.node).toEqual({ marked: false, cordoned: false });

    await work.agent({ result: 'Prepared', disruption: 'none' });
    expect(work.operation).toMatchObject({ phase: 'After', disruption: 'none' });
    expect(work.operation).not.toHaveProperty('admitted');
    expect(work.node).toEqual({ marked: true, cordoned: false });

    work.applied();
    await work.agent({ result: 'Committed' });
    expect(work.operation).toBe(undefined);
    expect(work.node).toEqual({ marked: false, cordoned: false });
    expect(work.cluster.writes.filter((write) => write.startsWith('evict'))).toEqual([]);
    expect(work.cluster.os('os-uid')?.status).toMatchObject({ nodes: 1, updated: 1 });
    expect(work.cluster.instance('a')?.spec.history?.entries).toMatchObject([
      { type: 'config', settings: 's2', counted: false },
    ]);
  });

  it('drains a node whose settings restart programs, and confirms when it is Ready again', async () => {
    const work = new Work();
    await work.passes();
    await work.agent({ result: 'Prepared', disruption: 'restart' });
    expect(work.cluster.writes).toContain('a Drain');
    expect(work.node).toEqual({ marked: true, cordoned: true });
    expect(work.operation).toMatchObject({ phase: 'After', admitted: true });

    await work.agent({ result: 'Configured' });
    expect(work.operation?.phase).toBe('After');
    await work.passes(6);
    expect(work.operation).toMatchObject({ phase: 'Confirm', confirmBootId: 'boot-a' });

    work.applied();
    await work.agent({ result: 'Committed' });
    expect(work.operation).toBe(undefined);
    expect(work.node).toEqual({ marked: false, cordoned: false });
  });

  it('B-31: warns with an event when a node has refused a key', async () => {
    const work = new Work();
    await work.passes();
    const first = [{ model: 'kernel.sysctl', key: 'vm.no_such', message: 'there is none' }];
    const none = { total: 0, first: [] };
    work.cluster.alterStatus('a', {
      sysconfigs: aSet('s2'),
      agent: anAgent(aNode('a'), {
        capabilities: ['settings'],
        settings: {
          after: 's2',
          refused: { total: 1, first },
          drift: none,
          pendingRestarts: [],
          rebootPending: false,
        },
      }),
    });
    await work.passes();
    const told = work.cluster.events.filter(({ reason }) => reason === 'KeysRefused');
    expect(told).toMatchObject([{ type: 'Warning', about: { kind: 'OS' } }]);
    expect(told[0]?.message).toContain('vm.no_such');
  });

  it('blames settings for a return that it followed, and keeps them from the others', async () => {
    const work = new Work();
    const other = aNode('b');
    work.cluster.add(other, anInstance(other, { agent: { capabilities: ['settings'] } }));
    await work.passes();
    await work.agent({ result: 'Prepared', disruption: 'restart' });
    const message = 'the node was not confirmed in time';
    await work.agent({
      result: 'Returned',
      failure: { seq: 1, code: 'NOT_CONFIRMED', class: 'unconfirmed', message },
    });
    expect(work.cluster.instance('a')?.spec).toMatchObject({
      nodestatus: 'idle',
      history: { entries: [{ settings: 's2', counted: true, last: { reason: 'NotConfirmed' } }] },
    });
    // What it does not have is not what it is wanted to have any more.
    expect(work.cluster.instance('a')?.spec.sysconfigs).toEqual(
      work.cluster.instance('a')?.status.sysconfigs,
    );
    expect(work.cluster.os('os-uid')?.status.conditions).toContainEqual(
      expect.objectContaining({ type: 'Degraded', status: 'True' }),
    );
    expect(work.cluster.instance('b')?.spec.operation).toMatchObject({
      phase: 'Cancel',
      ending: { reason: 'MaxFailuresReached' },
    });
  });

  it('counts renewals of the Lease from the moment on when the settings are in place', async () => {
    const work = new Work();
    work.cluster.osByUid.set(
      'os-uid',
      anOs({ spec: aConfigSpec({ timeIntervalSeconds: 0, minReadySeconds: 0 }) }),
    );
    await work.passes();
    await work.agent({ result: 'Prepared', disruption: 'restart' });
    await work.passes(4);
    expect(work.operation?.phase).toBe('After');
    work.cluster.getNodeLease = () => Promise.resolve('the last one before the restart');
    await work.agent({ result: 'Configured' });
    expect(work.cluster.os('os-uid')?.status.message).toContain('has not renewed its Lease');
    expect(work.operation?.phase).toBe('After');
  });
});
