import { describe, expect, it } from '@jest/globals';
import { KubeosError, type ErrorCode, type Requeue } from '@kubeos/core';
import { ManualClock, settle, silentLog } from '@kubeos/testing';
import { createWorkQueue, pauseSeconds, type WorkQueue } from './work-queue.ts';

interface Bench {
  readonly queue: WorkQueue<string>;
  readonly clock: ManualClock;
  readonly begun: string[];
  /** Ends the work on a key. */
  readonly end: (key: string, how?: Requeue | Error) => Promise<void>;
}

function bench(concurrency = 2): Bench {
  const clock = new ManualClock();
  const begun: string[] = [];
  const open = new Map<string, (how: Requeue | Error) => void>();
  const queue = createWorkQueue<string>({
    textOf: (key) => key,
    concurrency,
    clock,
    log: silentLog,
    work: (key) =>
      new Promise((resolve, reject) => {
        if (open.has(key)) throw new Error(`two at once on ${key}`);
        begun.push(key);
        open.set(key, (how) => {
          open.delete(key);
          if (how instanceof Error) reject(how);
          else resolve(how);
        });
      }),
  });
  return {
    queue,
    clock,
    begun,
    async end(key, how = { kind: 'onChange' }) {
      open.get(key)?.(how);
      await settle();
    },
  };
}

const failure = (code: ErrorCode): KubeosError => new KubeosError(code, 'x');

describe('the work queue', () => {
  it('works on several keys at a time and no more than it may', async () => {
    const { queue, begun, end } = bench(2);
    for (const key of ['a', 'b', 'c']) queue.add(key);

    expect(begun).toEqual(['a', 'b']);
    expect(queue.counts()).toEqual({ ready: 1, delayed: 0, running: 2, failed: 0 });
    await end('b');
    expect(begun).toEqual(['a', 'b', 'c']);
  });

  it('works on a key once for many requests, and once more for those that came meanwhile', async () => {
    const { queue, begun, end } = bench(1);
    queue.add('a');
    queue.add('b');
    queue.add('b');
    queue.add('a');
    queue.add('a');

    await end('a');
    await end('b');
    await end('a');
    expect(begun).toEqual(['a', 'b', 'a']);
    expect(queue.counts().running).toBe(0);
  });

  it('looks again after the time it was told, or at once when it is asked', async () => {
    const { queue, begun, clock, end } = bench();
    queue.add('a');
    await end('a', { kind: 'after', seconds: 5 });

    expect(queue.counts().delayed).toBe(1);
    await clock.advance(4999);
    expect(begun).toEqual(['a']);
    await clock.advance(1);
    expect(begun).toEqual(['a', 'a']);
    await end('a', { kind: 'after', seconds: 5 });
    queue.add('a');
    expect(begun).toEqual(['a', 'a', 'a']);
    expect(queue.counts().delayed).toBe(0);
  });

  it('pauses longer after each failure, and starts anew after a success', async () => {
    const { queue, clock, end } = bench();
    queue.add('a');
    for (const seconds of [1, 2, 4]) {
      await end('a', failure('API_UNAVAILABLE'));
      expect(clock.nextMs).toBe(seconds * 1000);
      await clock.advance(seconds * 1000);
    }
    await end('a', { kind: 'backoff', attempt: 1 });
    expect(clock.nextMs).toBe(8000);
    expect(queue.counts().failed).toBe(4);
    await clock.advance(8000);
    await end('a');
    queue.add('a');
    await end('a', failure('API_UNAVAILABLE'));
    expect(clock.nextMs).toBe(1000);
  });

  it.each([
    ['CONFLICT', 200],
    ['API_UNAVAILABLE', 1000],
    ['BUG', 1000],
    ['FORBIDDEN', 30_000],
  ] as const)('decides by the kind of %s how soon it looks again', async (code, milliseconds) => {
    const { queue, clock, end } = bench();
    queue.add('a');

    await end('a', failure(code));
    expect(clock.nextMs).toBe(milliseconds);
  });

  it('ends what runs and begins nothing more when it is drained', async () => {
    const { queue, begun, clock, end } = bench(1);
    queue.add('c');
    await end('c', { kind: 'after', seconds: 1 });
    queue.add('a');
    queue.add('b');
    let isDrained = false;
    const drained = queue.drain().then(() => (isDrained = true));

    queue.add('d');
    await settle();
    expect(isDrained).toBe(false);
    await end('a', failure('API_UNAVAILABLE'));
    await drained;
    await clock.advance(10_000);
    expect(begun).toEqual(['c', 'a']);
    await queue.drain();
  });
});

describe('pauseSeconds', () => {
  it.each([
    ['soon', 1, 0.2],
    ['soon', 100, 30],
    ['backoff', 3, 4],
    ['backoff', 100, 120],
    ['onChange', 1, 30],
    ['onChange', 100, 600],
  ] as const)('%s, try %d: %d seconds', (after, attempt, seconds) => {
    expect(pauseSeconds(after, attempt)).toBe(seconds);
  });
});
