import type { SpecProblem, TimeWindow } from '../api/os.ts';
import { dayMs, readWindow, type ReadWindow } from './window-text.ts';
import { zoneClock, type ZoneClock } from './zone-clock.ts';

/** Whether new nodes may start, and when that changes, for people. */
export interface WindowState {
  readonly open: boolean;
  readonly message: string;
}

/** From one local time, included, to another, excluded. */
interface Span {
  readonly startMs: number;
  readonly endMs: number;
}

/** Everything that is wrong with a window; empty when it can be used. */
export function parseWindow(window: TimeWindow): readonly SpecProblem[] {
  const read = readWindow(window);
  return 'kind' in read ? [] : read;
}

/**
 * Tells whether the window is open: from its start second, included, to its end second, excluded.
 *
 * Times are those of the window's zone, else of `operatorZone` (IANA name). `weekdays` speak of the day on which the
 * window opens. Where clocks change, a time that is skipped counts as the moment of the change and a time that comes
 * twice as its first coming, so a window opens at most once a day. A window that cannot be read is closed.
 */
export function windowState(window: TimeWindow, wallMs: number, operatorZone: string): WindowState {
  const read = readWindow(window);
  if (!('kind' in read)) {
    const [first] = read;
    return { open: false, message: `${first?.path ?? ''} ${first?.message ?? ''}`.trim() };
  }
  const clock = zoneClock(window.timeZone ?? operatorZone);
  if (clock === undefined) return { open: false, message: `Unknown time zone ${operatorZone}` };
  return stateOf(spansNear(read, clock.localAt(wallMs)), wallMs, clock);
}

/** Every span that can be open at this local time and the next one to open, in order. */
function spansNear(window: ReadWindow, localMs: number): readonly Span[] {
  if (window.kind === 'dates') return [window];
  const today = Math.floor(localMs / dayMs) * dayMs;
  // Yesterday's may reach over midnight; seven days on, every weekday has come once after today.
  return [-1, 0, 1, 2, 3, 4, 5, 6, 7, 8]
    .map((days) => today + days * dayMs)
    .filter((midnight) => window.weekdays.includes(new Date(midnight).getUTCDay()))
    .map((midnight) => ({ startMs: midnight + window.startMs, endMs: midnight + window.endMs }));
}

function stateOf(spans: readonly Span[], wallMs: number, clock: ZoneClock): WindowState {
  const current = spans.find((span) => !clock.hasReached(wallMs, span.endMs));
  if (current === undefined) return { open: false, message: 'Window is over' };
  if (clock.hasReached(wallMs, current.startMs)) {
    return { open: true, message: `Window closes at ${show(current.endMs, clock)}` };
  }
  return { open: false, message: `Window opens at ${show(current.startMs, clock)}` };
}

function show(localMs: number, clock: ZoneClock): string {
  const text = new Date(localMs).toISOString().slice(0, 19).replace('T', ' ');
  return `${text} ${clock.zone}`;
}
