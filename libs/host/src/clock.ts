import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '@kubeos/core';

/** The clock of the machine. */
export function createSystemClock(): Clock {
  return {
    now: () => ({ wallMs: Date.now(), monotonicMs: performance.now() }),
    sleep: async (milliseconds, signal) => {
      try {
        await sleep(milliseconds, undefined, signal === undefined ? {} : { signal });
      } catch (thrown) {
        signal?.throwIfAborted();
        throw thrown;
      }
    },
  };
}
