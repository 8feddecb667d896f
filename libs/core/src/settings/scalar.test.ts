import { expect, it } from '@jest/globals';
import { scalarText } from './scalar.ts';

it.each([
  ['text', 'text'],
  ['', ''],
  [5, '5'],
  [1.5, '1.5'],
  [true, 'true'],
  [null, ''],
  [undefined, ''],
  [['a'], undefined],
  [{ a: 1 }, undefined],
])('gives %j as %j', (value, text) => {
  expect(scalarText(value)).toBe(text);
});
