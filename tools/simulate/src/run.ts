import { play } from '@kubeos/simulator';

import { helpText, readArguments } from './arguments.ts';
import { workThrough } from './crew.ts';
import { mutationJobs, type Job, type JobResult } from './jobs.ts';

/** Where the tool speaks to, and what ends it. */
export interface RunDeps {
  readonly print: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Failures that are shown; the rest is counted. */
const mostShown = 10;

/** Runs the tool; the exit status is 0 only if everything held. */
export async function run(argv: readonly string[], deps: RunDeps): Promise<number> {
  const request = readArguments(argv);
  switch (request.kind) {
    case 'help':
      deps.print(helpText);
      return 0;
    case 'replay':
      return replay(request.seed, deps);
    case 'mutations':
      return workOff(mutationJobs, 'planted faults', deps);
    case 'seeds': {
      const { first, count } = request;
      const jobs = Array.from({ length: count }, (_, index): Job => {
        return { kind: 'seed', seed: first + index };
      });
      return workOff(jobs, 'seeds', deps);
    }
  }
}

async function replay(seed: number, { print }: RunDeps): Promise<number> {
  const { trace, violation, steps, virtualMs } = await play({ seed, recording: true });
  print(trace);
  print('');
  const what = `Seed ${String(seed)}: ${String(steps)} steps, ${(virtualMs / 60_000).toFixed(1)} minutes`;
  if (violation === undefined) {
    print(`${what}, every invariant held.`);
    return 0;
  }
  print(`${what}, ${violation.invariant} broken: ${violation.message}`);
  return 1;
}

async function workOff(jobs: readonly Job[], what: string, deps: RunDeps): Promise<number> {
  const failures: JobResult[] = [];
  let done = 0;
  let steps = 0;
  const onResult = (result: JobResult): void => {
    done += 1;
    steps += result.steps;
    if (result.failure !== undefined) failures.push(result);
    if (done % 500 === 0) deps.print(`${String(done)} of ${String(jobs.length)} ${what}`);
  };
  await workThrough(jobs, { onResult, signal: deps.signal });
  for (const { job, failure } of failures.slice(0, mostShown)) {
    deps.print(`${describe(job)}: ${failure ?? ''}`);
  }
  const verdict = failures.length === 0 ? 'all held' : `${String(failures.length)} failed`;
  deps.print(`${String(done)} ${what}, ${String(steps)} steps: ${verdict}`);
  return failures.length === 0 && done === jobs.length ? 0 : 1;
}

function describe(job: Job): string {
  return job.kind === 'seed'
    ? `Seed ${String(job.seed)} (npm run simulate -- --seed ${String(job.seed)})`
    : `"${job.name}"`;
}
