import { describe, expect, it } from '@jest/globals';
import { historyLimit, type OutcomeClass } from '../api/operation.ts';
import { aNode, anOperation, digestTwo } from '../rollout/fleet.fixture.ts';
import { targetOfOperation, withActivate, withEnding, withRetry } from './history.ts';

const operation = anOperation(aNode('n'));
const time = '2026-06-01T12:00:00Z';
const failed = (outcome: OutcomeClass) => ({
  result: 'Failed' as const,
  class: outcome,
  reason: 'Reason',
  message: 'message',
});

describe('withEnding', () => {
  it.each<[OutcomeClass, boolean]>([
    ['bad', true],
    ['unconfirmed', true],
    ['lost', true],
    ['interrupted', false],
    ['transient', false],
    ['blocked', false],
  ])('counts %s against maxFailures: %s', (outcome, counted) => {
    const { entries } = withEnding(undefined, operation, failed(outcome), time);
    expect(entries).toMatchObject([{ counted, attempts: 1, last: { class: outcome, seq: 1 } }]);
  });

  it('starts again at zero after a success, but remembers a retry that was used up', () => {
    const retried = withRetry(undefined, targetOfOperation(operation), 1, digestTwo);
    const tried = withActivate(withEnding(retried, operation, failed('bad'), time), operation);
    const ending = { result: 'Succeeded' as const, reason: 'Confirmed', message: '' };
    expect(withEnding(tried, operation, ending, time).entries).toEqual([
      {
        ...targetOfOperation(operation),
        activates: 0,
        attempts: 0,
        counted: false,
        consumedRetry: digestTwo,
      },
    ]);
  });

  it('does not count an attempt that was cancelled', () => {
    const ending = {
      result: 'Cancelled' as const,
      class: 'blocked' as const,
      reason: 'Held',
      message: '',
    };
    expect(withEnding(undefined, operation, ending, time).entries).toMatchObject([
      { attempts: 0, counted: false },
    ]);
  });

  it('keeps a bounded number of targets, newest first, and the highest number', () => {
    let history = withEnding(undefined, operation, failed('bad'), time);
    for (let i = 2; i < 20; i += 1) {
      const next = anOperation(aNode('n'), { seq: i, target: { version: `KubeOS ${String(i)}` } });
      history = withEnding(history, next, failed('bad'), time);
    }
    expect(history.seq).toBe(19);
    expect(history.entries).toHaveLength(historyLimit);
    expect(history.entries[0]?.version).toBe('KubeOS 19');
  });
});

describe('withRetry', () => {
  it('takes the failure out and uses the value up', () => {
    const before = withEnding(undefined, operation, failed('bad'), time);
    const { entries } = withRetry(before, targetOfOperation(operation), 2, `${digestTwo}#2`);
    expect(entries).toMatchObject([
      { counted: false, consumedRetry: `${digestTwo}#2`, attempts: 1 },
    ]);
  });
});
