import type { NodeView } from '@kubeos/core';
import { leaseRenewalMs } from '../cluster/api-server.ts';

/** What the cluster could see of one boot of a node. */
interface Seen {
  readonly bootId: string;
  /** When its kubelet registered. */
  readonly registeredMs: number;
  /** Since when the Node has been Ready without a break. */
  readySinceMs: number | undefined;
  /** Longest time in which it was, up to its last end. */
  longestReadyMs: number;
}

/** How long the cluster has seen the current boot of each node Ready. */
export class Readiness {
  private readonly now: () => number;
  private readonly leaseStartedMs: (node: string) => number | undefined;
  private readonly seen = new Map<string, Seen>();

  /** `now` in virtual milliseconds; `leaseStartedMs` tells when the Lease of a node was made, maybe anew. */
  constructor(now: () => number, leaseStartedMs: (node: string) => number | undefined) {
    this.now = now;
    this.leaseStartedMs = leaseStartedMs;
  }

  /** To be called when a Node changed; `view` is absent when it is gone. */
  nodeChanged(name: string, view: NodeView | undefined): void {
    const nowMs = this.now();
    const known = this.seen.get(name);
    if (view === undefined) {
      if (known !== undefined) endStreak(known, nowMs);
      return;
    }
    const seen =
      known?.bootId === view.bootId
        ? known
        : {
            bootId: view.bootId,
            registeredMs: nowMs,
            readySinceMs: undefined,
            longestReadyMs: 0,
          };
    this.seen.set(name, seen);
    if (view.ready) seen.readySinceMs ??= nowMs;
    else endStreak(seen, nowMs);
  }

  /** Why this boot must not be confirmed yet; `undefined` when the cluster saw enough of it. */
  whatIsMissing(name: string, bootId: string, minReadySeconds: number): string | undefined {
    const seen = this.seen.get(name);
    if (seen?.bootId !== bootId) return 'its kubelet has not registered';
    const nowMs = this.now();
    const readyMs = Math.max(seen.longestReadyMs, nowMs - (seen.readySinceMs ?? nowMs));
    if (readyMs < minReadySeconds * 1000) {
      return `it was Ready for ${String(readyMs / 1000)} s of ${String(minReadySeconds)}`;
    }
    // A kubelet that registers again shows a new Lease, which is a sign of life as well.
    const isNewLease = (this.leaseStartedMs(name) ?? 0) > seen.registeredMs;
    const passed = Math.floor((nowMs - seen.registeredMs) / leaseRenewalMs);
    const renewals = passed + (isNewLease ? 1 : 0);
    return renewals < 2 ? `its Lease was renewed ${String(renewals)} times` : undefined;
  }
}

function endStreak(seen: Seen, nowMs: number): void {
  const lastMs = nowMs - (seen.readySinceMs ?? nowMs);
  seen.longestReadyMs = Math.max(seen.longestReadyMs, lastMs);
  seen.readySinceMs = undefined;
}
