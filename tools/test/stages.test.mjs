import { expect, it } from '@jest/globals';
import { argumentsOf } from './stages.mjs';

const stage = { inAll: ['everything', 'counted'] };

it.each([
  ['what the whole suite asks for', stage, 'all', [], ['everything', 'counted']],
  ['nothing in the fast loop', stage, 'check', [], []],
  ['nothing when it is run alone', stage, 'unit', [], []],
  ['the part that the user chooses', stage, 'all', ['part'], ['part']],
  ['nothing where nobody asks for more', {}, 'all', [], []],
])('a stage is given %s', (_name, asking, suite, extra, given) => {
  expect(argumentsOf(asking, suite, extra)).toEqual(given);
});
