import type { Requeue } from '@kubeos/core';
import type { Actor } from './actor.ts';
import type { CancelEvent, Scheduler } from './scheduler.ts';

/** What a queue works with. */
export interface WorkQueueDeps<K> {
  readonly actor: Actor;
  readonly scheduler: Scheduler;
  /** Keys that are worked on at the same time. */
  readonly concurrency: number;
  readonly textOf: (key: K) => string;
  readonly work: (key: K) => Promise<Requeue>;
  /** What a pass throws is a defect of the loop under test. */
  readonly onError: (thrown: unknown) => void;
}

/** First pause after a failure; doubled with each attempt up to the longest. */
const firstBackoffSeconds = 1;
const longestBackoffSeconds = 60;

/**
 * A keyed work queue as the loops know it: a key is worked on by one pass at a time, what is added meanwhile is worked on
 * once more, and a pass says when it wants to be repeated at the latest.
 */
export class WorkQueue<K> {
  private readonly deps: WorkQueueDeps<K>;
  private readonly waiting = new Map<string, K>();
  private readonly running = new Set<string>();
  private readonly timers = new Map<string, CancelEvent>();
  /** Failures in a row, by key. */
  private readonly failures = new Map<string, number>();
  private pumping = false;
  private enabled = true;

  constructor(deps: WorkQueueDeps<K>) {
    this.deps = deps;
  }

  /** Wants a pass over the key. */
  add(key: K): void {
    this.waiting.set(this.deps.textOf(key), key);
    this.pumpSoon();
  }

  /** Forgets everything; passes that run come to their end. */
  stop(): void {
    this.enabled = false;
    this.waiting.clear();
    for (const cancel of this.timers.values()) cancel();
    this.timers.clear();
  }

  private pumpSoon(): void {
    if (this.pumping || !this.enabled) return;
    this.pumping = true;
    this.deps.scheduler.after(0, () => {
      this.pumping = false;
      this.pump();
    });
  }

  private pump(): void {
    const { actor, concurrency, onError } = this.deps;
    if (!actor.alive) return;
    for (const [text, key] of this.waiting) {
      if (this.running.size >= concurrency) return;
      if (this.running.has(text)) continue;
      this.waiting.delete(text);
      this.running.add(text);
      this.timers.get(text)?.();
      this.timers.delete(text);
      actor.spawn(() => this.pass(text, key), onError);
    }
  }

  private async pass(text: string, key: K): Promise<void> {
    const requeue = await this.deps.work(key);
    this.running.delete(text);
    if (!this.enabled) return;
    const seconds = this.secondsUntil(text, requeue);
    if (seconds !== undefined) {
      const cancel = this.deps.scheduler.after(timerMs(seconds), () => {
        this.timers.delete(text);
        this.add(key);
      });
      this.timers.set(text, cancel);
    }
    if (this.waiting.size > 0) this.pumpSoon();
  }

  private secondsUntil(text: string, requeue: Requeue): number | undefined {
    if (requeue.kind !== 'backoff') this.failures.delete(text);
    switch (requeue.kind) {
      case 'onChange':
        return undefined;
      case 'after':
        return requeue.seconds;
      case 'backoff': {
        const attempt = Math.max(requeue.attempt, (this.failures.get(text) ?? 0) + 1);
        this.failures.set(text, attempt);
        return Math.min(firstBackoffSeconds * 2 ** (attempt - 1), longestBackoffSeconds);
      }
    }
  }
}

/** Timers count whole milliseconds, and at least one. */
function timerMs(seconds: number): number {
  return Math.max(1, Math.ceil(seconds * 1000));
}
