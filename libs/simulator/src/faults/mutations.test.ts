import { expect, it } from '@jest/globals';
import { invariantNames, type InvariantName } from '../invariants/violation.ts';
import { findMutation, mutations } from './mutations.ts';

/** `npm run simulate -- --mutations` looks for all of them; these show at once. */
const quick: readonly InvariantName[] = [
  ...(['ForeignCordonKept', 'DrainedBeforeReboot', 'GivenBackWhole', 'HoldKept'] as const),
  ...(['CanaryFirst', 'BatchesApart', 'OneAtATime', 'AdmittedByTicket'] as const),
];
const shownAtOnce = mutations.filter(({ breaks }) => quick.includes(breaks));

it.each(shownAtOnce.map(({ name }) => [name]))(
  'finds %s',
  async (name) => {
    const { violation, control } = await findMutation(name, 20);
    expect(violation).toBeDefined();
    expect(control).toBeUndefined();
  },
  30_000,
);

/** Invariants that no planted fault breaks, with the reason. */
const unbroken: Partial<Record<InvariantName, string>> = {
  BoundedStatus: 'it takes a larger fleet, see bounded-status.test.ts',
  NoBusyLoop: 'no port can make a loop retry without a pause',
  NoDefect: 'it is about failures that nobody plants',
};

it('knows a planted fault for every guard', () => {
  const broken = new Set(mutations.map(({ breaks }) => breaks));
  const left = invariantNames.filter((name) => !broken.has(name));
  expect(left.sort()).toEqual(Object.keys(unbroken).sort());
});
