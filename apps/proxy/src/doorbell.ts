/** Waits that end early when somebody rings. */
import type { Clock } from '@kubeos/core';

/** A bell with a memory of one ring. */
export interface Doorbell {
  ring(): void;
  /** Resolves when it is rung, was rung since the last wait, after the time, or when the signal is aborted. */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>;
}

/** Builds a bell. */
export function createDoorbell(clock: Clock): Doorbell {
  let isRung = false;
  let wake = (): void => undefined;
  return {
    ring() {
      isRung = true;
      wake();
    },
    async wait(milliseconds, signal) {
      const ended = new AbortController();
      wake = () => {
        ended.abort();
      };
      const until = AbortSignal.any([ended.signal, signal]);
      if (!isRung) {
        await clock.sleep(milliseconds, until).catch((interrupted: unknown) => {
          if (!until.aborted) throw interrupted;
        });
      }
      isRung = false;
    },
  };
}
