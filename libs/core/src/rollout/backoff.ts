import type { OutcomeClass } from '../api/operation.ts';

/** First and longest pause in seconds before an operation that ended this way is tried again by itself. */
const pauses: Readonly<Record<OutcomeClass, { readonly first: number; readonly longest: number }>> =
  {
    transient: { first: 15, longest: 900 },
    interrupted: { first: 60, longest: 3600 },
    blocked: { first: 300, longest: 3600 },
    // These wait for a person or a new digest; the pause only paces a retry that was asked for.
    bad: { first: 0, longest: 0 },
    unconfirmed: { first: 0, longest: 0 },
    lost: { first: 0, longest: 0 },
  };

/** Seconds to wait before the next attempt; doubles with each attempt so far. */
export function retryPauseSeconds(outcome: OutcomeClass, attempts: number): number {
  const { first, longest } = pauses[outcome];
  return Math.min(first * 2 ** Math.min(Math.max(attempts - 1, 0), 20), longest);
}
