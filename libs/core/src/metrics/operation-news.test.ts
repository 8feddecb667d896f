import { describe, expect, it } from '@jest/globals';
import type { HistoryEntry, Operation } from '../api/operation.ts';
import type { OsInstance } from '../api/os-instance.ts';
import { aConfig, aNode, anInstance, anOperation } from '../rollout/fleet.fixture.ts';
import { operationNews } from './operation-news.ts';

const node = aNode('n');
const none = { fellBack: false };

function last(seq: number, reason: string, outcome = 'bad' as const): HistoryEntry {
  return {
    osUid: 'os-uid',
    type: 'upgrade',
    version: 'KubeOS 2',
    activates: 1,
    attempts: 1,
    counted: true,
    last: { seq, class: outcome, reason, message: '', time: '2026-06-01T12:00:00Z' },
  };
}

function instance(operation?: Operation, ...entries: readonly HistoryEntry[]): OsInstance {
  return anInstance(node, {
    spec: {
      ...(operation === undefined ? {} : { operation }),
      history: { seq: 9, entries: entries },
    },
  });
}

const ended = (result: 'Succeeded' | 'Failed' | 'Cancelled', changes: Partial<Operation> = {}) =>
  anOperation(node, {
    phase: 'GiveBack',
    seq: 2,
    ending: { result, reason: 'R', message: '' },
    ...changes,
  });

describe('the news of an instance', () => {
  it('are none when it is seen for the first time, or goes', () => {
    expect(operationNews(undefined, instance(ended('Failed'), last(1, 'BootFailed')))).toEqual(
      none,
    );
    expect(operationNews(instance(ended('Failed')), undefined)).toEqual(none);
  });

  it('are none while an operation goes on', () => {
    const before = instance(anOperation(node, { seq: 2 }), last(1, 'Stalled'));
    const after = instance(anOperation(node, { seq: 2, phase: 'Drain' }), last(1, 'Stalled'));
    expect(operationNews(before, after)).toEqual(none);
    expect(operationNews(anInstance(node), anInstance(node))).toEqual(none);
  });

  it.each(['Succeeded', 'Failed', 'Cancelled'] as const)('tell that one ended as %s', (result) => {
    const news = operationNews(instance(ended(result)), instance());
    expect(news).toEqual({ finished: { type: 'upgrade', result }, fellBack: false });
  });

  it.each([
    ['Failed', [last(2, 'NodeGone')]],
    ['Succeeded', [last(1, 'Stalled')]],
  ] as const)('tell of one closed without an ending that it %s', (result, entries) => {
    const before = instance(anOperation(node, { seq: 2 }), last(1, 'Stalled'));
    expect(operationNews(before, instance(undefined, ...entries)).finished?.result).toBe(result);
  });

  it('tell of the end that the next operation hides', () => {
    const next = anOperation(node, { seq: 3 });
    expect(operationNews(instance(ended('Succeeded')), instance(next)).finished).toBeDefined();
  });

  it('tell the reason of a failure once', () => {
    const lost = instance(anOperation(node, { seq: 2 }), last(2, 'NodeLost'));
    const before = instance(anOperation(node, { seq: 2 }));
    expect(operationNews(before, lost)).toEqual({ failure: 'NodeLost', fellBack: false });
    expect(operationNews(lost, instance(undefined, last(2, 'NodeLost')))).toEqual({
      finished: { type: 'upgrade', result: 'Failed' },
      fellBack: false,
    });
  });

  const booted = { bootIdBefore: 'boot-0' };
  it.each([
    ['one that had switched', ended('Failed', booted), last(2, 'BootFailed'), true],
    ['one that had not', ended('Failed'), last(2, 'DigestMismatch'), false],
    ['a failure of an earlier one', ended('Failed', booted), last(1, 'BootFailed'), false],
    [
      'a lost one',
      ended('Failed', booted),
      { ...last(2, 'RecordsLost'), last: { ...last(2, 'RecordsLost').last, class: 'lost' } },
      false,
    ],
    [
      'settings that were tried in the same slot',
      aConfig(node, { ...ended('Failed', booted), type: 'config', disruption: 'restart' }),
      last(2, 'NotConfirmed'),
      false,
    ],
  ])('tell of a fallback for %s', (_what, operation, entry, fellBack) => {
    const news = operationNews(instance(operation), instance(undefined, entry as HistoryEntry));
    expect(news.fellBack).toBe(fellBack);
  });
});
