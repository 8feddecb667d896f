/** Reads the texts of a `timewindow`. */
import type { SpecProblem, TimeWindow } from '../api/os.ts';
import { zoneClock } from './zone-clock.ts';

/** A window whose texts make sense; local times as milliseconds "as if they were UTC". */
export type ReadWindow =
  /** Opens once. */
  | { readonly kind: 'dates'; readonly startMs: number; readonly endMs: number }
  /** Opens on these days of the week; an end past 24 hours lies on the next day. Milliseconds since midnight. */
  | {
      readonly kind: 'times';
      readonly startMs: number;
      readonly endMs: number;
      readonly weekdays: readonly number[];
    };

/** Milliseconds of a day as wall clocks count it. */
export const dayMs = 86_400_000;

const everyDay = [0, 1, 2, 3, 4, 5, 6] as const;
const pattern = /^(?:(\d{4})-(\d{2})-(\d{2}) )?(\d{2}):(\d{2}):(\d{2})$/;
const expected = 'YYYY-MM-DD HH:MM:SS or HH:MM:SS';

/** One end of a window. */
interface Moment {
  readonly hasDate: boolean;
  readonly ms: number;
}

/** The window, or what is wrong with it. */
export function readWindow(window: TimeWindow): ReadWindow | readonly SpecProblem[] {
  const problems: SpecProblem[] = [];
  const read = (member: 'starttime' | 'endtime', text: string): Moment | undefined => {
    const moment = readMoment(text);
    if (moment === undefined) {
      problems.push(problem(member, `"${text}" is not a valid time; expected ${expected}`));
    }
    return moment;
  };
  const start = read('starttime', window.start);
  const end = read('endtime', window.end);
  problems.push(...zoneProblems(window), ...weekdayProblems(window, start));
  if (start === undefined || end === undefined) return problems;
  problems.push(...orderProblems(start, end));
  if (problems.length > 0) return problems;

  if (start.hasDate) return { kind: 'dates', startMs: start.ms, endMs: end.ms };
  const endMs = end.ms < start.ms ? end.ms + dayMs : end.ms;
  return { kind: 'times', startMs: start.ms, endMs, weekdays: window.weekdays ?? everyDay };
}

function readMoment(text: string): Moment | undefined {
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1).map(Number);
  const ofDay = readTime(hour, minute, second);
  if (ofDay === undefined) return undefined;
  if (match[1] === undefined) return { hasDate: false, ms: ofDay };
  const midnight = readDate(year, month, day);
  return midnight === undefined ? undefined : { hasDate: true, ms: midnight + ofDay };
}

function readTime(hour = 0, minute = 0, second = 0): number | undefined {
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  return ((hour * 60 + minute) * 60 + second) * 1000;
}

/** Midnight of a day that is in the calendar: 30 February moves to another month and is refused so. */
function readDate(year = 0, month = 0, day = 0): number | undefined {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const isInCalendar = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return isInCalendar ? date.getTime() : undefined;
}

function orderProblems(start: Moment, end: Moment): readonly SpecProblem[] {
  if (start.hasDate !== end.hasDate) {
    return [problem('endtime', 'must be written like starttime, both with a date or both without')];
  }
  if (start.ms === end.ms) return [problem('endtime', 'is the same as starttime')];
  if (start.hasDate && end.ms < start.ms) return [problem('endtime', 'is before starttime')];
  return [];
}

function zoneProblems({ timeZone }: TimeWindow): readonly SpecProblem[] {
  if (timeZone === undefined || zoneClock(timeZone) !== undefined) return [];
  return [problem('timeZone', `"${timeZone}" is not a known time zone; expected an IANA name`)];
}

function weekdayProblems(
  { weekdays }: TimeWindow,
  start: Moment | undefined,
): readonly SpecProblem[] {
  if (weekdays === undefined) return [];
  if (weekdays.length === 0) return [problem('weekdays', 'is empty: the window would never open')];
  if (start?.hasDate === true) {
    return [problem('weekdays', 'goes with times of the day only, not with dates')];
  }
  return [];
}

function problem(member: string, message: string): SpecProblem {
  return { path: `spec.timewindow.${member}`, message };
}
