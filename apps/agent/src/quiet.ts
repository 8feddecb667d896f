import type { Clock } from '@kubeos/core';

/** Knows how long nothing has been going on. */
export interface Quiet {
  /** Told the number of calls at work. */
  onCalls(running: number): void;
  /** Resolves when nothing was going on for that long, or at once when the signal is aborted. */
  lasts(milliseconds: number, stop: AbortSignal): Promise<void>;
}

/** How often work that tells nobody of its end is looked at. */
const lookMs = 1000;

/** @param isBusy true while work goes on that belongs to no call */
export function createQuiet(clock: Clock, isBusy: () => boolean): Quiet {
  let calls = 0;
  let sinceMs = clock.now().monotonicMs;
  return {
    onCalls: (running) => {
      calls = running;
      sinceMs = clock.now().monotonicMs;
    },
    lasts: async (milliseconds, stop) => {
      while (!stop.aborted) {
        if (calls > 0 || isBusy()) sinceMs = clock.now().monotonicMs;
        const leftMs = sinceMs + milliseconds - clock.now().monotonicMs;
        if (leftMs <= 0) return;
        await sleepOrStop(clock, Math.min(leftMs, lookMs), stop);
      }
    },
  };
}

/** Resolves after the time, or at once when the signal is aborted. */
export async function sleepOrStop(
  clock: Clock,
  milliseconds: number,
  stop: AbortSignal,
): Promise<void> {
  try {
    await clock.sleep(milliseconds, stop);
  } catch (thrown) {
    if (!stop.aborted) throw thrown;
  }
}
