/** One leader at a time, by a Lease that every candidate watches on its own clock. */
import { hasCode, KubeosError, type Clock, type Leadership, type Log } from '@kubeos/core';
import type { ApiClient, ApiRequest } from '../client/api-client.ts';
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
  /**
   * Takes the Lease from a leader at work, once; waits until that one has noticed before it leads itself. For a process
   * that ends what the others do. Default false.
   */
  readonly seize?: boolean;
  /** Asked at the end: for how long the Lease is to stay ours after we are gone. Default 0, which gives it back. */
  readonly lingerSeconds?: () => number;
}

const usualDurationSeconds = 15;
const usualDeadlineSeconds = 10;
/**
 * What a leader has begun by its own deadline must have reached the server in so many seconds, or it might be carried out
 * after the next leader has begun. Everything with a guard is refused then; what has none needs this as its deadline.
 */
export const leaseMarginSeconds = usualDurationSeconds - usualDeadlineSeconds;

/** Part of the deadline that one request may take: one that hangs leaves time for another look, and one more. */
const requestFraction = 0.3;

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
  /** Until then the leader that we took the Lease from may believe that it leads. Ends with a renewal. */
  #seizedUntilMs: number | undefined;
  #maySeize: boolean;
  #term = 0;

  constructor(options: LeadershipOptions) {
    this.#options = options;
    this.#path = `/apis/coordination.k8s.io/v1/namespaces/${options.namespace}/leases`;
    this.#durationSeconds = options.durationSeconds ?? usualDurationSeconds;
    this.#deadlineMs = (options.deadlineSeconds ?? usualDeadlineSeconds) * 1000;
    this.#retrySeconds = options.retrySeconds ?? 2;
    this.#maySeize = options.seize === true;
  }

  isLeading(): boolean {
    return this.#holdsLease() && this.#seizedUntilMs === undefined;
  }

  #holdsLease(): boolean {
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
    const { clock } = this.#options;
    while (!signal.aborted) {
      await this.#lookAnyway();
      await clock.sleep(this.#retrySeconds * 1000, signal).catch((interrupted: unknown) => {
        if (!signal.aborted) throw interrupted;
      });
    }
    await this.#release();
  }

  /** A request that gets no answer is often on a dead connection; the second look is at once, and over new ones. */
  async #lookAnyway(): Promise<void> {
    for (const onNewConnection of [false, true]) {
      try {
        await this.#look(onNewConnection);
        return;
      } catch (thrown) {
        const error = KubeosError.from(thrown);
        this.#options.log.warn({ error }, 'Failed to look at the lease');
        if (!hasCode(error, 'API_UNAVAILABLE')) return;
      }
    }
  }

  async #look(onNewConnection: boolean): Promise<void> {
    const claim = (lease: LeaseRecord | undefined): Promise<void> =>
      this.#claim(lease, onNewConnection);
    const lease = await this.#read(onNewConnection);
    if (lease === undefined) return claim(undefined);
    if (lease.holder === this.#options.identity || lease.holder === '') return claim(lease);
    this.#renewedMs = undefined;
    const nowMs = this.#options.clock.now().monotonicMs;
    if (this.#seen?.version !== lease.resourceVersion) {
      this.#seen = { version: lease.resourceVersion, sinceMs: nowMs };
    }
    // The holder's own duration counts, measured from when we saw its last renewal: never earlier than it made it.
    const silentMs = Math.max(lease.durationSeconds, this.#durationSeconds) * 1000;
    if (nowMs - this.#seen.sinceMs > silentMs) return claim(lease);
    if (this.#maySeize) await this.#seize(lease, silentMs);
  }

  /** Once: of two that seize in turn neither would ever lead. */
  async #seize(lease: LeaseRecord, silentMs: number): Promise<void> {
    const { clock, identity, log } = this.#options;
    this.#seizedUntilMs = clock.now().monotonicMs + silentMs;
    await this.#claim(lease, false);
    // Another write was faster; the next look tries again.
    if (this.#renewedMs === undefined) return;
    this.#maySeize = false;
    this.#seizedUntilMs = clock.now().monotonicMs + silentMs;
    log.info({ identity, from: lease.holder }, 'Took the lease');
  }

  async #claim(lease: LeaseRecord | undefined, onNewConnection: boolean): Promise<void> {
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
    if (!(await this.#write(lease, spec, onNewConnection))) return;
    this.#renewedMs = monotonicMs;
    if (monotonicMs >= (this.#seizedUntilMs ?? 0)) this.#seizedUntilMs = undefined;
    if (isGained && this.isLeading()) this.#beginTerm();
  }

  #beginTerm(): void {
    const { log, identity } = this.#options;
    this.#term += 1;
    log.info({ identity, term: this.#term }, 'Leading');
    for (const listener of this.#listeners) listener(this.#term);
  }

  /** False when another candidate was faster. */
  async #write(
    lease: LeaseRecord | undefined,
    spec: object,
    onNewConnection = false,
  ): Promise<boolean> {
    const { name, namespace } = this.#options;
    try {
      if (lease === undefined) {
        const body = {
          apiVersion: 'coordination.k8s.io/v1',
          kind: 'Lease',
          metadata: { name, namespace },
          spec,
        };
        await this.#request({ method: 'POST', path: this.#path, body, onNewConnection });
      } else {
        await this.#request({
          method: 'PATCH',
          path: `${this.#path}/${name}`,
          contentType: 'application/merge-patch+json',
          body: { metadata: { resourceVersion: lease.resourceVersion }, spec },
          onNewConnection,
        });
      }
      return true;
    } catch (error) {
      if (hasCode(error, 'CONFLICT', 'NOT_FOUND')) return false;
      throw error;
    }
  }

  async #read(onNewConnection = false): Promise<LeaseRecord | undefined> {
    const path = `${this.#path}/${this.#options.name}`;
    try {
      return parseLease(await this.#request({ method: 'GET', path, onNewConnection }));
    } catch (error) {
      if (hasCode(error, 'NOT_FOUND')) return undefined;
      throw error;
    }
  }

  #request(request: ApiRequest): Promise<unknown> {
    const deadlineSeconds = (this.#deadlineMs / 1000) * requestFraction;
    return this.#options.api.request({ ...request, deadlineSeconds });
  }

  async #release(): Promise<void> {
    const wasHeld = this.#holdsLease();
    this.#renewedMs = undefined;
    if (!wasHeld) return;
    const { log, identity, clock, lingerSeconds = () => 0 } = this.#options;
    try {
      const lease = await this.#read();
      if (lease?.holder !== identity) return;
      const renewTime = microTime(clock.now().wallMs);
      const linger = lingerSeconds();
      const [holderIdentity, leaseDurationSeconds] = linger > 0 ? [identity, linger] : ['', 1];
      await this.#write(lease, { holderIdentity, leaseDurationSeconds, renewTime });
      log.info(
        { identity, linger },
        linger > 0 ? 'Leaving the lease behind' : 'Released the lease',
      );
    } catch (thrown) {
      log.warn({ error: KubeosError.from(thrown) }, 'Failed to release the lease');
    }
  }
}
