import { describe, expect, it } from '@jest/globals';
import { holdAnnotation, retryAnnotation } from '../api/names.ts';
import type { HistoryEntry } from '../api/operation.ts';
import { done, failed, tried, working } from '../rollout/fleet-nodes.fixture.ts';
import { aConfigSpec, anOs, aSlot, digestTwo, facts } from '../rollout/fleet.fixture.ts';
import { standingOf, type NodeFacts } from '../rollout/standing.ts';
import { nodeCases } from './node-state.ts';
import { observed } from './observed.fixture.ts';
import type { ObservedCluster } from './observed.ts';
import { retryFor, type RetryAnswer } from './retry.ts';
import { rollbackOf } from './rollback.ts';

describe('a retry', () => {
  function answerFor(node: NodeFacts, changes: Partial<ObservedCluster> = {}): RetryAnswer {
    const [known] = nodeCases(observed([node], changes));
    if (known === undefined) throw new Error('no node');
    return retryFor(known);
  }
  const annotated = (value: string) => ({ annotations: { [retryAnnotation]: value } });

  it('of what failed is asked for by its digest, and the operator understands that', () => {
    const answer = answerFor(failed('a'));
    expect(answer).toEqual({ kind: 'ask', value: digestTwo, version: 'KubeOS 2' });
    const os = anOs();
    if (os.spec === undefined) throw new Error('no spec');
    const asked = failed('a', annotated(digestTwo));
    expect(standingOf(os, os.spec, asked)).toMatchObject({ kind: 'eligible', retry: digestTwo });
    expect(answerFor(asked)).toEqual({ kind: 'asked', value: digestTwo });
  });

  it('uses each value once', () => {
    const used = tried('a', { counted: true, consumedRetry: digestTwo }, annotated(digestTwo));
    expect(answerFor(used)).toMatchObject({ value: `${digestTwo}#2` });
    const twice = tried('a', { consumedRetry: `${digestTwo}#2` }, annotated(`${digestTwo}#2`));
    expect(answerFor(twice)).toMatchObject({ value: digestTwo });
  });

  it.each([
    ['is at work', working('a'), 'a is at work: Drain'],
    ['is as wanted', done('a'), 'a is as wanted already'],
    ['was not tried', facts('a'), 'a has not failed KubeOS 2: it takes its turn by itself'],
    [
      'is held before it was tried',
      facts('a', { annotations: { [holdAnnotation]: '' } }),
      'a has not failed KubeOS 2: a carries the annotation',
    ],
  ])('is refused for a node that %s', (_what, node, why) => {
    expect(answerFor(node)).toEqual({ kind: 'refused', why: expect.stringContaining(why) });
  });

  it('is refused where nobody wants anything of the node', () => {
    expect(answerFor(failed('a'), { oses: [] })).toMatchObject({ why: 'no OS selects a' });
    const { spec: _spec, ...invalid } = anOs();
    expect(answerFor(failed('a'), { oses: [invalid] })).toMatchObject({
      why: 'default/os is not valid',
    });
  });

  it('of settings is asked for by the version of the set', () => {
    const entry: HistoryEntry = {
      osUid: 'os-uid',
      type: 'config',
      version: 'KubeOS 1',
      settings: 's2',
      activates: 0,
      attempts: 1,
      counted: true,
      last: { seq: 1, class: 'bad', reason: 'SettingsRefused', message: 'x', time: '' },
    };
    const node = facts(
      'a',
      {},
      {
        agent: { capabilities: ['settings'] },
        spec: { history: { seq: 1, entries: [entry] } },
      },
    );
    const answer = answerFor(node, { oses: [anOs({ spec: aConfigSpec() })] });
    expect(answer).toEqual({ kind: 'ask', value: 's2', version: 'KubeOS 1' });
  });
});

describe('a rollback', () => {
  const idle = (name: string, version: string, state: 'good' | 'failed' = 'good'): NodeFacts =>
    facts(
      name,
      {},
      {
        agent: {
          version: 'KubeOS 2',
          slots: { A: aSlot('good', 'KubeOS 2'), B: aSlot(state, version) },
        },
      },
    );

  it('goes to what the other slots hold, on the nodes where it can be booted', () => {
    const nodes = [idle('a', 'KubeOS 1'), idle('b', 'KubeOS 1', 'failed'), facts('c')];
    expect(rollbackOf(observed(nodes), anOs())).toEqual({
      version: 'KubeOS 1',
      able: ['a'],
      there: ['c'],
      unable: [{ node: 'b', message: 'Slot B of b is failed and holds KubeOS 1, not KubeOS 1' }],
    });
  });

  it('is worked out as if nothing were at work', () => {
    const [base, open] = [idle('a', 'KubeOS 1'), working('a')];
    if (base.instance === undefined) throw new Error('no instance');
    const node = { ...base, instance: { ...base.instance, spec: open.instance.spec } };
    expect(rollbackOf(observed([node]), anOs()).able).toEqual(['a']);
  });

  it('does not count on a node that is kept out, and could not go back after that either', () => {
    const held = idle('a', 'KubeOS 1', 'failed');
    const annotations = { [holdAnnotation]: '' };
    const node = { ...held, node: { ...held.node, annotations, ready: false } };
    expect(rollbackOf(observed([node, idle('b', 'KubeOS 1')]), anOs())).toMatchObject({
      able: ['b'],
      unable: [{ node: 'a' }],
    });
  });

  it('has to be told the version where slots differ', () => {
    const nodes = [idle('a', 'KubeOS 1'), idle('b', 'KubeOS 0'), idle('c', 'KubeOS 0')];
    expect(() => rollbackOf(observed(nodes), anOs())).toThrow(
      'hold KubeOS 0 (2 nodes), KubeOS 1 (1 nodes); say which with --to-version',
    );
    expect(rollbackOf(observed(nodes), anOs(), 'KubeOS 0')).toMatchObject({
      able: ['b', 'c'],
      unable: [{ node: 'a' }],
    });
  });

  it('is impossible where no other slot holds anything', () => {
    expect(() => rollbackOf(observed([facts('a')]), anOs())).toThrow('No node of OS default/os');
  });

  it('is not guessed for an object that is not valid', () => {
    const { spec: _spec, ...invalid } = anOs();
    expect(() => rollbackOf(observed([idle('a', 'KubeOS 1')]), invalid, 'KubeOS 1')).toThrow(
      'OS default/os is not valid',
    );
  });
});
