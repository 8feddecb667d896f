import { KubeosError } from '@kubeos/core';

/** What runs under a deadline gets: a signal to obey, and a way to have the full time again. */
export interface DeadlineScope {
  readonly signal: AbortSignal;
  readonly restart: () => void;
}

/**
 * Runs a call until its caller aborts or its time is up. The signal's reason is then the caller's own, or
 * `AGENT_UNREACHABLE`.
 */
export async function withDeadline<T>(
  call: string,
  milliseconds: number,
  signal: AbortSignal,
  run: (scope: DeadlineScope) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const expiry = new AbortController();
  const timer = setTimeout(() => {
    const message = `${call}: no answer from the agent within ${milliseconds / 1000} seconds`;
    expiry.abort(new KubeosError('AGENT_UNREACHABLE', message));
  }, milliseconds);
  try {
    return await run({
      signal: AbortSignal.any([signal, expiry.signal]),
      restart: () => void timer.refresh(),
    });
  } finally {
    clearTimeout(timer);
  }
}
