import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canaryCount, unavailableBudget } from './budget.ts';

describe('unavailableBudget', () => {
  it.each([
    [{ count: 0 }, 10, 0],
    [{ count: -3 }, 10, 0],
    [{ count: 3 }, 10, 3],
    [{ count: 30 }, 10, 10],
    [{ percent: 0 }, 10, 0],
    [{ percent: -5 }, 10, 0],
    [{ percent: 5 }, 10, 1],
    [{ percent: 25 }, 10, 2],
    [{ percent: 100 }, 10, 10],
    [{ percent: 50 }, 0, 0],
  ])('B-35: reads %j of %d nodes as %d', (limit, selected, expected) => {
    expect(unavailableBudget(limit, selected)).toBe(expected);
  });

  it('never exceeds the fleet and never goes below zero', () => {
    const limit = fc.oneof(
      fc.integer().map((count) => ({ count })),
      fc.integer().map((percent) => ({ percent })),
    );
    fc.assert(
      fc.property(limit, fc.nat(100_000), (wanted, selected) => {
        const budget = unavailableBudget(wanted, selected);
        expect(budget).toBeGreaterThanOrEqual(0);
        expect(budget).toBeLessThanOrEqual(selected);
      }),
    );
  });
});

describe('canaryCount', () => {
  it.each([
    [{ count: 2 }, 10, 2],
    [{ percent: 1 }, 10, 1],
    [{ percent: 0 }, 10, 0],
    [{ count: 20 }, 10, 10],
  ])('reads %j of %d nodes as %d', (canary, selected, expected) => {
    expect(canaryCount(canary, selected)).toBe(expected);
  });
});
