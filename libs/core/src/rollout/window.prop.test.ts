import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { TimeWindow } from '../api/os.ts';
import { parseWindow, windowState } from './window.ts';

const two = (value: number): string => String(value).padStart(2, '0');
const secondsOfDay = fc.nat(86_399);
const timeText = (seconds: number): string =>
  [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map(two).join(':');
const zones = fc.constantFrom(
  'UTC',
  'Europe/Berlin',
  'America/St_Johns',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'Pacific/Apia',
);
const moments = fc
  .date({ min: new Date('2000-01-01'), max: new Date('2040-01-01'), noInvalidDate: true })
  .map((date) => date.getTime());

describe('a window', () => {
  it('says the same as a plain comparison of times where clocks never change', () => {
    fc.assert(
      fc.property(
        secondsOfDay,
        secondsOfDay,
        moments,
        fc.uniqueArray(fc.nat(6), { minLength: 1 }),
        (start, end, wallMs, weekdays) => {
          fc.pre(start !== end);
          const now = new Date(wallMs);
          const second = Math.floor(wallMs / 1000) % 86_400;
          const isOn = (day: number): boolean => weekdays.includes((day + 7) % 7);
          const today = now.getUTCDay();
          const expected =
            start < end
              ? start <= second && second < end && isOn(today)
              : (start <= second && isOn(today)) || (second < end && isOn(today - 1));
          const window = { start: timeText(start), end: timeText(end), weekdays };
          expect(windowState(window, wallMs, 'UTC').open).toBe(expected);
        },
      ),
    );
  });

  it('is open or about to open within a day, in every zone', () => {
    fc.assert(
      fc.property(secondsOfDay, secondsOfDay, moments, zones, (start, end, wallMs, zone) => {
        fc.pre(start !== end);
        const state = windowState({ start: timeText(start), end: timeText(end) }, wallMs, zone);
        expect(state.message).toMatch(/^Window (opens|closes) at .* .* .*$/);
      }),
    );
  });

  it('opens and closes at most once a day, also when clocks change', () => {
    const days = fc.constantFrom('2026-03-28', '2026-10-24', '2026-04-04', '2026-06-01');
    fc.assert(
      fc.property(secondsOfDay, secondsOfDay, days, zones, (start, end, day, timeZone) => {
        fc.pre(start !== end);
        const window = { start: timeText(start), end: timeText(end), timeZone };
        const from = Date.parse(`${day}T00:00:00Z`);
        const states = Array.from(
          { length: 24 * 6 },
          (_, index) => windowState(window, from + index * 600_000, 'UTC').open,
        );
        const openings = states.filter((open, index) => open && states[index - 1] !== true);
        // Two openings only where the day began in the middle of one window.
        expect(openings.length).toBeLessThanOrEqual(states[0] === true ? 2 : 1);
      }),
      { numRuns: 30 },
    );
  });

  it('never throws, and is closed when it is refused', () => {
    const text = fc.oneof(
      secondsOfDay.map(timeText),
      fc.string(),
      fc.constant('2026-02-30 00:00:00'),
    );
    fc.assert(
      fc.property(text, text, moments, fc.string(), (start, end, wallMs, zone) => {
        const window: TimeWindow = { start, end };
        const { open } = windowState(window, wallMs, zone);
        if (parseWindow(window).length > 0) expect(open).toBe(false);
      }),
    );
  });
});
