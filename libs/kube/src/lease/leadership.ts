/** One leader at a time, by a Lease that every candidate watches on its own clock. */
import { hasCode, KubeosError, type Clock, type Leadership, type Log } from '@kubeos/core';
import type { ApiClient } from '../client/api-client.ts';
import { microTime, parseLease, type LeaseRecord } from './lease.ts';

/** What an election is built from. */
export interface LeadershipOptions {
  readonly api: ApiClient;
  readonly clock: Clock;
  readonly log: Log;
  readonly namespace: string;
  readonly name: string;
  /** Who we are; different for every process. */
  readonly identity: string;
  /** How long a silent leader is waited for. Default 15. */
  readonly durationSeconds?: number;
  /** How long after a renewal the leader still writes; the rest of the duration is the margin. Default 10. */
  readonly deadlineSeconds?: number;
  /** Pause between two looks at the Lease. Default 2. */
  readonly retrySeconds?: number;
}

/** The election. */
export interface Election extends Leadership {
  /** Takes part until the signal is aborted, then gives the Lease back. Never throws. Call it once. */
  run(signal: AbortSignal): Promise<void>;
  /** Calls the listener when this process has become leader, with the new term. */
  onTerm(listener: (term: number) => void): void;
}

/** Builds an election; nothing happens before `run`. */
export function createLeadership(options: LeadershipOptions): Election {
  return new LeaseElection(options);
}

class LeaseElection implements Election {
  readonly #options: LeadershipOptions;
  readonly #path: string;
  readonly #durationSeconds: number;
  readonly #deadlineMs: number;
  readonly #retrySeconds: number;
  readonly #listeners: ((term: number) => void)[] = [];
  /** The foreign version of the Lease that was seen last, and when it was seen first. */
  #seen: { readonly version: string; readonly sinceMs: number } | undefined;
  /** When the last successful renewal was sent: the Lease counts from then on, not from its answer. */
  #renewedMs: number | undefined;
  #term = 0;

  constructor(options: LeadershipOptions) {
    this.#options = options;
    this.#path = `/apis/coordination.k8s.io/v1/namespaces/${options.namespace}/leases`;
    this.#durationSeconds = options.durationSeconds ?? 15;
    this.#deadlineMs = (options.deadlineSeconds ?? 10) * 1000;
    this.#retrySeconds = options.retrySeconds ?? 2;
  }

  isLeading(): boolean {
    if (this.#renewedMs === undefined) return false;
    return this.#options.clock.now().monotonicMs - this.#renewedMs < this.#deadlineMs;
  }

  term(): number {
    return this.#term;
  }

  onTerm(listener: (term: number) => void): void {
    this.#listeners.push(listener);
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#options;
    while (!signal.aborted) {
      try {
        await this.#look();
      } catch (thrown) {
        log.warn({ error: KubeosError.from(thrown) }, 'Failed to look at the lease');
      }
      await clock.sleep(this.#retrySeconds * 1000, signal).catch((interrupted: unknown) => {
        if (!signal.aborted) throw interrupted;
      });
    }
    await this.#release();
  }

  async #look(): Promise<void> {
    const lease = await this.#read();
    if (lease === undefined) return this.#claim(undefined);
    if (lease.holder === this.#options.identity || lease.holder === '') return this.#claim(lease);
    this.#renewedMs = undefined;
    const nowMs = this.#options.clock.now().monotonicMs;
    if (this.#seen?.version !== lease.resourceVersion) {
      this.#seen = { version: lease.resourceVersion, sinceMs: nowMs };
    }
    // The holder's own duration counts, measured from when we saw its last renewal: never earlier than it made it.
    const silentMs = Math.max(lease.durationSeconds, this.#durationSeconds) * 1000;
    if (nowMs - this.#seen.sinceMs > silentMs) await this.#claim(lease);
  }

  async #claim(lease: LeaseRecord | undefined): Promise<void> {
    const { clock, identity } = this.#options;
    const { monotonicMs, wallMs } = clock.now();
    const isOurs = lease?.holder === identity;
    const time = microTime(wallMs);
    const spec = {
      holderIdentity: identity,
      leaseDurationSeconds: this.#durationSeconds,
      renewTime: time,
      acquireTime: isOurs ? (lease.acquireTime ?? time) : time,
      leaseTransitions: (lease?.transitions ?? 0) + (isOurs ? 0 : 1),
    };
    const isGained = !this.isLeading();
    if (!(await this.#write(lease, spec))) return;
    this.#renewedMs = monotonicMs;
    if (!isGained || !this.isLeading()) return;
    this.#term += 1;
    this.#options.log.info({ identity, term: this.#term }, 'Leading');
    for (const listener of this.#listeners) listener(this.#term);
  }

  /** False when another candidate was faster. */
  async #write(lease: LeaseRecord | undefined, spec: object): Promise<boolean> {
    const { api, name, namespace } = this.#options;
    const deadlineSeconds = this.#deadlineMs / 1000;
    try {
      if (lease === undefined) {
        const body = {
          apiVersion: 'coordination.k8s.io/v1',
          kind: 'Lease',
          metadata: { name, namespace },
          spec,
        };
        await api.request({ method: 'POST', path: this.#path, body, deadlineSeconds });
      } else {
        await api.request({
          method: 'PATCH',
          path: `${this.#path}/${name}`,
          contentType: 'application/merge-patch+json',
          body: { metadata: { resourceVersion: lease.resourceVersion }, spec },
          deadlineSeconds,
        });
      }
      return true;
    } catch (error) {
      if (hasCode(error, 'CONFLICT', 'NOT_FOUND')) return false;
      throw error;
    }
  }

  async #read(): Promise<LeaseRecord | undefined> {
    const { api, name } = this.#options;
    try {
      return parseLease(
        await api.request({
          method: 'GET',
          path: `${this.#path}/${name}`,
          deadlineSeconds: this.#deadlineMs / 1000,
        }),
      );
    } catch (error) {
      if (hasCode(error, 'NOT_FOUND')) return undefined;
      throw error;
    }
  }

  async #release(): Promise<void> {
    const wasLeading = this.isLeading();
    this.#renewedMs = undefined;
    if (!wasLeading) return;
    const { log, identity, clock } = this.#options;
    try {
      const lease = await this.#read();
      if (lease?.holder !== identity) return;
      const renewTime = microTime(clock.now().wallMs);
      await this.#write(lease, { holderIdentity: '', leaseDurationSeconds: 1, renewTime });
      log.info({ identity }, 'Released the lease');
    } catch (thrown) {
      log.warn({ error: KubeosError.from(thrown) }, 'Failed to release the lease');
    }
  }
}
