import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { EventQueue } from './event-queue.ts';

it('gives events back by time, and by age where the time is the same', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 50 })), (times) => {
      const queue = new EventQueue();
      times.forEach((atMs, order) => {
        queue.push({ atMs, order, fire: undefined });
      });
      const popped: { atMs: number; order: number }[] = [];
      for (let event = queue.pop(); event !== undefined; event = queue.pop()) popped.push(event);
      const sorted = [...popped].sort((a, b) => a.atMs - b.atMs || a.order - b.order);
      expect(popped).toEqual(sorted);
      expect(popped).toHaveLength(times.length);
    }),
  );
});
