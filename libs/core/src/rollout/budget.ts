import type { CountOrPercent } from '../api/os.ts';

/**
 * How many of the selected nodes may be out of service at once. Zero, 0 % and negatives pause; any other percentage
 * rounds down but allows one.
 */
export function unavailableBudget(limit: CountOrPercent, selected: number): number {
  if ('count' in limit) return Math.min(Math.max(limit.count, 0), selected);
  if (limit.percent <= 0 || selected === 0) return 0;
  return Math.min(Math.max(Math.floor((selected * limit.percent) / 100), 1), selected);
}

/** How many nodes go first. A percentage above zero rounds up, so that there is a canary at all. */
export function canaryCount(canary: CountOrPercent, selected: number): number {
  if ('count' in canary) return Math.min(Math.max(canary.count, 0), selected);
  return Math.min(Math.max(Math.ceil((selected * canary.percent) / 100), 0), selected);
}
