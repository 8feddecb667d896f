import { describe, expect, it } from '@jest/globals';
import { knobSet, knobValue } from '../node/knob.ts';
import { callFaultNames, timedFaultNames, type CallFault } from './catalogue.ts';
import { play, type PlayOptions } from './play.ts';

/** How often what happened in these seeds together. */
async function marksOf(
  seeds: number,
  adapt: NonNullable<PlayOptions['adapt']>,
): Promise<ReadonlyMap<string, number>> {
  const sums = new Map<string, number>();
  for (let seed = 1; seed <= seeds; seed += 1) {
    const { marks, violation } = await play({ seed, adapt });
    expect(violation).toBeUndefined();
    for (const [what, times] of marks) sums.set(what, (sums.get(what) ?? 0) + times);
  }
  return sums;
}

describe('play', () => {
  it('replays a seed exactly', async () => {
    const first = await play({ seed: 12, recording: true });
    const second = await play({ seed: 12, recording: true });
    expect(second).toEqual(first);
    expect((await play({ seed: 12 })).steps).toBe(first.steps);
  });

  it('lets every fault strike', async () => {
    const marks = await marksOf(20, (scenario) => ({
      ...scenario,
      callFaults: new Set(callFaultNames),
      timedFaults: timedFaultNames,
      faultEveryMs: 30_000,
    }));
    const left = [...callFaultNames, ...timedFaultNames].filter((fault) => !marks.has(fault));
    expect(left).toEqual([]);
  }, 120_000);

  it('cuts the power in the middle of writes', async () => {
    const marks = await marksOf(6, (scenario) => ({
      ...scenario,
      callFaults: new Set<CallFault>(['powerCutInWrite']),
      timedFaults: [],
      severity: 5,
    }));
    expect(marks.get('power cut in an unflushed slot')).toBeGreaterThan(0);
    expect(marks.get('power cut after an intent')).toBeGreaterThan(0);
  }, 120_000);

  it('cuts the power in the middle of settings', async () => {
    const sysconfigs = knobSet('s1', knobValue(7, 'ready'), { restart: true });
    const marks = await marksOf(6, (scenario) => ({
      ...scenario,
      callFaults: new Set<CallFault>(['powerCutInWrite']),
      timedFaults: [],
      severity: 5,
      soundness: 1,
      shape: (spec) => ({ ...spec, sysconfigs }),
    }));
    expect(marks.get('power cut in a change of settings')).toBeGreaterThan(0);
    expect(marks.get('power cut with settings on trial')).toBeGreaterThan(0);
  }, 120_000);
});
