import { describe, expect, it } from '@jest/globals';
import { isWindowOpen } from './window.ts';

const hourMs = 3600_000;
/** A Monday at midnight, UTC. */
const monday = Date.UTC(2026, 0, 5);
const night = { start: '22:00:00', end: '02:00:00' };

describe('isWindowOpen', () => {
  it.each([
    ['before it opens', night, 21, false],
    ['past midnight', night, 25, true],
    ['at its end', night, 26, false],
    ['at ten in the evening of a zone ahead', { ...night, timeZone: 'Asia/Shanghai' }, 14, true],
    ['at ten in the evening of a zone behind', { ...night, timeZone: 'America/Phoenix' }, 29, true],
    ['on the morning after its day', { ...night, weekdays: [1] }, 25, true],
    ['on the morning of its day', { ...night, weekdays: [1] }, 1, false],
  ])('tells %s', (_when, window, hours, isOpen) => {
    expect(isWindowOpen(window, monday + hours * hourMs)).toBe(isOpen);
  });
});
