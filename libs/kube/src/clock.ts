import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '@kubeos/core';

/** The clock of the machine this program runs on. */
export function createClock(): Clock {
  return {
    now: () => ({ wallMs: Date.now(), monotonicMs: performance.now() }),
    sleep: (milliseconds, signal) =>
      sleep(milliseconds, undefined, signal === undefined ? {} : { signal }),
  };
}
