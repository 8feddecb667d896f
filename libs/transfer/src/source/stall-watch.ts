import type { Clock } from '@kubeos/core';

/** Counts the time in which bytes are waited for; time that the receiver takes for itself does not count. */
export interface StallWatch {
  /** A byte came. */
  pause(): void;
  /** The next byte is waited for. */
  resume(): void;
  stop(): void;
}

/** Starts to wait; `onStall` is called once when nothing came for `limitMs`. */
export function startStallWatch(clock: Clock, limitMs: number, onStall: () => void): StallWatch {
  const stopped = new AbortController();
  let waitingSince: number | undefined = clock.now().monotonicMs;
  const watch = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      const now = clock.now().monotonicMs;
      const left = (waitingSince ?? now) + limitMs - now;
      if (left <= 0) {
        onStall();
        return;
      }
      await clock.sleep(left, stopped.signal);
    }
  };
  // The only failure is the end of the last sleep, by `stop`.
  watch().catch(() => undefined);
  return {
    pause: () => {
      waitingSince = undefined;
    },
    resume: () => {
      waitingSince = clock.now().monotonicMs;
    },
    stop: () => stopped.abort(),
  };
}
