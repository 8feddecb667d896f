/** The two clocks of a moment: windows read the wall clock, deadlines the monotonic one. */
export interface Now {
  /** Milliseconds since the epoch. May step. */
  readonly wallMs: number;
  /** Milliseconds since some fixed moment of this process. Never steps. */
  readonly monotonicMs: number;
}

/** Where the time comes from. */
export interface Clock {
  now(): Now;
  /** Resolves after the time has passed, or at once with the signal's reason as rejection when it is aborted. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}
