import { describe, expect, it } from '@jest/globals';
import type { TimeWindow } from '../api/os.ts';
import { parseWindow, windowState } from './window.ts';

const utc = (text: string): number => Date.parse(`${text.replace(' ', 'T')}Z`);
const isOpen = (window: TimeWindow, at: string, zone = 'UTC'): boolean =>
  windowState(window, utc(at), zone).open;

const night = { start: '22:00:00', end: '04:30:00' };
const noon = { start: '11:00:00', end: '13:00:00' };
const dates = { start: '2026-03-01 22:00:00', end: '2026-03-02 02:00:00' };

describe('parseWindow', () => {
  it.each<[window: TimeWindow]>([
    [night],
    [noon],
    [dates],
    [{ start: '2024-02-29 00:00:00', end: '9999-12-31 23:59:59' }],
    [{ start: '0000-01-01 00:00:00', end: '0001-01-01 00:00:00' }],
    [{ ...noon, timeZone: 'Asia/Shanghai', weekdays: [0, 6] }],
  ])('takes %j', (window) => {
    expect(parseWindow(window)).toEqual([]);
  });

  it.each<[window: TimeWindow, paths: string[]]>([
    [{ start: '', end: '04:30:00' }, ['starttime']],
    [{ start: '22:00', end: '04:30' }, ['starttime', 'endtime']],
    [{ start: ' 22:00:00', end: '04:30:00 ' }, ['starttime', 'endtime']],
    [{ start: '2:00:00', end: '04:30:00' }, ['starttime']],
    [{ start: '24:00:00', end: '04:30:00' }, ['starttime']],
    [{ start: '23:60:00', end: '04:30:60' }, ['starttime', 'endtime']],
    [{ start: '2026-03-01T22:00:00', end: '2026-03-02 02:00:00' }, ['starttime']],
    [{ start: '2026-02-30 22:00:00', end: '2026-03-02 02:00:00' }, ['starttime']],
    [{ start: '2025-02-29 22:00:00', end: '2026-03-02 02:00:00' }, ['starttime']],
    [{ start: '2026-13-01 22:00:00', end: '2027-03-02 02:00:00' }, ['starttime']],
    [{ start: '2026-00-01 22:00:00', end: '2026-03-00 02:00:00' }, ['starttime', 'endtime']],
    [{ start: '2026-03-01 22:00:00', end: '04:30:00' }, ['endtime']],
    [{ start: '22:00:00', end: '22:00:00' }, ['endtime']],
    [{ start: dates.end, end: dates.start }, ['endtime']],
    [{ start: dates.start, end: dates.start }, ['endtime']],
    [{ ...noon, timeZone: 'Europe/Nowhere' }, ['timeZone']],
    [{ ...noon, weekdays: [] }, ['weekdays']],
    [{ ...dates, weekdays: [1] }, ['weekdays']],
    [
      { start: 'x', end: 'y', timeZone: 'z', weekdays: [] },
      ['starttime', 'endtime', 'timeZone', 'weekdays'],
    ],
  ])('refuses %j by naming the members', (window, members) => {
    expect(parseWindow(window).map(({ path }) => path)).toEqual(
      members.map((member) => `spec.timewindow.${member}`),
    );
  });

  it('says what was found and what was expected', () => {
    expect(parseWindow({ start: '25:00:00', end: '04:30:00' })).toEqual([
      {
        path: 'spec.timewindow.starttime',
        message: '"25:00:00" is not a valid time; expected YYYY-MM-DD HH:MM:SS or HH:MM:SS',
      },
    ]);
  });
});

