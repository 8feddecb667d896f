import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import { KubeosError } from '@kubeos/core';
import { folderVariable } from '@kubeos/demo';

import { median } from '../result.ts';
import { childCpuSeconds, treeCpuSecondsOf, watchMemory } from './process-tree.ts';

/** What one run cost. */
export interface Cost {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakBytes: number;
  /** What it took until the program was ready, which is in none of the above but the peak; 0 where nobody waits. */
  readonly startSeconds: number;
  readonly startCpuSeconds: number;
}

/** How a run is started. */
export interface RunOptions {
  /** The run's programs carry it in their environment, so that they are found whatever happens. */
  readonly folder: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Returns when the program can be used; default at once. */
  readonly ready?: () => Promise<void>;
  /** Lets it write to our standard error; default false. */
  readonly showErrors?: boolean;
}

/**
 * Runs a program, lets `work` use it once it is ready, ends it, and measures: wall time of the work; CPU seconds and peak
 * memory of the program with all that it starts.
 */
export async function costOf(
  [file = '', ...args]: readonly string[],
  { folder, env, signal, ready, showErrors = false }: RunOptions,
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
    await ready?.();
    const startSeconds = ready === undefined ? 0 : (performance.now() - begin) / 1000;
    const startCpuSeconds = ready === undefined ? 0 : treeCpuSecondsOf(child.pid ?? 0);
    await work(ended);
    const seconds = (performance.now() - begin) / 1000 - startSeconds;
    const peakBytes = memory.stop();
    child.kill('SIGTERM');
    await ended;
    const cpuSeconds = childCpuSeconds() - cpuBefore - startCpuSeconds;
    return { seconds, cpuSeconds, peakBytes, startSeconds, startCpuSeconds };
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
    startSeconds: median(costs.map(({ startSeconds }) => startSeconds)),
    startCpuSeconds: median(costs.map(({ startCpuSeconds }) => startCpuSeconds)),
  };
}

async function exitOf(child: ChildProcess): Promise<number | null> {
  const [code] = (await once(child, 'exit')) as [number | null];
  return code;
}
