/**
 * When a loop looks again: when something it watches changes, after a time at the latest, or with growing pauses after
 * a failure (`attempt` counts from 1).
 */
export type Requeue =
  | { readonly kind: 'onChange' }
  | { readonly kind: 'after'; readonly seconds: number }
  | { readonly kind: 'backoff'; readonly attempt: number };

/** The sooner of two; a backoff comes before a plain wait because something failed. */
export function sooner(a: Requeue, b: Requeue): Requeue {
  if (a.kind === 'onChange') return b;
  if (b.kind === 'onChange') return a;
  if (a.kind === 'backoff') return a;
  if (b.kind === 'backoff') return b;
  return a.seconds <= b.seconds ? a : b;
}
