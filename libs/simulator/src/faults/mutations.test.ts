import { expect, it } from '@jest/globals';
import { findMutation, mutations } from './mutations.ts';

/** `npm run simulate -- --mutations` looks for all of them; these show at once. */
const shownAtOnce = mutations.filter(({ breaks }) =>
  ['ForeignCordonKept', 'DrainedBeforeReboot', 'GivenBackWhole', 'HoldKept'].includes(breaks),
);

it.each(shownAtOnce.map(({ name }) => [name]))('finds %s', async (name) => {
  expect((await findMutation(name, 5)).violation).toBeDefined();
});

it('knows a planted fault for every guard', () => {
  expect(new Set(mutations.map(({ breaks }) => breaks)).size).toBeGreaterThanOrEqual(8);
});
