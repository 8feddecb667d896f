import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import { KubeosError } from '@kubeos/core';
import { folderVariable } from '@kubeos/demo';

import { median } from '../result.ts';
import { childCpuSeconds, watchMemory } from './process-tree.ts';

/** What one run cost. */
export interface Cost {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakBytes: number;
}

/** How a run is started. */
export interface RunOptions {
  /** The run's programs carry it in their environment, so that they are found whatever happens. */
  readonly folder: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Lets it write to our standard error; default false. */
  readonly showErrors?: boolean;
}

/**
 * Runs a program, lets `work` use it, ends it, and measures: wall time from the start to the end of the work; CPU
 * seconds and peak memory of the program with all that it starts.
 */
export async function costOf(
  [file = '', ...args]: readonly string[],
  { folder, env, signal, showErrors = false }: RunOptions,
  work: (ended: Promise<number | null>) => Promise<void>,
): Promise<Cost> {
  const cpuBefore = childCpuSeconds();
  const begin = performance.now();
  const child = spawn(file, args, {
    stdio: ['ignore', 'ignore', showErrors ? 'inherit' : 'ignore'],
    env: { ...process.env, ...env, [folderVariable]: folder },
    signal,
  });
  const ended = exitOf(child);
  // Whoever does not wait for the end hears of a failure from the work.
  ended.catch(() => undefined);
  const memory = watchMemory(child.pid ?? 0);
  try {
    await work(ended);
    const seconds = (performance.now() - begin) / 1000;
    const peakBytes = memory.stop();
    child.kill('SIGTERM');
    await ended;
    return { seconds, cpuSeconds: childCpuSeconds() - cpuBefore, peakBytes };
  } finally {
    memory.stop();
    child.kill('SIGTERM');
  }
}

/** Measures a script of this tool, which others' sequences of programs are written as. */
export async function costOfScript(
  name: string,
  args: readonly string[],
  options: RunOptions,
): Promise<Cost> {
  const script = join(import.meta.dirname, '../../scripts', name);
  return costOf(['bash', script, ...args], { ...options, showErrors: true }, async (ended) => {
    const code = await ended;
    if (code !== 0) throw new KubeosError('COMMAND_FAILED', `${name} ended with ${String(code)}`);
  });
}

/** The medians of several runs, each figure by itself. */
export function medianCost(costs: readonly Cost[]): Cost {
  return {
    seconds: median(costs.map(({ seconds }) => seconds)),
    cpuSeconds: median(costs.map(({ cpuSeconds }) => cpuSeconds)),
    peakBytes: median(costs.map(({ peakBytes }) => peakBytes)),
  };
}

async function exitOf(child: ChildProcess): Promise<number | null> {
  const [code] = (await once(child, 'exit')) as [number | null];
  return code;
}
