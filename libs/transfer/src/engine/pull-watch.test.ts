import { describe, expect, it } from '@jest/globals';
import type { Clock, OperationProgress } from '@kubeos/core';
import { createProgress } from '../progress.ts';
import { whilePulling } from './pull-watch.ts';

describe('a pull that an engine does', () => {
  it('is reported by what has come, and what is not listed any more stays counted', async () => {
    const done = Promise.withResolvers<string>();
    const seen: OperationProgress[] = [];
    const looks: readonly ReadonlyMap<string, number>[] = [
      new Map([['a', 100]]),
      new Map([
        ['a', 150],
        ['b', 10],
      ]),
      new Map([['b', 30]]),
    ];
    let look = 0;
    let nowMs = 0;
    const clock: Clock = {
      now: () => ({ wallMs: 0, monotonicMs: (nowMs += 1000) }),
      sleep: async (_milliseconds, signal) => signal?.throwIfAborted(),
    };
    const arrived = async (): Promise<ReadonlyMap<string, number>> => {
      const found = looks[look];
      look += 1;
      if (found !== undefined) return found;
      done.resolve('pulled');
      throw new Error('not to be told');
    };
    const progress = createProgress({ onProgress: (at) => void seen.push(at) }, clock);
    await expect(whilePulling(() => done.promise, arrived, progress, clock)).resolves.toBe(
      'pulled',
    );
    const counts = seen.map(({ bytesDone }) => bytesDone);
    expect(counts).toEqual(counts.toSorted((a, b) => a - b));
    expect(counts.at(-1)).toBe(180);
  });

  it('fails as the engine does', async () => {
    const clock: Clock = {
      now: () => ({ wallMs: 0, monotonicMs: 0 }),
      sleep: (_milliseconds, signal) =>
        new Promise((_resolve, reject) => {
          signal?.addEventListener('abort', () => reject(new Error('aborted')));
        }),
    };
    const progress = createProgress({ onProgress: () => undefined }, clock);
    const pull = (): Promise<never> => Promise.reject(new Error('no such image'));
    const pulling = whilePulling(pull, async () => new Map(), progress, clock);
    await expect(pulling).rejects.toThrow('no such image');
  });
});
