import type { Clock, InstallWatch } from '@kubeos/core';

/** What the agent does with a payload or a slot. */
export type Step = 'Fetching' | 'Copying' | 'Writing' | 'Verifying';

/** Tells a watcher how far the work is, so that nobody takes it for stalled. */
export interface Progress {
  /** Begins the next step, of which nothing is done. */
  begin(step: Step, bytesTotal?: number): void;
  /** So many more bytes of the step are done. */
  moved(bytes: number): void;
}

/** Reports at most once in this time, but each step and its end: every report is a message to each caller. */
const pauseMs = 250;

/** Nothing has begun. */
export function createProgress(watch: Pick<InstallWatch, 'onProgress'>, clock: Clock): Progress {
  let step: { readonly step: Step; readonly bytesTotal?: number } | undefined;
  let bytesDone = 0;
  let reported = 0;
  let reportedMs = -Infinity;
  const report = (nowMs: number): void => {
    if (step === undefined) return;
    reported = bytesDone;
    reportedMs = nowMs;
    watch.onProgress({ ...step, bytesDone });
  };
  return {
    begin: (next, bytesTotal) => {
      const nowMs = clock.now().monotonicMs;
      if (bytesDone > reported) report(nowMs);
      step = { step: next, ...(bytesTotal === undefined ? {} : { bytesTotal }) };
      bytesDone = 0;
      report(nowMs);
    },
    moved: (bytes) => {
      bytesDone += bytes;
      const nowMs = clock.now().monotonicMs;
      if (nowMs - reportedMs >= pauseMs) report(nowMs);
    },
  };
}
