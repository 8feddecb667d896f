import { expect, it } from '@jest/globals';
import { isSame } from './same.ts';

it.each([
  [1, 1, true],
  [null, undefined, false],
  [{ a: 1, b: undefined }, { a: 1 }, true],
  [{ a: 1, b: [1, { c: 2 }] }, { b: [1, { c: 2 }], a: 1 }, true],
  [{ a: 1 }, { a: 1, b: 2 }, false],
  [{ a: 1, b: 2 }, { a: 1 }, false],
  [{ a: 1 }, { a: '1' }, false],
  [[1, 2], [2, 1], false],
  [[], {}, false],
])('compares %j with %j: %j', (a, b, expected) => {
  expect(isSame(a, b)).toBe(expected);
});
