import { describe, expect, it } from '@jest/globals';
import type { Condition } from './condition.ts';
import { isTrue, setConditions, type WantedCondition } from './set-conditions.ts';

const earlier = '2026-01-01T00:00:00Z';
const now = '2026-01-02T00:00:00Z';
const ready: WantedCondition = { type: 'Ready', status: 'True', reason: 'AllGood', message: '' };
const at = (condition: WantedCondition, lastTransitionTime: string): Condition => ({
  ...condition,
  lastTransitionTime,
});

describe('setConditions', () => {
  it('dates a new condition now', () => {
    expect(setConditions(undefined, [ready], now)).toEqual([at(ready, now)]);
    expect(setConditions([], [ready], now)).toEqual([at(ready, now)]);
  });

  it('keeps the time while the status is the same, whatever else changes', () => {
    const other = { ...ready, reason: 'Other', message: 'new', observedGeneration: 2 };

    expect(setConditions([at(ready, earlier)], [other], now)).toEqual([at(other, earlier)]);
  });

  it('dates a change of status now', () => {
    const not: WantedCondition = { ...ready, status: 'False' };

    expect(setConditions([at(ready, earlier)], [not], now)).toEqual([at(not, now)]);
  });

  it('leaves out the conditions of other writers', () => {
    const foreign = at({ ...ready, type: 'Drained' }, earlier);

    expect(setConditions([foreign], [ready], now)).toEqual([at(ready, now)]);
  });
});

describe('isTrue', () => {
  it('is true only for a condition that is there with status True', () => {
    const conditions = [at(ready, now), at({ ...ready, type: 'Paused', status: 'Unknown' }, now)];

    expect(isTrue(conditions, 'Ready')).toBe(true);
    expect(isTrue(conditions, 'Paused')).toBe(false);
    expect(isTrue(conditions, 'Degraded')).toBe(false);
    expect(isTrue(undefined, 'Ready')).toBe(false);
  });
});
