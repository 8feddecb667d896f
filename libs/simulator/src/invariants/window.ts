import type { TimeWindow } from '@kubeos/core';

const dayMs = 86_400_000;

/** Minutes that the zones of scenarios are ahead of UTC; their clocks never change. */
const zoneMinutes: Readonly<Record<string, number>> = {
  'Asia/Shanghai': 480,
  'Asia/Kolkata': 330,
  'America/Phoenix': -420,
};

/** Zones that a window of a scenario may name. */
export const windowZones = Object.keys(zoneMinutes);

/**
 * Whether a window is open. Written without the code under test, for the windows that scenarios use: `HH:MM:SS` at both
 * ends, in UTC or one of `windowZones`, on the weekdays on which it opens.
 */
export function isWindowOpen(window: TimeWindow, wallMs: number): boolean {
  const localMs = wallMs + (zoneMinutes[window.timeZone ?? ''] ?? 0) * 60_000;
  const today = Math.floor(localMs / dayMs) * dayMs;
  return [today, today - dayMs].some((midnight) => isOpenOf(window, midnight, localMs));
}

/** Whether the window that opens on this day is open. */
function isOpenOf(window: TimeWindow, midnight: number, localMs: number): boolean {
  // The first of January 1970 was a Thursday.
  const weekday = (((midnight / dayMs + 4) % 7) + 7) % 7;
  if (window.weekdays?.includes(weekday) === false) return false;
  const start = midnight + millisecondsOf(window.start);
  const end = midnight + millisecondsOf(window.end);
  return localMs >= start && localMs < (end < start ? end + dayMs : end);
}

function millisecondsOf(text: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = text.split(':').map(Number);
  return ((hours * 60 + minutes) * 60 + seconds) * 1000;
}
