/** Times and durations as kubectl shows them. */

/** For how long: `12s`, `4m30s`, `5h`, `3d`; the shorter, the more exact. */
export function durationText(seconds: number): string {
  const whole = Math.max(Math.floor(seconds), 0);
  const [minutes, hours, days] = [60, 3600, 86_400].map((unit) => Math.floor(whole / unit));
  if (minutes === undefined || hours === undefined || days === undefined) return '';
  if (whole < 120) return `${String(whole)}s`;
  if (minutes < 10) return both(minutes, 'm', whole % 60, 's');
  if (minutes < 180) return `${String(minutes)}m`;
  if (hours < 8) return both(hours, 'h', minutes % 60, 'm');
  if (hours < 48) return `${String(hours)}h`;
  return days < 8 ? both(days, 'd', hours % 24, 'h') : `${String(days)}d`;
}

function both(large: number, largeUnit: string, small: number, smallUnit: string): string {
  const rest = small === 0 ? '' : `${String(small)}${smallUnit}`;
  return `${String(large)}${largeUnit}${rest}`;
}

/** For how long something has been so; empty when nobody knows. */
export function ageText(since: string | undefined, wallMs: number): string {
  const sinceMs = since === undefined ? NaN : Date.parse(since);
  return Number.isNaN(sinceMs) ? '' : durationText((wallMs - sinceMs) / 1000);
}
