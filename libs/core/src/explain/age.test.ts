import { describe, expect, it } from '@jest/globals';
import { ageText, durationText } from './age.ts';

const day = 86_400;

describe('a duration', () => {
  it.each([
    [-1, '0s'],
    [119.9, '119s'],
    [120, '2m'],
    [125, '2m5s'],
    [600, '10m'],
    [3 * 3600 - 1, '179m'],
    [3 * 3600, '3h'],
    [4 * 3600 + 360, '4h6m'],
    [8 * 3600, '8h'],
    [2 * day + 3600, '2d1h'],
    [9 * day, '9d'],
  ])('of %d s is told as %s', (seconds, text) => expect(durationText(seconds)).toBe(text));

  it('is not known without a beginning', () => {
    expect(ageText(undefined, 0)).toBe('');
    expect(ageText('whatever', 0)).toBe('');
    expect(ageText('1970-01-01T00:00:10Z', 15_000)).toBe('5s');
  });
});
