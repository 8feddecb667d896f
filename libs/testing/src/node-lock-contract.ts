/** What every lock of a node keeps, across processes and within one. */
import { describe, expect, it } from '@jest/globals';
import type { NodeLock } from '@kubeos/core';

/** A lock that is free. */
export interface OpenLock {
  /** As a process sees it, which waits so long for it; where time is virtual it may wait longer. */
  readonly lock: (timeoutSeconds: number) => NodeLock;
  /** Lets others run. */
  readonly pause: () => Promise<unknown>;
  /** Another process takes it; the answer kills that process. */
  readonly hold: () => Promise<() => unknown>;
}

/** Declares the tests. */
export function describeNodeLock(name: string, open: () => Promise<OpenLock>): void {
  describe(`node lock ${name}`, () => {
    it('lets one after the other work, and gives back what the work gives', async () => {
      const { lock, pause } = await open();
      let inside = 0;
      const work = async (): Promise<number> => {
        inside += 1;
        const together = inside;
        await pause();
        inside -= 1;
        return together;
      };
      const [one, other] = [lock(10), lock(10)];
      const all = [one, one, other].map((holder) => holder.exclusively(work));
      expect(await Promise.all(all)).toEqual([1, 1, 1]);
    });

    it('is free again after work that failed', async () => {
      const { lock } = await open();
      const failing = lock(5).exclusively(async () => {
        throw new RangeError('work');
      });
      await expect(failing).rejects.toThrow(RangeError);
      expect(await lock(5).exclusively(async () => 'free')).toBe('free');
    });

    it('says BUSY after the deadline', async () => {
      const { lock } = await open();
      await lock(5).exclusively(async () => {
        await expect(lock(0).exclusively(async () => 0)).rejects.toMatchObject({ code: 'BUSY' });
      });
    });

    it('is freed when the process that holds it is killed', async () => {
      const { lock, hold } = await open();
      const kill = await hold();
      await expect(lock(0).exclusively(async () => 0)).rejects.toMatchObject({ code: 'BUSY' });
      kill();
      expect(await lock(10).exclusively(async () => 'free')).toBe('free');
    });
  });
}