describe('windowState', () => {
  it.each<[name: string, window: TimeWindow, at: string, open: boolean]>([
    ['before a window of the day', noon, '2026-01-01 10:59:59', false],
    ['inside a window of the day', noon, '2026-01-01 12:00:00', true],
    ['after a window of the day', noon, '2026-01-01 13:00:01', false],
    ['before midnight', night, '2026-01-01 23:59:59', true],
    ['at midnight', night, '2026-01-02 00:00:00', true],
    ['after midnight', night, '2026-01-02 04:29:59', true],
    ['between two nights', night, '2026-01-02 12:00:00', false],
    ['before the dates', dates, '2026-03-01 21:59:59', false],
    ['long before the dates', dates, '2020-03-01 23:00:00', false],
    ['between the dates', dates, '2026-03-02 00:00:00', true],
    ['after the dates', dates, '2026-03-02 02:00:01', false],
    ['long after the dates', dates, '2030-03-02 01:00:00', false],
    [
      'in the year of the first date',
      { start: '0001-01-01 00:00:00', end: '9999-12-31 23:59:59' },
      '2026-03-02 02:00:01',
      true,
    ],
  ])('knows %s', (_name, window, at, open) => {
    expect(isOpen(window, at)).toBe(open);
  });

  it.each<[TimeWindow, start: string, end: string]>([
    [noon, '2026-01-01 11:00:00', '2026-01-01 13:00:00'],
    [night, '2026-01-01 22:00:00', '2026-01-02 04:30:00'],
    [dates, dates.start, dates.end],
  ])(
    'B-39: is open at the start second and closed at the end second of %j',
    (window, start, end) => {
      const [startMs, endMs] = [utc(start), utc(end)];
      const at = (ms: number): boolean => windowState(window, ms, 'UTC').open;

      expect([startMs - 1, startMs, endMs - 1, endMs].map(at)).toEqual([false, true, true, false]);
    },
  );

  it('B-39: reads times in the zone that is asked for, else in that of the operator', () => {
    expect(isOpen(noon, '2026-01-01 10:30:00', 'Europe/Berlin')).toBe(true);
    expect(isOpen(noon, '2026-01-01 10:30:00', 'UTC')).toBe(false);
    expect(isOpen({ ...noon, timeZone: 'Asia/Shanghai' }, '2026-01-01 04:00:00')).toBe(true);
    expect(isOpen({ ...noon, timeZone: 'UTC' }, '2026-01-01 04:00:00', 'Asia/Shanghai')).toBe(
      false,
    );
  });

  it('B-39: opens on the chosen weekdays only, and a night belongs to the day on which it began', () => {
    const saturday = { ...night, weekdays: [6] };
    // 3 January 2026 is a Saturday.
    expect(isOpen(saturday, '2026-01-03 01:00:00')).toBe(false);
    expect(isOpen(saturday, '2026-01-03 22:00:00')).toBe(true);
    expect(isOpen(saturday, '2026-01-04 04:00:00')).toBe(true);
    expect(isOpen(saturday, '2026-01-04 22:00:00')).toBe(false);
  });

  it.each<[name: string, window: TimeWindow, at: string, message: string]>([
    [
      'the end of a night',
      night,
      '2026-01-01 23:00:00',
      'Window closes at 2026-01-02 04:30:00 UTC',
    ],
    ['the next night', night, '2026-01-01 05:00:00', 'Window opens at 2026-01-01 22:00:00 UTC'],
    ['the day after', noon, '2026-01-01 13:00:00', 'Window opens at 2026-01-02 11:00:00 UTC'],
    [
      'the same weekday of the next week',
      { ...noon, weekdays: [4] },
      '2026-01-01 13:00:00',
      'Window opens at 2026-01-08 11:00:00 UTC',
    ],
    ['a date to come', dates, '2026-01-01 13:00:00', 'Window opens at 2026-03-01 22:00:00 UTC'],
    ['nothing any more', dates, '2026-04-01 13:00:00', 'Window is over'],
    [
      'its own zone',
      { ...noon, timeZone: 'Asia/Kolkata' },
      '2026-01-01 13:00:00',
      'Window opens at 2026-01-02 11:00:00 Asia/Kolkata',
    ],
  ])('tells people about %s', (_name, window, at, message) => {
    expect(windowState(window, utc(at), 'UTC').message).toBe(message);
  });

  it('stays closed while it cannot be read', () => {
    expect(windowState({ start: '22:00:00', end: '22:00:00' }, 0, 'UTC')).toEqual({
      open: false,
      message: 'spec.timewindow.endtime is the same as starttime',
    });
    expect(windowState(noon, 0, 'Europe/Nowhere')).toEqual({
      open: false,
      message: 'Unknown time zone Europe/Nowhere',
    });
  });
});

// Europe/Berlin: on 29 March 2026 02:00 becomes 03:00 (01:00 UTC); on 25 October 2026 03:00 becomes 02:00 (01:00 UTC).
describe('windowState where clocks change', () => {
  const inBerlin = (start: string, end: string, at: string): boolean =>
    isOpen({ start, end, timeZone: 'Europe/Berlin' }, at);

  it.each<[start: string, end: string, at: string, open: boolean]>([
    ['02:30:00', '04:00:00', '2026-03-29 00:59:59', false],
    ['02:30:00', '04:00:00', '2026-03-29 01:00:00', true],
    ['02:30:00', '04:00:00', '2026-03-29 01:59:59', true],
    ['02:30:00', '04:00:00', '2026-03-29 02:00:00', false],
    ['01:00:00', '02:30:00', '2026-03-29 00:59:59', true],
    ['01:00:00', '02:30:00', '2026-03-29 01:00:00', false],
    ['02:15:00', '02:45:00', '2026-03-29 01:00:00', false],
    ['22:00:00', '04:00:00', '2026-03-29 01:30:00', true],
  ])('skips with the clock: %s to %s at %s UTC', (start, end, at, open) => {
    expect(inBerlin(start, end, at)).toBe(open);
  });

  it.each<[start: string, end: string, at: string, open: boolean]>([
    ['02:15:00', '02:45:00', '2026-10-25 00:15:00', true],
    ['02:15:00', '02:45:00', '2026-10-25 00:45:00', false],
    ['02:15:00', '02:45:00', '2026-10-25 01:15:00', false],
    ['02:30:00', '04:00:00', '2026-10-25 00:30:00', true],
    ['02:30:00', '04:00:00', '2026-10-25 01:10:00', true],
    ['02:30:00', '04:00:00', '2026-10-25 02:59:59', true],
    ['02:30:00', '04:00:00', '2026-10-25 03:00:00', false],
    ['01:00:00', '02:30:00', '2026-10-25 00:30:00', false],
    ['01:00:00', '02:30:00', '2026-10-25 01:10:00', false],
  ])('opens once where the clock is set back: %s to %s at %s UTC', (start, end, at, open) => {
    expect(inBerlin(start, end, at)).toBe(open);
  });

  it('follows a clock that is set back over midnight', () => {
    // America/Sao_Paulo, 17 February 2019: 00:00 became 23:00 of the day before, at 02:00 UTC.
    const window = { start: '00:00:00', end: '01:00:00', timeZone: 'America/Sao_Paulo' };
    expect(isOpen(window, '2019-02-17 02:00:00')).toBe(false);
    expect(isOpen(window, '2019-02-17 02:59:59')).toBe(false);
    expect(isOpen(window, '2019-02-17 03:00:00')).toBe(true);
  });
});
