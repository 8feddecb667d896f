import { describe, expect, it } from '@jest/globals';

import { canFetchToolchains } from './go.ts';

describe('canFetchToolchains', () => {
  it.each([
    ['go1.20.14', false],
    ['go1.21', true],
    ['go1.21rc2', true],
    ['go1.26.6\n', true],
    ['go2.0', true],
    ['devel go1.27-abcdef', false],
  ])('says of %j: %j', (version, expected) => {
    expect(canFetchToolchains(version)).toBe(expected);
  });
});
