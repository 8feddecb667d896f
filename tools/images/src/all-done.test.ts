import { expect, it } from '@jest/globals';
import { allDone } from './all-done.ts';

it('gives all results in their order', async () => {
  expect(await allDone([Promise.resolve(1), Promise.resolve(2)])).toEqual([1, 2]);
});

it('fails only when nothing runs any more', async () => {
  const slow = Promise.withResolvers<number>();
  let isOver = false;
  const all = allDone([Promise.reject(new Error('first')), slow.promise]).finally(() => {
    isOver = true;
  });
  all.catch(() => undefined);
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  expect(isOver).toBe(false);
  slow.resolve(1);
  await expect(all).rejects.toThrow('first');
});
