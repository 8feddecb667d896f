import { describe, expect, it } from '@jest/globals';
import type { LabelSelectorView } from '../ports/cluster-views.ts';
import { selectorMatches } from './label-selector.ts';
import { aSelector } from './pods.fixture.ts';

type Operator = LabelSelectorView['matchExpressions'][number]['operator'];

describe('selectorMatches', () => {
  it.each<[operator: Operator, values: string[], value: string | undefined, matches: boolean]>([
    ['In', ['a', 'b'], 'b', true],
    ['In', ['a', 'b'], 'c', false],
    ['In', ['a'], undefined, false],
    ['NotIn', ['a'], 'a', false],
    ['NotIn', ['a'], 'b', true],
    ['NotIn', ['a'], undefined, true],
    ['Exists', [], '', true],
    ['Exists', [], undefined, false],
    ['DoesNotExist', [], undefined, true],
    ['DoesNotExist', [], '', false],
  ])('reads %s %j on %j as %j', (operator, values, value, matches) => {
    const selector = aSelector({}, [{ key: 'tier', operator, values }]);

    expect(selectorMatches(selector, value === undefined ? {} : { tier: value })).toBe(matches);
  });

  it('chooses everything without a requirement', () => {
    expect(selectorMatches(aSelector({}), {})).toBe(true);
  });

  it('asks for all of its requirements', () => {
    const selector = aSelector({ app: 'web', tier: 'front' });

    expect(selectorMatches(selector, { app: 'web', tier: 'front', other: 'x' })).toBe(true);
    expect(selectorMatches(selector, { app: 'web' })).toBe(false);
  });

  it('takes no label from the prototype', () => {
    const exists = { key: 'constructor', operator: 'Exists', values: [] } as const;

    expect(selectorMatches(aSelector({}, [exists]), {})).toBe(false);
  });
});
