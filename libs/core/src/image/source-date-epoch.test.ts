import { describe, expect, it } from '@jest/globals';
import { readSourceDateEpoch } from './source-date-epoch.ts';

describe('SOURCE_DATE_EPOCH', () => {
  it.each([
    [undefined, undefined],
    ['', undefined],
    ['0', 0],
    ['4294967295', 4_294_967_295],
  ])('is read from %j', (text, seconds) => {
    expect(readSourceDateEpoch(text, 'kbimg')).toBe(seconds);
  });

  it.each(['4294967296', '-1', '1.5', 'now'])('is refused as %s', (text) => {
    expect(() => readSourceDateEpoch(text, 'kbimg')).toThrow(
      expect.objectContaining({
        code: 'INVALID_ARGUMENT',
        message: expect.stringMatching(/^kbimg: SOURCE_DATE_EPOCH/u),
      }),
    );
  });
});
