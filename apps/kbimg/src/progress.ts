/** What the person who waits for a build sees: each step when it begins, and how long the one before took. */
import type { Clock } from '@kubeos/core';

/** Tells the steps of one build. */
export interface Progress {
  begin(step: string): void;
  /** Ends the last step. */
  end(): void;
}

/** Steps as lines: `[ 12.3 s] Installing packages`. */
export function createProgress(clock: Clock, write: (text: string) => void): Progress {
  const start = clock.now().monotonicMs;
  const stamp = (): string =>
    `[${((clock.now().monotonicMs - start) / 1000).toFixed(1).padStart(6)} s]`;
  return {
    begin: (step) => write(`${stamp()} ${step}\n`),
    end: () => write(`${stamp()} Done\n`),
  };
}
