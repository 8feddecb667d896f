import type { TimeWindow } from '@kubeos/core';

const dayMs = 86_400_000;

/**
 * Whether a daily window in UTC is open. Written without the code under test, for the windows that scenarios use:
 * `HH:MM:SS` at both ends, any day.
 */
export function isWindowOpen(window: TimeWindow, wallMs: number): boolean {
  const start = millisecondsOf(window.start);
  const end = millisecondsOf(window.end);
  const now = ((wallMs % dayMs) + dayMs) % dayMs;
  return start <= end ? now >= start && now < end : now >= start || now < end;
}

function millisecondsOf(text: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = text.split(':').map(Number);
  return ((hours * 60 + minutes) * 60 + seconds) * 1000;
}
