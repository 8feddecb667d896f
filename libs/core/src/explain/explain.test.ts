import { describe, expect, it } from '@jest/globals';
import { done, failed, prepared, working } from '../rollout/fleet-nodes.fixture.ts';
import { anOs, facts } from '../rollout/fleet.fixture.ts';
import { aBudget, aPod } from '../drain/pods.fixture.ts';
import type { AgentFailure } from '../api/agent-status.ts';
import { explainNode } from './explain-node.ts';
import { explainOs } from './explain-os.ts';
import { aCondition, before, observed, toldOs } from './observed.fixture.ts';

describe('the explanation of a node', () => {
  it('says what the reason means, what ends it and where that is told', () => {
    expect(explainNode(observed([facts('a')]), 'a')).toMatchObject({
      reason: 'Queued',
      meaning: 'The node waits for its turn.',
      unblocks: 'It passes by itself when the nodes before it are through.',
      runbook: 'waiting',
      conditions: [],
    });
  });

  it('names the operation as logs do', () => {
    const { operation } = explainNode(observed([working('a')]), 'a') ?? {};
    expect(operation).toBe('os-uid/uid-a/1');
  });

  it('has the last failure with its evidence', () => {
    const lastFailure: AgentFailure = {
      seq: 1,
      code: 'BOOT_FAILED',
      class: 'bad',
      message: 'no init',
      evidence: { attemptsUsed: 3 },
    };
    const node = facts('a', {}, { agent: { lastFailure } });
    expect(explainNode(observed([node]), 'a')?.lastFailure).toBe(lastFailure);
  });

  it('names pods that would not leave, with the budget that holds them', () => {
    const budget = aBudget({ disruptionsAllowed: 0, currentHealthy: 1, desiredHealthy: 1 });
    const pods = new Map([
      [
        'a',
        [
          aPod({ name: 'held' }),
          aPod({ name: 'lonely', labels: {}, hasOwner: false }),
          aPod({ name: 'going', labels: {}, deleting: true }),
        ],
      ],
    ]);
    const os = anOs();
    if (os.spec === undefined) throw new Error('no spec');
    const oses = [anOs({ spec: { ...os.spec, force: false } })];
    const cluster = observed([facts('a')], { oses, pods, budgets: [budget] });
    const { namespace } = budget;
    expect(explainNode(cluster, 'a')?.pods).toEqual([
      { pod: `${namespace}/lonely`, budgets: [], why: expect.stringContaining('no owner') },
      {
        pod: `${namespace}/held`,
        budgets: [`${namespace}/${budget.name}`],
        why: expect.stringContaining('allows no disruption'),
      },
      { pod: `${namespace}/going`, budgets: [], why: 'is terminating' },
    ]);
    expect(explainNode(observed([facts('a')]), 'a')).not.toHaveProperty('pods');
  });

  it('is not there for a node that is not', () => {
    expect(explainNode(observed([]), 'a')).toBeUndefined();
  });
});

describe('the explanation of an OS', () => {
  const nodes = [done('a'), facts('b'), facts('c'), prepared('d'), working('e'), failed('f')];

  it('has the word of the operator, the counts, and who waits for what', () => {
    const oses = [toldOs(aCondition('Ready', 'False', 'MaxFailuresReached'))];
    const told = explainOs(observed(nodes, { oses }), 'default', 'os');
    expect(told).toMatchObject({
      os: 'default/os',
      wanted: 'KubeOS 2',
      counts: { nodes: 6, updated: 1, atWork: 1, waiting: 3, failed: 1 },
      reason: 'MaxFailuresReached',
      message: 'says MaxFailuresReached',
      since: before,
      runbook: 'max-failures',
    });
    expect(told?.groups).toMatchObject([
      { reason: 'MaxFailuresReached', nodes: ['b', 'c', 'd'], runbook: 'max-failures' },
    ]);
    expect(told?.atWork.map(({ node }) => node)).toEqual(['e']);
    expect(told?.failed.map(({ node, reason }) => [node, reason])).toEqual([['f', 'BootFailed']]);
  });

  it('sorts those that wait by how many they are', () => {
    const held = { annotations: { 'upgrade.openeuler.org/hold': '' } };
    const some = [facts('a', held), facts('b'), facts('c', { ready: false }), facts('d')];
    const told = explainOs(observed(some), 'default', 'os');
    expect(told?.groups.map(({ reason }) => reason)).toEqual(['Queued', 'Held', 'NotReady']);
  });

  it.each([
    ['not at all', anOs()],
    ['at an older spec', toldOs(aCondition('Ready', 'True', 'NoNodes'), { generation: 2 })],
  ])('says that the operator is silent when it looked %s', (_what, os) => {
    expect(explainOs(observed([], { oses: [os] }), 'default', 'os')).toMatchObject({
      reason: 'OperatorSilent',
      runbook: 'operator',
      meaning: '',
    });
  });

  it('is not there for an object that is not', () => {
    expect(explainOs(observed([]), 'other', 'os')).toBeUndefined();
    expect(explainOs(observed([]), 'default', 'other')).toBeUndefined();
  });

  it('can be given of an object that is not valid', () => {
    const { spec: _spec, ...rest } = anOs({ problems: [{ path: 'spec.x', message: 'is wrong' }] });
    expect(explainOs(observed([facts('a')], { oses: [rest] }), 'default', 'os')).toMatchObject({
      wanted: '',
      groups: [{ reason: 'InvalidSpec' }],
    });
  });
});
