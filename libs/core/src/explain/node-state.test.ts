import { describe, expect, it } from '@jest/globals';
import { holdAnnotation, zoneLabel } from '../api/names.ts';
import type { Condition } from '../conditions/index.ts';
import type { Operation } from '../api/operation.ts';
import { phaseTable } from '../lifecycle/phase-table.ts';
import {
  done,
  failed,
  prepared,
  preparing,
  tried,
  working,
} from '../rollout/fleet-nodes.fixture.ts';
import { aConfig, aConfigSpec, aNode, anOs, aSpec, facts } from '../rollout/fleet.fixture.ts';
import type { NodeFacts } from '../rollout/standing.ts';
import { nodeCases, nodeState, type NodeState } from './node-state.ts';
import { aCondition, before, observed, toldOs } from './observed.fixture.ts';
import type { ObservedCluster } from './observed.ts';

function stateOf(node: NodeFacts, changes: Partial<ObservedCluster> = {}): Partial<NodeState> {
  const [known] = nodeCases(observed([node], changes));
  if (known === undefined) throw new Error('no node');
  return nodeState(known);
}

function withStatus(node: NodeFacts, status: object): NodeFacts {
  const { instance } = node;
  if (instance === undefined) throw new Error('no instance');
  return { ...node, instance: { ...instance, status: { ...instance.status, ...status } } };
}

