/** Work by key: each key at most once at a time, several keys side by side, failures with growing pauses. */
import {
  errorKinds,
  KubeosError,
  type Clock,
  type Log,
  type Requeue,
  type RequeueAfterError,
} from '@kubeos/core';

/** What a queue is built from. */
export interface WorkQueueOptions<K> {
  /** Two keys with the same text are the same key. */
  readonly textOf: (key: K) => string;
  readonly work: (key: K) => Promise<Requeue>;
  /** Keys worked on at a time. */
  readonly concurrency: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** What the queue holds, for metrics. */
export interface WorkQueueCounts {
  readonly ready: number;
  readonly delayed: number;
  readonly running: number;
  /** Work that ended with an error so far. */
  readonly failed: number;
}

/** The queue. */
export interface WorkQueue<K> {
  /** Work on the key is due. Asked for while it runs, it runs once more. A pause in progress ends. */
  add(key: K): void;
  counts(): WorkQueueCounts;
  /** Begins nothing more, forgets what waits, and resolves when what runs has ended. */
  drain(): Promise<void>;
}

/** How the pauses of a kind of failure grow: first, then doubled each time up to the longest. */
interface Pauses {
  readonly firstSeconds: number;
  readonly longestSeconds: number;
}

/** What only a change can mend is still looked at now and then: a change may be missed by whoever watches. */
const pauses: Readonly<Record<RequeueAfterError, Pauses>> = {
  soon: { firstSeconds: 0.2, longestSeconds: 30 },
  backoff: { firstSeconds: 1, longestSeconds: 120 },
  onChange: { firstSeconds: 30, longestSeconds: 600 },
};

/** The pause before the next try, `attempt` counting from 1. */
export function pauseSeconds(after: RequeueAfterError, attempt: number): number {
  const { firstSeconds, longestSeconds } = pauses[after];
  return Math.min(firstSeconds * 2 ** Math.min(attempt - 1, 30), longestSeconds);
}

/** Builds a queue; it works as soon as something is added. */
export function createWorkQueue<K>(options: WorkQueueOptions<K>): WorkQueue<K> {
  return new KeyedQueue(options);
}

class KeyedQueue<K> implements WorkQueue<K> {
  readonly #options: WorkQueueOptions<K>;
  /** In the order in which they came due. */
  readonly #ready = new Map<string, K>();
  readonly #delayed = new Map<string, AbortController>();
  readonly #running = new Map<string, { isDirty: boolean }>();
  readonly #failures = new Map<string, number>();
  readonly #idle: (() => void)[] = [];
  #failed = 0;
  #isDraining = false;

  constructor(options: WorkQueueOptions<K>) {
    this.#options = options;
  }

  add(key: K): void {
    if (this.#isDraining) return;
    const text = this.#options.textOf(key);
    this.#wakeUp(text);
    const running = this.#running.get(text);
    if (running === undefined) this.#ready.set(text, key);
    else running.isDirty = true;
    this.#fill();
  }

  counts(): WorkQueueCounts {
    return {
      ready: this.#ready.size,
      delayed: this.#delayed.size,
      running: this.#running.size,
      failed: this.#failed,
    };
  }

  async drain(): Promise<void> {
    this.#isDraining = true;
    this.#ready.clear();
    for (const text of [...this.#delayed.keys()]) this.#wakeUp(text);
    if (this.#running.size === 0) return;
    await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #fill(): void {
    for (const [text, key] of this.#ready) {
      if (this.#running.size >= this.#options.concurrency) return;
      this.#ready.delete(text);
      void this.#run(text, key);
    }
  }

  async #run(text: string, key: K): Promise<void> {
    const state = { isDirty: false };
    this.#running.set(text, state);
    const waitSeconds = await this.#work(text, key);
    this.#running.delete(text);
    if (this.#isDraining) this.#tellIdle();
    else if (state.isDirty) this.add(key);
    else if (waitSeconds !== undefined) void this.#delay(text, key, waitSeconds);
    this.#fill();
  }

  /** Seconds until the key is due again; `undefined` when only a change makes it due. */
  async #work(text: string, key: K): Promise<number | undefined> {
    try {
      const requeue = await this.#options.work(key);
      if (requeue.kind === 'backoff') {
        return pauseSeconds('backoff', Math.max(requeue.attempt, this.#countFailure(text)));
      }
      this.#failures.delete(text);
      return requeue.kind === 'after' ? requeue.seconds : undefined;
    } catch (thrown) {
      const error = KubeosError.from(thrown);
      const attempt = this.#countFailure(text);
      this.#options.log.warn({ key: text, error, attempt }, 'Failed to reconcile');
      return pauseSeconds(errorKinds[error.kind].requeue, attempt);
    }
  }

  #countFailure(text: string): number {
    const attempt = (this.#failures.get(text) ?? 0) + 1;
    this.#failures.set(text, attempt);
    this.#failed += 1;
    return attempt;
  }

  async #delay(text: string, key: K, seconds: number): Promise<void> {
    const pause = new AbortController();
    this.#delayed.set(text, pause);
    try {
      await this.#options.clock.sleep(seconds * 1000, pause.signal);
    } catch (interrupted) {
      if (pause.signal.aborted) return;
      throw interrupted;
    }
    this.add(key);
  }

  #wakeUp(text: string): void {
    this.#delayed.get(text)?.abort();
    this.#delayed.delete(text);
  }

  #tellIdle(): void {
    if (this.#running.size > 0) return;
    for (const resolve of this.#idle) resolve();
  }
}
