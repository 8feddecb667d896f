import { findMutation, mutations, play } from '@kubeos/simulator';

/** One piece of work for a worker; plain data. */
export type Job =
  | { readonly kind: 'seed'; readonly seed: number }
  | { readonly kind: 'mutation'; readonly name: string };

/** What came of a job: nothing to say, or why it failed. */
export interface JobResult {
  readonly job: Job;
  readonly steps: number;
  readonly failure?: string;
}

/** Seeds within which a planted fault must be found. */
const mostSeeds = 200;

/** A job for every planted fault. */
export const mutationJobs: readonly Job[] = mutations.map(({ name }) => ({
  kind: 'mutation',
  name,
}));

/** Does one job. */
export async function work(job: Job): Promise<JobResult> {
  return job.kind === 'seed' ? playSeed(job) : seekMutation(job);
}

async function playSeed(job: Extract<Job, { kind: 'seed' }>): Promise<JobResult> {
  const { steps, violation } = await play({ seed: job.seed });
  return violation === undefined
    ? { job, steps }
    : { job, steps, failure: `${violation.invariant}: ${violation.message}` };
}

async function seekMutation(job: Extract<Job, { kind: 'mutation' }>): Promise<JobResult> {
  const { seeds, steps, violation, control } = await findMutation(job.name, mostSeeds);
  if (violation === undefined) {
    return { job, steps, failure: `is not found within ${String(seeds)} seeds` };
  }
  if (control === undefined) return { job, steps };
  const { invariant, message } = control;
  const failure = `breaks seed ${String(seeds)}, which is broken without it too: ${invariant}: ${message}`;
  return { job, steps, failure };
}
