import { medianCost, type Cost } from '../measure/run.ts';
import { atLeast, figure, type Result } from '../result.ts';
import { runAgent, runPipe, runUpstream, variants, type Bench } from './sequences.ts';
import type { Scheme } from './web-server.ts';

const rounds = 3;
const leastSpeedUp = 2.5;
const mib = 2 ** 20;

/** Runs all sequences in turns, so that what else goes on meets all of them, and compares the medians. */
export async function compareSequences(
  bench: Bench,
  say: (line: string) => void,
): Promise<readonly Result[]> {
  const costs = new Map<string, Cost[]>();
  const measure = async (name: string, run: () => Promise<Cost>): Promise<void> => {
    const cost = await run();
    costs.set(name, [...(costs.get(name) ?? []), cost]);
    say(`${name}: ${cost.seconds.toFixed(2)} s, ${cost.cpuSeconds.toFixed(2)} s of CPU`);
  };
  for (let round = 0; round < rounds; round += 1) {
    for (const scheme of ['http', 'https'] as const) {
      await measure(`upstream ${scheme}`, () => runUpstream(bench, scheme));
    }
    for (const { encoding, scheme } of variants) {
      const name = `${encoding} ${scheme}`;
      await measure(`prepare ${name}`, () => runAgent(bench, encoding, scheme));
      await measure(`pipe ${name}`, () => runPipe(bench, encoding, scheme));
    }
  }
  const medians = new Map([...costs].map(([name, found]) => [name, medianCost(found)]));
  const costOf = (name: string): Cost =>
    medians.get(name) ?? {
      ...{ seconds: NaN, cpuSeconds: NaN, peakBytes: NaN },
      ...{ startSeconds: NaN, startCpuSeconds: NaN },
    };
  return [
    ...[...medians].flatMap(([name, cost]) => plainResults(name, cost)),
    ...variants.flatMap(({ encoding, scheme }) =>
      ratioResults(`${encoding} ${scheme}`, scheme, costOf),
    ),
  ];
}

function plainResults(name: string, cost: Cost): readonly Result[] {
  return [
    figure(`${name} 1 GiB: wall`, cost.seconds, 's'),
    figure(`${name} 1 GiB: CPU`, cost.cpuSeconds, 's'),
    figure(`${name} 1 GiB: peak memory`, cost.peakBytes / mib, 'MiB'),
    ...(cost.startSeconds === 0
      ? []
      : [
          figure(`${name} 1 GiB: start before, wall`, cost.startSeconds, 's'),
          figure(`${name} 1 GiB: start before, CPU`, cost.startCpuSeconds, 's'),
        ]),
  ];
}

function ratioResults(
  name: string,
  scheme: Scheme,
  costOf: (name: string) => Cost,
): readonly Result[] {
  const ours = costOf(`prepare ${name}`);
  const upstream = costOf(`upstream ${scheme}`);
  const pipe = costOf(`pipe ${name}`);
  return [
    atLeast(
      `${name}: upstream / prepare, wall`,
      upstream.seconds / ours.seconds,
      'x',
      leastSpeedUp,
    ),
    figure(`${name}: upstream / prepare, CPU`, upstream.cpuSeconds / ours.cpuSeconds, 'x'),
    figure(`${name}: upstream / prepare, peak memory`, upstream.peakBytes / ours.peakBytes, 'x'),
    figure(`${name}: pipe / prepare, wall`, pipe.seconds / ours.seconds, 'x'),
    figure(`${name}: pipe / prepare, CPU`, pipe.cpuSeconds / ours.cpuSeconds, 'x'),
    figure(`${name}: pipe / prepare, peak memory`, pipe.peakBytes / ours.peakBytes, 'x'),
  ];
}
