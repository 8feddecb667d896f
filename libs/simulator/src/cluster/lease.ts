/** Times of leader election in milliseconds; leases this long keep a simulation short. */
export const leaseTimes = {
  /** A lease that was not renewed for so long can be taken. */
  durationMs: 30_000,
  /** The holder stops writing this long after it last asked for a renewal that was granted. */
  deadlineMs: 20_000,
  /** Pause between two renewals. */
  periodMs: 8_000,
} as const;

/** The Lease object that the operators compete for. */
export class LeaderLease {
  private holder: string | undefined;
  private renewedMs = 0;

  /** Who leads as far as the API server knows. */
  get leader(): string | undefined {
    return this.holder;
  }

  /** Takes or renews the lease; true when the candidate holds it now. */
  acquire(candidate: string, nowMs: number): boolean {
    const isFree = this.holder === undefined || nowMs - this.renewedMs > leaseTimes.durationMs;
    if (this.holder !== candidate && !isFree) return false;
    this.holder = candidate;
    this.renewedMs = nowMs;
    return true;
  }
}
