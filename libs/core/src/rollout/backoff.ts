import type { HistoryEntry, OutcomeClass } from '../api/operation.ts';

/** First and longest pause in seconds. */
interface Pause {
  readonly first: number;
  readonly longest: number;
}

/** Pauses before an operation that ended this way is tried again by itself. */
const pauses: Readonly<Record<OutcomeClass, Pause>> = {
  transient: { first: 15, longest: 900 },
  interrupted: { first: 60, longest: 3600 },
  // It is tried when the cause is gone; most causes are seen only by trying.
  blocked: { first: 30, longest: 300 },
  // These wait for a person or a new digest; the pause only paces a retry that was asked for.
  bad: { first: 0, longest: 0 },
  unconfirmed: { first: 0, longest: 0 },
  lost: { first: 0, longest: 0 },
};

/** A drain that took too long has cost the workload something, and would again. */
const drainTimeout: Pause = { first: 300, longest: 3600 };

/** Seconds to wait before the next attempt after this ending; doubles with each attempt so far. */
export function retryPauseSeconds(
  last: Pick<NonNullable<HistoryEntry['last']>, 'class' | 'reason'>,
  attempts: number,
): number {
  const { first, longest } = last.reason === 'DrainTimeout' ? drainTimeout : pauses[last.class];
  return Math.min(first * 2 ** Math.min(Math.max(attempts - 1, 0), 20), longest);
}
