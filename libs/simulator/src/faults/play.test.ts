import { describe, expect, it } from '@jest/globals';
import { callFaultNames, timedFaultNames } from './catalogue.ts';
import { play } from './play.ts';
import { createRandom } from '../engine/random.ts';
import { scenarioOf } from './scenario.ts';

describe('play', () => {
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