describe('the state of a node', () => {
  it.each<[what: string, node: NodeFacts, state: Partial<NodeState>]>([
    ['as wanted', done('a'), { phase: 'UpToDate', reason: '', version: 'KubeOS 2', slot: 'A' }],
    ['next in line', facts('a'), { phase: 'Waiting', reason: 'Queued', wanted: 'KubeOS 2' }],
    ['held', facts('a', { annotations: { [holdAnnotation]: 'x' } }), { reason: 'Held' }],
    ['without a proxy', { node: aNode('a'), instance: undefined }, { reason: 'NoProxy' }],
    ['prepared', prepared('a'), { phase: 'Prepared', reason: 'Queued' }],
    [
      'failed',
      failed('a'),
      { phase: 'Failed', reason: 'BootFailed', since: '2026-01-01T00:00:00Z' },
    ],
    ['in a pause', tried('a'), { phase: 'Waiting', reason: 'Queued' }],
    ['at work, not told yet', working('a'), { phase: 'Drain', reason: 'ProxyPending' }],
  ])('is told of one that is %s', (_what, node, state) => {
    expect(stateOf(node)).toMatchObject({ node: 'a', os: 'default/os', ...state });
  });

  it('is that of the gate where nothing of its own holds it up', () => {
    const oses = [anOs({ spec: aSpec({ paused: true }) })];
    expect(stateOf(facts('a'), { oses })).toMatchObject({
      reason: 'Paused',
      runbook: 'waiting',
      unblocks: 'Go on with kubectl kubeos resume OS.',
    });
  });

  it('is that of its pods where the operator has passed it over', () => {
    const waiting = [{ reason: 'EvictionBlocked', count: 1, examples: ['a'] }];
    const ready = aCondition('Ready', 'False', 'EvictionBlocked', '1 node(s) wait, a: pod x/y');
    const oses = [toldOs(ready, { status: { waiting } })];
    expect(stateOf(facts('a'), { oses })).toMatchObject({
      reason: 'EvictionBlocked',
      message: ready.message,
      since: before,
    });
    const other = [toldOs(aCondition('Ready', 'False', 'Paused'), { status: { waiting } })];
    expect(stateOf(facts('a'), { oses: other }).message).toBe('Pods of a cannot leave');
  });

  it('has the decision of the operator, the progress of the agent and the time of the phase', () => {
    const operation = {
      ...{ id: 'x', seq: 1, type: 'upgrade', phase: 'Prepare', state: 'Running' },
      progress: { step: 'Writing', bytesDone: 30, bytesTotal: 120 },
    };
    const base = preparing('a');
    const conditions = [aCondition('Progressing', 'True', 'ProxyPending')];
    const node = withStatus(base, {
      conditions,
      acknowledged: { seq: 1, phase: 'Prepare' },
      agent: { ...base.instance.status.agent, operation },
    });
    const times = new Map([['a', { phase: before }]]);
    expect(stateOf(node, { times })).toMatchObject({
      ...{ phase: 'Prepare', progress: 'Writing 25%', since: before },
      ...{ reason: 'Preparing', message: 'a is preparing: Writing 0 of 0 MiB' },
    });
    const unknownTotal = { ...operation, progress: { step: 'Fetching', bytesDone: 3_145_728 } };
    const agent = { ...base.instance.status.agent, operation: unknownTotal };
    expect(stateOf(withStatus(base, { agent })).progress).toBe('Fetching 3 MiB');
  });

  /** Out of service, with a change of its operation and what the operator says of it. */
  function atWork(changes: Partial<Operation>, ...conditions: readonly Condition[]): NodeFacts {
    const base = working('a');
    const { operation } = base.instance.spec;
    if (operation === undefined) throw new Error('no operation');
    const spec = { ...base.instance.spec, operation: { ...operation, ...changes } };
    const acknowledged = { seq: 1, phase: 'Drain' };
    return withStatus(
      { ...base, instance: { ...base.instance, spec } },
      { conditions, acknowledged },
    );
  }

  it('has the word of the operator where only that one knows', () => {
    const cordoned = { unschedulable: true, unschedulableIsOurs: true };
    const drain = atWork({}, aCondition('Progressing', 'True', 'EvictionBlocked'));
    const cordon = { 'upgrade.openeuler.org/cordon': 'os-uid/os-uid/uid-a/1' };
    const node = { ...drain.node, ...cordoned, annotations: cordon };
    expect(stateOf({ ...drain, node }).reason).toBe('EvictionBlocked');
    const lost = atWork({ phase: 'Activate' }, aCondition('Progressing', 'True', 'NodeLost'));
    expect(stateOf(lost).reason).toBe('NodeLost');
  });

  it('tells how an operation ends where nothing else is to be said', () => {
    const ending = {
      result: 'Failed',
      class: 'bad',
      reason: 'NoAgent',
      message: 'no agent',
    } as const;
    expect(stateOf(atWork({ phase: 'Cancel', ending }))).toMatchObject({
      ...{ phase: 'Cancel', reason: 'Cancelling' },
      message: 'NoAgent: waiting for the agent of a to stop',
    });
    expect(stateOf(atWork({ phase: 'GiveBack', ending }))).toMatchObject({
      ...{ phase: 'GiveBack', reason: 'NoAgent', message: 'no agent' },
    });
    expect(stateOf(atWork({ phase: 'GiveBack' }))).toMatchObject({
      ...{ phase: 'GiveBack', reason: '', message: phaseTable.GiveBack.means },
    });
  });

  it('is degraded although it is as wanted', () => {
    const conditions = [aCondition('Degraded', 'True', 'PersistFull')];
    expect(stateOf(withStatus(done('a'), { conditions }))).toMatchObject({
      ...{ phase: 'UpToDate', reason: 'PersistFull', since: before, runbook: 'records' },
    });
  });

  it('names the settings that a config brings', () => {
    const oses = [anOs({ spec: aConfigSpec() })];
    const capabilities = ['disk', 'settings'] as const;
    const node = facts('a', {}, { agent: { capabilities } });
    expect(stateOf(node, { oses }).wanted).toBe('settings s2');
    const atWork = facts('a', {}, { spec: { operation: aConfig(aNode('a')) } });
    expect(stateOf(atWork, { oses }).wanted).toBe('settings s2');
  });

  it.each([
    ['Held', { annotations: { [holdAnnotation]: '' } }, 'hold'],
    ['ForeignCordon', { unschedulable: true }, 'cordon'],
    ['NotReady', { ready: false }, 'ready'],
  ] as const)('knows since when a node is %s', (reason, changes, time) => {
    const times = new Map([['a', { [time]: before }]]);
    expect(stateOf(facts('a', changes), { times })).toMatchObject({ reason, since: before });
  });

  it('says so of a node that nobody selects, and leaves the control plane out', () => {
    const { phase, os, since } = stateOf(done('a'), { oses: [] });
    expect({ phase, os, since }).toEqual({ phase: 'NotSelected', os: undefined, since: undefined });
    const master = facts('m', { labels: { 'node-role.kubernetes.io/control-plane': '' } });
    expect(nodeCases(observed([master]))).toEqual([]);
  });

  it('belongs to the object that has the node at work, else to the oldest that stays', () => {
    const young = anOs({ uid: 'young', name: 'young', creationTimestamp: '2026-02-01T00:00:00Z' });
    const going = anOs({ uid: 'going', name: 'going', deleting: true });
    const old = { ...going, creationTimestamp: '2025-01-01T00:00:00Z' };
    expect(stateOf(facts('a'), { oses: [young, old] }).os).toBe('default/young');
    expect(stateOf(facts('a'), { oses: [old] }).os).toBe('default/going');
    expect(stateOf(working('a'), { oses: [young, anOs()] }).os).toBe('default/os');
  });

  it('comes in the order of the line', () => {
    const nodes = [
      facts('b', { labels: { [zoneLabel]: '1' } }),
      facts('c', { labels: { [zoneLabel]: '1' } }),
      facts('a', { labels: { [zoneLabel]: '2' } }),
    ];
    expect(nodeCases(observed(nodes)).map(({ node }) => node.name)).toEqual(['b', 'c', 'a']);
  });
});
