import { describe, expect, it } from '@jest/globals';
import { createQuiet } from './quiet.ts';

/** A clock on which a sleep passes at once, and `at` happens in its course. */
function scripted(at: Readonly<Record<number, () => void>> = {}) {
  let nowMs = 0;
  const pending = new Map(Object.entries(at).map(([ms, act]) => [Number(ms), act]));
  return {
    now: () => ({ wallMs: 0, monotonicMs: nowMs }),
    sleep: async (milliseconds: number, signal?: AbortSignal) => {
      nowMs += milliseconds;
      for (const [ms, act] of pending) {
        if (ms > nowMs) continue;
        pending.delete(ms);
        act();
      }
      signal?.throwIfAborted();
    },
  };
}
const unending = new AbortController().signal;

describe('quiet', () => {
  it('lasts from the beginning when nothing happens', async () => {
    const clock = scripted();
    await createQuiet(clock, () => false).lasts(10_000, unending);
    expect(clock.now().monotonicMs).toBe(10_000);
  });

  it('begins anew with the end of a call, however long that took', async () => {
    const clock = scripted({
      4000: () => quiet.onCalls(1),
      60_000: () => quiet.onCalls(0),
    });
    const quiet = createQuiet(clock, () => false);
    await quiet.lasts(10_000, unending);
    expect(clock.now().monotonicMs).toBe(70_000);
  });

  it('begins anew with the end of work that belongs to no call', async () => {
    const clock = scripted();
    await createQuiet(clock, () => clock.now().monotonicMs < 5000).lasts(2000, unending);
    expect(clock.now().monotonicMs).toBeGreaterThanOrEqual(6000);
  });

  it('ends at once when it is stopped', async () => {
    const stop = new AbortController();
    const clock = scripted({ 1000: () => stop.abort() });
    const quiet = createQuiet(clock, () => true);
    await quiet.lasts(10_000, stop.signal);
    expect(clock.now().monotonicMs).toBe(1000);
  });
});
