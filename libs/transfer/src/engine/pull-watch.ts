import type { Clock } from '@kubeos/core';
import type { Progress } from '../progress.ts';

/** Bytes that are there of each piece that is on its way, by any name. */
export type Arrived = () => Promise<ReadonlyMap<string, number>>;

const pauseMs = 5000;

/**
 * Runs while an engine pulls, and reports what has come: an engine says nothing to who is no terminal. Bytes of pieces that
 * are done, and so are not listed any more, stay counted.
 */
export async function whilePulling<T>(
  pull: () => Promise<T>,
  arrived: Arrived,
  progress: Progress,
  clock: Clock,
): Promise<T> {
  const over = new AbortController();
  const seen = new Map<string, number>();
  const watch = async (): Promise<void> => {
    while (!over.signal.aborted) {
      await clock.sleep(pauseMs, over.signal);
      // What cannot be told now may be told the next time; the pull itself goes on.
      for (const [name, bytes] of await arrived().catch(() => new Map<string, number>())) {
        const before = seen.get(name) ?? 0;
        if (bytes <= before) continue;
        seen.set(name, bytes);
        progress.moved(bytes - before);
      }
    }
  };
  const watching = watch().catch(() => undefined);
  progress.begin('Fetching');
  try {
    return await pull();
  } finally {
    over.abort();
    await watching;
  }
}
