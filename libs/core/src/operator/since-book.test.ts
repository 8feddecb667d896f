import { describe, expect, it } from '@jest/globals';
import { SinceBook } from './since-book.ts';

describe('SinceBook', () => {
  it('tells for how long a state was seen, and forgets it when a pass does not ask', () => {
    const book = new SinceBook();
    const at = (seconds: number, ...keys: readonly string[]) => {
      const pass = book.begin('node/a', seconds * 1000);
      const answers = keys.map((key) => pass.since(key));
      pass.end();
      return answers;
    };
    expect(at(0, 'healthy')).toEqual([0]);
    expect(at(7, 'healthy', 'drain')).toEqual([7, 0]);
    expect(at(9, 'drain')).toEqual([2]);
    expect(at(10, 'healthy')).toEqual([0]);
  });

  it('ends states that nobody saw go on, and keeps the others', () => {
    const book = new SinceBook();
    const at = (seconds: number, ...keys: readonly string[]) => {
      const pass = book.begin('node/a', seconds * 1000);
      const answers = keys.map((key) => pass.since(key));
      pass.end();
      return answers;
    };
    book.interrupt('node/a', ['healthy:']);
    expect(at(0, 'healthy:1', 'drain:1')).toEqual([0, 0]);
    book.interrupt('node/a', ['healthy:']);
    expect(at(7, 'healthy:1', 'drain:1')).toEqual([0, 7]);
  });

  it('keeps scopes apart and starts anew when it is cleared', () => {
    const book = new SinceBook();
    const ask = (scope: string, ms: number): number => {
      const pass = book.begin(scope, ms);
      const seconds = pass.since('key');
      pass.end();
      return seconds;
    };
    ask('a', 0);
    expect(ask('b', 5000)).toBe(0);
    expect(ask('a', 5000)).toBe(5);
    book.clear();
    expect(ask('a', 9000)).toBe(0);
  });
});
