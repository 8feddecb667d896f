import { describe, expect, it } from '@jest/globals';
import { conditionMeanings, endingReasons, waitReasons } from '../reasons.ts';
import { errorCodes } from '../../errors/codes.ts';
import { advice, adviceFor, runbooks } from './index.ts';

describe('the advice', () => {
  it('has a line for every reason and for nothing else', () => {
    const reasons = new Set([
      ...Object.keys(waitReasons),
      ...Object.keys(endingReasons),
      ...conditionMeanings.flatMap((meaning) => Object.keys(meaning.reasons)),
      ...Object.values(errorCodes).map(({ reason }) => reason),
    ]);
    expect(Object.keys(advice).sort()).toEqual([...reasons].sort());
  });

  it('says where each wait and each failure is explained', () => {
    const reasons = [
      ...Object.keys(waitReasons),
      ...Object.values(errorCodes).map(({ reason }) => reason),
    ];
    for (const reason of reasons) expect(runbooks).toContain(adviceFor(reason).runbook);
  });

  it.each(Object.entries(advice))('speaks in sentences of %s', (_reason, { unblocks }) => {
    expect(unblocks).toMatch(/^[A-Z].*\.$/u);
  });

  it('does not pretend to know the reasons of newer versions', () => {
    expect(adviceFor('Whatever')).toMatchObject({ runbook: 'operator' });
    expect(adviceFor('constructor')).toEqual(adviceFor('Whatever'));
  });
});
