// One worker thread: does job after job as they are sent.
import { parentPort } from 'node:worker_threads';

import { work, type Job } from './jobs.ts';

parentPort?.on('message', (job: Job) => {
  void work(job).then(
    (result) => parentPort?.postMessage(result),
    (error: unknown) => {
      const failure = error instanceof Error ? (error.stack ?? error.message) : String(error);
      parentPort?.postMessage({ job, steps: 0, failure });
    },
  );
});
