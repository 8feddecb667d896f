import { describe, expect, it } from '@jest/globals';

import { changedLines } from './changed-lines.ts';

describe('the changed lines', () => {
  it.each([
    ['none', 'a\nb\n', 'a\nb\n', []],
    ['one that is replaced', 'a\nb\nc\n', 'a\nB\nc\n', ['- b', '+ B']],
    ['one at the end', 'a\n', 'a\nb\n', ['+ b']],
    ['one at the beginning', 'b\n', 'a\nb\n', ['+ a']],
    ['several apart', 'a\nb\nc\nd\n', 'A\nb\nc\nd\ne\n', ['- a', '+ A', '+ e']],
    ['one that is gone', 'a\nb\nc\n', 'a\nc\n', ['- b']],
    ['all of them', '', 'a\nb\n', ['+ a', '+ b']],
  ])('are %s', (_title, before, after, changed) => {
    expect(changedLines(before, after)).toEqual(changed);
  });
});
