import { join } from 'node:path';

import { KubeosError } from '@kubeos/core';

import type { Case, CaseContext } from '../case.ts';
import { costOf } from '../measure/run.ts';
import { atMost, figure, type Result } from '../result.ts';
import { measureFleetPass } from './fleet-pass.ts';

/** A rollout of a large fleet in the simulator, and what decisions about a very large one cost. */
export const simulationCase: Case = { name: 'simulation', run: runSimulation };

const nodeCount = 5000;
const mostSeconds = 60;
const longestMs = 600_000;
const mib = 2 ** 20;

async function runSimulation({ folder, say, signal }: CaseContext): Promise<readonly Result[]> {
  const pass = measureFleetPass();
  say(`a rollout to ${nodeCount} nodes`);
  const script = join(import.meta.dirname, 'rollout-process.ts');
  // Nearly everything in a simulation lives for one step only: a larger young generation saves a fifth of the time.
  const flags = ['--conditions=@kubeos/source', '--max-semi-space-size=64'];
  const command = [process.execPath, ...flags, script, String(nodeCount)];
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(longestMs)]);
  const options = { folder, signal: deadline, showErrors: true };
  const cost = await costOf(command, options, async (ended) => {
    const code = await ended;
    if (code !== 0) throw new KubeosError('BUG', `The rollout ended with ${String(code)}`);
  });
  return [
    ...pass,
    atMost('simulated rollout of 5000 nodes: wall', cost.seconds, 's', mostSeconds),
    figure('simulated rollout of 5000 nodes: CPU', cost.cpuSeconds, 's'),
    figure('simulated rollout of 5000 nodes: peak memory', cost.peakBytes / mib, 'MiB'),
  ];
}
