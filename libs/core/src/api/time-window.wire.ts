import * as z from 'zod/mini';
import { field, optional } from './wire.ts';

/** The days in the order of their numbers: 0 is Sunday. */
export const weekdayNames = [
  'Sunday',
  'Monday',
  'Tuesday',
  'Wednesday',
  'Thursday',
  'Friday',
  'Saturday',
] as const;

const clockTime = '([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]';
const date = '[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])';
const textOfTime = { pattern: `^$|^(${date} )?${clockTime}$`, maxLength: 19 };

/**
 * What the API server checks of a window beyond its shape. `parseWindow` says the same, and also looks into the
 * calendar and the list of time zones, which CEL cannot.
 */
const rules = [
  {
    rule: "(self.starttime == '') == (self.endtime == '')",
    message: 'starttime and endtime go together',
  },
  {
    rule: "self.starttime == '' || self.endtime == '' || self.starttime.size() == self.endtime.size()",
    message: 'starttime and endtime are written alike, both with a date or both without',
  },
  {
    rule: "self.starttime == '' || self.starttime != self.endtime",
    message: 'starttime and endtime differ',
  },
  {
    rule: 'self.starttime.size() != 19 || self.endtime.size() != 19 || self.starttime <= self.endtime',
    message: 'starttime comes before endtime',
  },
  {
    rule: '!has(self.weekdays) || self.starttime.size() != 19',
    message: 'weekdays go with times of the day, not with dates',
  },
];

/** `OS.spec.timewindow`. */
export const timeWindowWire = optional(
  z.object({
    starttime: field(
      z._default(z.string(), ''),
      'When new nodes may start, this second included: `HH:MM:SS` for every day or `YYYY-MM-DD HH:MM:SS` for once.',
      textOfTime,
    ),
    endtime: field(
      z._default(z.string(), ''),
      'From when on no new node starts, written like `starttime`; an earlier time of the day is on the next day.',
      textOfTime,
    ),
    timeZone: optional(
      z.string(),
      'IANA name of the zone of both times, such as `Europe/Berlin`; by default that of the operator.',
      { maxLength: 64 },
    ),
    weekdays: optional(
      z.array(z.enum(weekdayNames)).check(z.minLength(1)),
      'The days on which the window opens; by default every day.',
      { maxItems: weekdayNames.length, 'x-kubernetes-list-type': 'set' },
    ),
  }),
  'When new nodes may start; by default always. Nodes at work go on after its end.',
  { 'x-kubernetes-validations': rules },
);
