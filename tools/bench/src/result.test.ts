import { describe, expect, it } from '@jest/globals';

import { atLeast, atMost, figure, median } from './result.ts';
import { renderTable } from './table.ts';

describe('the median', () => {
  it.each([
    [[3], 3],
    [[9, 1, 5], 5],
    [[4, 1, 3, 2], 3],
  ])('of %j is %d', (values, expected) => {
    expect(median(values)).toBe(expected);
  });

  it('of nothing is refused', () => {
    expect(() => median([])).toThrow(RangeError);
  });
});

describe('a figure', () => {
  it('is judged as it was measured and shown with four digits', () => {
    expect(atMost('memory', 120.00001, 'MiB', 120)).toEqual({
      name: 'memory',
      value: 120,
      unit: 'MiB',
      target: '<= 120',
      ok: false,
    });
    expect(atLeast('ratio', 2.5, 'x', 2.5)).toMatchObject({ ok: true, target: '>= 2.5' });
  });

  it('without a target is never missed', () => {
    expect(figure('CPU', 1.23456, 's')).toEqual({ name: 'CPU', value: 1.235, unit: 's', ok: true });
  });
});

describe('the table', () => {
  it('stands in columns and names what was missed', () => {
    const table = renderTable([figure('a', 1, 's'), atMost('longer', 12.5, 'MiB', 10)]);
    expect(table.split('\n')).toEqual([
      'figure  value  unit  target',
      'a           1  s',
      'longer   12.5  MiB   <= 10   MISSED',
    ]);
  });
});
