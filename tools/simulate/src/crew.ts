import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';

import { KubeosError } from '@kubeos/core';

import type { Job, JobResult } from './jobs.ts';

/** How a crew works. */
export interface CrewOptions {
  readonly onResult: (result: JobResult) => void;
  readonly signal: AbortSignal;
}

/** Does all jobs on as many threads as the machine has processors. */
export async function workThrough(jobs: readonly Job[], options: CrewOptions): Promise<void> {
  const waiting = [...jobs].reverse();
  const threads = Math.min(availableParallelism(), jobs.length);
  await Promise.all(Array.from({ length: threads }, () => runThread(waiting, options)));
}

async function runThread(waiting: Job[], { onResult, signal }: CrewOptions): Promise<void> {
  const worker = new Worker(new URL('./work-process.ts', import.meta.url), {
    execArgv: ['--conditions=@kubeos/source'],
  });
  const end = (): void => void worker.terminate();
  signal.addEventListener('abort', end, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      const next = (): void => {
        const job = signal.aborted ? undefined : waiting.pop();
        if (job === undefined) resolve();
        else worker.postMessage(job);
      };
      worker.on('message', (result: JobResult) => {
        onResult(result);
        next();
      });
      worker.on('error', reject);
      worker.on('exit', () => {
        if (signal.aborted) resolve();
        else reject(new KubeosError('BUG', 'A worker thread ended by itself'));
      });
      next();
    });
  } finally {
    signal.removeEventListener('abort', end);
    await worker.terminate();
  }
}
