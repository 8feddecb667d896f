import { describe, expect, it } from '@jest/globals';
import { callFaultNames, timedFaultNames } from './catalogue.ts';
import { play } from './play.ts';
import { createRandom } from '../engine/random.ts';
import { scenarioOf } from './scenario.ts';

/** `npm run simulate` plays 2,000 seeds; these few tell at once that something is broken. */
const seeds = Number(process.env['KUBEOS_SEEDS'] ?? 60);

describe('play', () => {
  it(`keeps every invariant on ${String(seeds)} seeds`, async () => {
    const broken: string[] = [];
    for (let seed = 1; seed <= seeds; seed += 1) {
      const { violation } = await play({ seed });
      if (violation !== undefined) {
        broken.push(`seed ${String(seed)}: ${violation.invariant}: ${violation.message}`);
      }
    }
    expect(broken).toEqual([]);
  }, 600_000);

  it('replays a seed exactly', async () => {
    const first = await play({ seed: 12, recording: true });
    const second = await play({ seed: 12, recording: true });
    expect(second).toEqual(first);
    expect((await play({ seed: 12 })).steps).toBe(first.steps);
  });

  it('lets every fault strike in some seed', () => {
    const drawn = new Set<string>();
    for (let seed = 1; seed <= 60; seed += 1) {
      const scenario = scenarioOf(seed, createRandom(seed).fork('scenario'));
      for (const fault of [...scenario.callFaults, ...scenario.timedFaults]) drawn.add(fault);
    }
    expect([...drawn].sort()).toEqual([...callFaultNames, ...timedFaultNames].sort());
  });
});
