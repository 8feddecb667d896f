import type { Clock } from '@kubeos/core';

/** A clock that moves only when it is told to. */
export class ManualClock implements Clock {
  #nowMs = 0;
  readonly #sleepers = new Set<{ readonly atMs: number; readonly wake: () => void }>();

  now(): { readonly wallMs: number; readonly monotonicMs: number } {
    return { wallMs: 1_700_000_000_000 + this.#nowMs, monotonicMs: this.#nowMs };
  }

  async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const sleeper = { atMs: this.#nowMs + milliseconds, wake: resolve };
      this.#sleepers.add(sleeper);
      signal?.addEventListener('abort', () => {
        this.#sleepers.delete(sleeper);
        reject(new Error('aborted'));
      });
    });
  }

  /** Milliseconds until the next sleeper is due; `undefined` when nobody sleeps. */
  get nextMs(): number | undefined {
    const times = [...this.#sleepers].map(({ atMs }) => atMs - this.#nowMs);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** Moves on, wakes everybody who is due in the order of their times, and lets them run. */
  async advance(milliseconds: number): Promise<void> {
    this.#nowMs += milliseconds;
    const due = [...this.#sleepers].filter(({ atMs }) => atMs <= this.#nowMs);
    for (const sleeper of due.sort((a, b) => a.atMs - b.atMs)) {
      this.#sleepers.delete(sleeper);
      sleeper.wake();
    }
    await settle();
  }
}

/** Lets everything run that waits for nothing but its turn. */
export async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
