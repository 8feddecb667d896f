import { describe, expect, it } from '@jest/globals';
import { holdAnnotation, retryAnnotation, serialLabel, zoneLabel } from '../api/names.ts';
import type { Os } from '../api/os.ts';
import type { FleetPlan } from './decide-fleet.ts';
import {
  aNode,
  anOs,
  aRollbackSpec,
  aSlot,
  aSource,
  aSpec,
  digestTwo,
  facts,
  unreadableFacts,
} from './fleet.fixture.ts';
import {
  done,
  exhausted,
  failed,
  lookAt,
  prepared,
  preparedAgain,
  tried,
  working,
  type Circumstances,
} from './fleet-nodes.fixture.ts';
import { Fleet } from './fleet.ts';
import type { NodeFacts } from './standing.ts';

const plan = (...look: Parameters<typeof lookAt>): FleetPlan => lookAt(...look).plan;
const names = (candidates: FleetPlan['prepare']): readonly string[] =>
  candidates.map(({ member }) => member.name);

describe('decideFleet', () => {
  it('prepares as many as may be unavailable, by zone and then name', () => {
    const zone = (value: string) => ({ labels: { [zoneLabel]: value } });
    const nodes = [facts('a', zone('z2')), facts('c', zone('z1')), facts('b', zone('z1'))];
    expect(
      names(plan(anOs({ spec: aSpec({ maxUnavailable: { count: 2 } }) }), nodes).prepare),
    ).toEqual(['b', 'c']);
  });

  it('B-12: finds the one node that is left among many that are done', () => {
    const nodes = [...Array.from({ length: 99 }, (_, i) => done(`n${String(i)}`)), facts('last')];
    expect(names(plan(anOs(), nodes).prepare)).toEqual(['last']);
  });

  it.each<[string, NodeFacts, Circumstances]>([
    ['whose pods cannot be evicted', prepared('a'), { passedOver: ['a'] }],
    ['that is held by now', prepared('a', { annotations: { [holdAnnotation]: '' } }), {}],
    ['that somebody cordoned', prepared('a', { unschedulable: true }), {}],
    ['that is being deleted', prepared('a', { deleting: true }), {}],
  ])('B-20: prepares the next node beside a prepared one %s', (_name, blocked, about) => {
    expect(names(plan(anOs(), [blocked, facts('b')], about).prepare)).toEqual(['b']);
    expect(plan(anOs(), [prepared('a'), facts('b')]).prepare).toEqual([]);
  });

  it('admits prepared nodes within the free budget', () => {
    const nodes = [prepared('a'), prepared('b'), prepared('c')];
    const { admit } = plan(anOs({ spec: aSpec({ maxUnavailable: { count: 2 } }) }), nodes);
    expect(admit.count).toBe(2);
    expect(names(admit.candidates)).toEqual(['a', 'b', 'c']);
  });

  it.each([
    ['not Ready', facts('x', { ready: false })],
    ['cordoned', facts('x', { unschedulable: true })],
    ['at work', working('x')],
    ['at work on what nobody can read', unreadableFacts('x')],
  ])('B-25: counts a node that is %s against the budget, whoever caused it', (_name, broken) => {
    const { admit, gate } = plan(anOs(), [broken, prepared('b')]);
    expect(admit.count).toBe(0);
    expect(gate?.message).toContain('x');
  });

  it('B-23: goes on with the others when a node has no proxy', () => {
    const nodes = [{ node: aNode('a'), instance: undefined }, facts('b')];
    expect(names(plan(anOs(), nodes).prepare)).toEqual(['b']);
  });

  it.each<[string, Partial<Os>, Circumstances, string]>([
    ['paused', { spec: aSpec({ paused: true }) }, {}, 'Paused'],
    [
      'not valid',
      { problems: [{ path: 'spec.checksum', message: 'expected 64 hex digits' }] },
      {},
      'InvalidSpec',
    ],
    ['being deleted', { deleting: true }, {}, 'Deleting'],
    ['served by an operator that goes', {}, { retiring: true }, 'Retiring'],
    ['on an outdated CRD', {}, { served: 0 }, 'CRDOutdated'],
    [
      'outside its window',
      { spec: aSpec({ timeWindow: { start: '22:00:00', end: '04:00:00' } }) },
      {},
      'OutsideTimeWindow',
    ],
    [
      'younger than one that selects the same nodes',
      { creationTimestamp: '2026-03-01T00:00:00Z' },
      { others: [anOs({ uid: 'older', name: 'older' })] },
      'SelectorConflict',
    ],
  ])('B-24: starts nothing while the object is %s', (_name, changes, about, reason) => {
    const { spec: _spec, ...invalid } = anOs(changes);
    const os = changes.problems === undefined ? anOs(changes) : invalid;
    const result = plan(os, [facts('a'), prepared('b')], about);
    expect(result.gate?.reason).toBe(reason);
    expect(result.prepare).toEqual([]);
    expect(result.admit.count).toBe(0);
  });

  it('B-24: the older of two objects keeps its nodes and goes on', () => {
    const younger = anOs({ uid: 'younger', creationTimestamp: '2026-05-01T00:00:00Z' });
    expect(names(plan(anOs(), [facts('a')], { others: [younger] }).prepare)).toEqual(['a']);
  });

  it('stops after maxFailures and releases what was not activated', () => {
    const result = plan(anOs({ spec: aSpec({ maxUnavailable: { count: 3 } }) }), [
      failed('a'),
      prepared('b'),
      facts('c'),
    ]);
    expect(result.gate?.reason).toBe('MaxFailuresReached');
    expect(result.release.map(({ member, ending }) => [member.name, ending.reason])).toEqual([
      ['b', 'MaxFailuresReached'],
    ]);
    expect(result.prepare).toEqual([]);
  });

  it('releases everything that has not changed its node when the operator goes, and no more', () => {
    const begun = working('d', { phase: 'After', bootIdBefore: 'boot-0' });
    const nodes = [facts('a'), prepared('b'), working('c'), begun];
    const { release } = plan(anOs(), nodes, { retiring: true });
    expect(release.map(({ member, ending }) => [member.name, ending.reason])).toEqual([
      ['b', 'Retiring'],
      ['c', 'Retiring'],
    ]);
  });

  it('takes the marks of a serial batch off when the operator goes', () => {
    const os = anOs({ spec: aSpec({ executionMode: 'serial' }) });
    const nodes = [facts('a', { labels: { [serialLabel]: '' } }), facts('b')];
    const { batch } = plan(os, nodes, { retiring: true });
    expect(batch.remove.map(({ name }) => name)).toEqual(['a']);
    expect(batch.add).toEqual([]);
  });

  it('opens the failure gate for a node that a person wants tried again', () => {
    const asked = { annotations: { [retryAnnotation]: digestTwo } };
    const result = plan(anOs(), [failed('a', asked), facts('b')]);
    expect(result.gate).toBeUndefined();
    expect(names(result.prepare)).toEqual(['a']);
  });

  describe('when a node was tried before', () => {
    const later = { since: () => 3600 };
    const two = aSpec({ maxUnavailable: { count: 2 } });

    it('prepares it after all others', () => {
      const nodes = [tried('a'), facts('b'), facts('c')];
      expect(names(plan(anOs({ spec: two }), nodes, later).prepare)).toEqual(['b', 'c']);
      expect(names(plan(anOs({ spec: two }), nodes.slice(0, 2), later).prepare)).toEqual([
        'b',
        'a',
      ]);
    });

    it('admits it after all others', () => {
      const { admit } = plan(anOs({ spec: two }), [preparedAgain('a'), prepared('b')]);
      expect(names(admit.candidates)).toEqual(['b', 'a']);
    });

    it('takes it into the last batch', () => {
      const spec = aSpec({ executionMode: 'serial' });
      const { batch } = plan(anOs({ spec }), [tried('a'), facts('b')], later);
      expect(batch.add.map(({ name }) => name)).toEqual(['b']);
    });
  });

  it('keeps everything but the canaries back until all canaries are updated', () => {
    const spec = aSpec({ canary: { count: 1 }, maxUnavailable: { count: 3 } });
    expect(names(plan(anOs({ spec }), [facts('a'), facts('b')]).prepare)).toEqual(['a']);
    expect(names(plan(anOs({ spec }), [done('a'), facts('b')]).prepare)).toEqual(['b']);
  });

  it.each([
    ['failed', failed('a'), 'Canary a failed: no init'],
    ['used up its attempts', exhausted('a'), 'Canary a failed: a was activated 3 times'],
  ])('stops when a canary %s', (_name, canary, message) => {
    const spec = aSpec({ canary: { count: 1 }, maxFailures: 5 });
    const { gate, prepare } = plan(anOs({ spec }), [canary, facts('b')]);
    expect(gate?.reason).toBe('CanaryFailed');
    expect(gate?.message).toContain(message);
    expect(prepare).toEqual([]);
  });

  it('says that no node may be unavailable before one is prepared', () => {
    const os = anOs({ spec: aSpec({ maxUnavailable: { count: 0 } }) });
    expect(plan(os, [facts('a')]).gate?.reason).toBe('MaxUnavailableZero');
    expect(plan(os, []).gate).toBeUndefined();
  });

  it('waits for the interval between two batches, on the wall clock or since the leader saw it', () => {
    const lastTime = '2026-06-01T11:59:50Z';
    const os = anOs({ status: { admission: { epoch: 1, pending: [], lastTime } } });
    expect(plan(os, [prepared('a')])).toMatchObject({
      gate: { reason: 'TimeInterval' },
      requeue: { kind: 'after', seconds: 5 },
    });
    expect(
      plan(os, [prepared('a')], { wallMs: Date.parse('2026-06-01T12:00:05Z') }).admit.count,
    ).toBe(1);
    // The wall clock stepped back an hour: the leader's own clock still ends the wait.
    expect(
      plan(os, [prepared('a')], { wallMs: Date.parse('2026-06-01T11:00:00Z'), since: () => 16 })
        .admit.count,
    ).toBe(1);
  });

  it('admits nothing while a ticket is open or the caches are behind', () => {
    const pending = [{ node: 'a', nodeUid: 'uid-a', seq: 1 }];
    const os = anOs({ status: { admission: { epoch: 1, pending } } });
    expect(plan(os, [prepared('b')])).toMatchObject({ rollForward: pending, admit: { count: 0 } });
    expect(plan(anOs(), [prepared('b')], { cacheIsCurrent: false }).admit.count).toBe(0);
  });

  it('does not admit a prepared node that is held by now', () => {
    expect(
      plan(anOs(), [prepared('a', { annotations: { [holdAnnotation]: '' } })]).admit.candidates,
    ).toEqual([]);
  });

  it('admits a rollback without preparing', () => {
    const agent = { slots: { A: aSlot('good', 'KubeOS 1'), B: aSlot('good', 'KubeOS 0') } };
    const result = plan(anOs({ spec: aRollbackSpec() }), [facts('a', {}, { agent })]);
    expect(result.prepare).toEqual([]);
    expect(names(result.admit.candidates)).toEqual(['a']);
  });

  it('prepares a canary although a node behind it was prepared before', () => {
    const spec = aSpec({ canary: { count: 1 }, maxUnavailable: { count: 1 } });
    const result = plan(anOs({ spec }), [facts('a'), prepared('b')]);
    expect(names(result.prepare)).toEqual(['a']);
  });

  describe('in serial mode', () => {
    const spec = aSpec({ executionMode: 'serial', maxUnavailable: { count: 2 } });
    const inBatch = { labels: { [serialLabel]: '' } };

    it('forms a batch of maxunavailable nodes first', () => {
      const { batch, prepare } = plan(anOs({ spec }), [facts('a'), facts('b'), facts('c')]);
      expect(batch.add.map(({ name }) => name)).toEqual(['a', 'b']);
      expect(prepare).toEqual([]);
    });

    it('works on one node of the batch at a time', () => {
      const nodes = [prepared('a', inBatch), prepared('b', inBatch)];
      expect(plan(anOs({ spec }), nodes).admit.count).toBe(1);
      expect(plan(anOs({ spec }), [working('c'), ...nodes]).admit.count).toBe(0);
    });

    it('looks again when the interval before the next batch is over', () => {
      const waits = aSpec({ executionMode: 'serial', timeIntervalSeconds: 120 });
      const admission = { epoch: 1, pending: [], lastTime: '2026-06-01T11:59:00Z' };
      const result = plan(anOs({ spec: waits, status: { admission } }), [facts('a')]);
      expect(result.batch.add).toEqual([]);
      expect(result.gate?.reason).toBe('TimeInterval');
      expect(result.requeue).toEqual({ kind: 'after', seconds: 60 });
    });

    it('takes prepared nodes into a batch, and those out of it that somebody holds', () => {
      const formed = plan(anOs({ spec }), [prepared('a'), facts('b'), facts('c')]);
      expect(formed.batch.add.map(({ name }) => name)).toEqual(['a', 'b']);
      const held = { ...inBatch, annotations: { [holdAnnotation]: '' } };
      const later = plan(anOs({ spec }), [prepared('a', held), facts('b')]);
      expect(later.batch.remove.map(({ name }) => name)).toEqual(['a']);
    });

    it('B-20: leaves a node out of the batch whose pods cannot be evicted', () => {
      const rollback = aRollbackSpec({ executionMode: 'serial' });
      const agent = { slots: { A: aSlot('good', 'KubeOS 1'), B: aSlot('good', 'KubeOS 0') } };
      const nodes = [facts('a', {}, { agent }), facts('b', {}, { agent })];
      const { batch } = plan(anOs({ spec: rollback }), nodes, { passedOver: ['a'] });
      expect(batch.add.map(({ name }) => name)).toEqual(['b']);
    });

    it('gives a batch up that does not hold the canary, whose turn it is', () => {
      const canary = aSpec({ executionMode: 'serial', canary: { count: 1 } });
      const { batch } = plan(anOs({ spec: canary }), [facts('a'), facts('b', inBatch)]);
      expect(batch.remove.map(({ name }) => name)).toEqual(['b']);
    });

    it('takes nodes that are done out of the batch', () => {
      const view = { ...done('a'), node: aNode('a', inBatch) };
      expect(plan(anOs({ spec }), [view]).batch.remove.map(({ name }) => name)).toEqual(['a']);
    });
  });
});

describe('Fleet', () => {
  it('recomputes only what was touched and keeps its order', () => {
    const nodes = [facts('b'), facts('a')];
    const source = aSource([anOs()], nodes);
    const fleet = new Fleet(source);
    expect(fleet.members('os-uid').map(({ name }) => name)).toEqual(['a', 'b']);
    nodes[0] = done('b');
    expect(fleet.member('os-uid', 'b')?.standing.kind).toBe('eligible');
    fleet.touch('b');
    expect(fleet.members('os-uid').map(({ name, standing }) => [name, standing.kind])).toEqual([
      ['a', 'eligible'],
      ['b', 'updated'],
    ]);
    nodes.pop();
    fleet.touch('a');
    expect(fleet.members('os-uid').map(({ name }) => name)).toEqual(['b']);
  });

  it('keeps a node that is not selected any more while an operation of the object is open', () => {
    const os = anOs({ selector: { kind: 'value', value: 'edge' } });
    const fleet = new Fleet(aSource([os], [working('a'), facts('b')]));
    expect(fleet.members(os.uid).map(({ name, selected }) => [name, selected])).toEqual([
      ['a', false],
    ]);
  });
});
