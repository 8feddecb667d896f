import { describe, expect, it } from '@jest/globals';
import { remainsOf, type ClusterCache, type OperatorDeps } from '@kubeos/core';
import type { ApiServer } from '../cluster/api-server.ts';
import { createRandom } from '../engine/random.ts';
import { createWorld } from './play.ts';
import { fairWeather } from './rough-weather.ts';
import { scenarioOf } from './scenario.ts';
import { mend, unleash } from './unleash.ts';

/** Virtual time in which an operator that retires has to be done: the longest trial, and a node that is found lost. */
const retireMs = 4 * 3600_000;
const lookEverySteps = 50;

/** What the API server itself holds, past every cache. */
function storedIn(server: ApiServer): ClusterCache {
  const views = [...server.nodes.values()].map(({ view }) => view);
  return {
    oses: () => server.oses.values(),
    os: (uid) => server.oses.get(uid),
    nodes: () => views,
    node: (name) => server.nodes.get(name)?.view,
    instances: () => server.instances.values(),
    instance: (name) => server.instances.get(name),
    holdsOwnWrites: () => true,
  };
}

/** Lets a fleet be upgraded in rough weather, and its operators retire at some moment of it. */
async function playRetirement(seed: number) {
  const random = createRandom(seed);
  const scenario = scenarioOf(seed, random.fork('scenario'));
  let retiring = false;
  const operator = (deps: OperatorDeps): OperatorDeps => ({
    ...deps,
    settings: {
      ...deps.settings,
      get retiring() {
        return retiring;
      },
    },
  });
  const world = createWorld(scenario, { seed, tampering: { operator } }, random);
  world.start();
  for (const workload of scenario.workloads) {
    world.workloads.addWorkload(workload, [...world.nodes.keys()]);
  }
  const chaos = unleash(world, random.fork('chaos'), scenario);
  await world.run({ untilMs: scenario.chaosMs * random.fork('moment').next() });
  const before = remainsOf(storedIn(world.server)).length;
  mend(chaos);
  world.setWeather(fairWeather(random.fork('fair')));
  retiring = true;
  // The one that retires is a process of its own, which begins with everything there is.
  for (const host of world.operators) host.crash();
  let looks = 0;
  const remains = (): readonly string[] => remainsOf(storedIn(world.server));
  await world.run({
    untilMs: world.scheduler.now + retireMs,
    until: () => {
      looks += 1;
      return looks % lookEverySteps === 0 && remains().length === 0;
    },
  });
  return { before, remains: remains(), violation: world.violation };
}

describe('operators that retire', () => {
  it('leave nothing behind, whatever is under way, and break nothing on the way', async () => {
    let interrupted = 0;
    for (let seed = 1; seed <= 40; seed += 1) {
      const { before, ...after } = await playRetirement(seed);
      expect({ seed, ...after }).toEqual({ seed, remains: [], violation: undefined });
      if (before > 0) interrupted += 1;
    }
    // Otherwise the seeds would prove nothing.
    expect(interrupted).toBeGreaterThan(12);
  }, 120_000);
});
