import { expect, it } from '@jest/globals';
import { adaptTo, mutations } from './mutations.ts';
import { play } from './play.ts';

/** Seeds within which a planted fault must be found. */
const mostSeeds = 120;

it.each(mutations.map((mutation) => [mutation.name, mutation] as const))(
  'finds %s',
  async (_name, mutation) => {
    const found = new Set<string>();
    for (let seed = 1; seed <= mostSeeds && !found.has(mutation.breaks); seed += 1) {
      const tampering = mutation.tampering();
      const { violation } = await play({ seed, tampering, adapt: adaptTo(mutation) });
      if (violation !== undefined) found.add(violation.invariant);
    }
    expect([...found]).toContain(mutation.breaks);
  },
  300_000,
);
