import { describe, expect, it } from '@jest/globals';
import { createRandom } from './random.ts';

describe('createRandom', () => {
  it('draws the same numbers for the same seed', () => {
    const draw = (seed: number): number[] => {
      const random = createRandom(seed);
      return Array.from({ length: 20 }, () => random.below(1000));
    };
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
  });

  it('forks without moving the source', () => {
    const moved = createRandom(3);
    moved.fork('elsewhere').next();
    expect(moved.next()).toBe(createRandom(3).next());
  });

  it('spreads evenly enough', () => {
    const random = createRandom(1);
    const counts = [0, 0, 0, 0];
    for (let draw = 0; draw < 4000; draw += 1) {
      const index = random.below(4);
      counts[index] = (counts[index] ?? 0) + 1;
    }
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(120);
  });

  it('refuses to pick from nothing', () => {
    expect(() => createRandom(1).pick([])).toThrow(RangeError);
  });
});
