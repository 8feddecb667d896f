import { EventQueue, type ScheduledEvent } from './event-queue.ts';

/** Takes back an event that has not happened yet. */
export type CancelEvent = () => void;

/** When a run ends, beside having nothing left to do. */
export interface RunLimits {
  /** Virtual time up to which events happen. */
  readonly untilMs?: number;
  /** Asked after every step. */
  readonly until?: () => boolean;
  /** Called after every step; what it throws ends the run. */
  readonly afterStep?: () => void;
}

/**
 * Turns of the microtask queue without a sign of life after which every program counts as waiting for an event. Longer
 * than any chain of awaits between two calls of a program.
 */
const quietTurns = 40;

/**
 * The one thread of a simulation: events happen one after the other in the order of virtual time.
 *
 * Programs run between events: an event resolves a promise, and the scheduler then lets the microtask queue turn until
 * nothing has made a call (`noteActivity`) for a while. JavaScript runs microtasks in a fixed order, so a run is a function of
 * its seed as long as nothing else (timers, I/O) resolves promises.
 */
export class Scheduler {
  private readonly queue = new EventQueue();
  private orders = 0;
  private nowMs = 0;
  private activity = 0;
  private wakes = 0;
  private stepCount = 0;

  /** Virtual milliseconds since the start. */
  get now(): number {
    return this.nowMs;
  }

  /** Events that have happened so far. */
  get steps(): number {
    return this.stepCount;
  }

  /** Lets something happen after a delay; at once means: after what is already due. */
  after(delayMs: number, fire: () => void): CancelEvent {
    this.orders += 1;
    const event: ScheduledEvent = { atMs: this.nowMs + delayMs, order: this.orders, fire };
    this.queue.push(event);
    return () => {
      event.fire = undefined;
    };
  }

  /** To be called when an event resolved a promise of a program. */
  noteWake(): void {
    this.wakes += 1;
  }

  /** To be called when a program made a call or ended. */
  noteActivity(): void {
    this.activity += 1;
  }

  /** Lets events happen until a limit is reached or none is left. */
  async run(limits: RunLimits): Promise<void> {
    const untilMs = limits.untilMs ?? Infinity;
    for (;;) {
      const next = this.queue.peek();
      if (next === undefined || next.atMs > untilMs) break;
      this.queue.pop();
      if (next.fire === undefined) continue;
      this.nowMs = next.atMs;
      this.stepCount += 1;
      await this.step(next.fire);
      limits.afterStep?.();
      if (limits.until?.() === true) return;
    }
    if (untilMs !== Infinity) this.nowMs = Math.max(this.nowMs, untilMs);
  }

  private async step(fire: () => void): Promise<void> {
    const { wakes } = this;
    fire();
    if (this.wakes === wakes) return;
    const turn = Promise.resolve();
    let seen = this.activity;
    for (let quiet = 0; quiet < quietTurns; quiet += 1) {
      await turn;
      if (this.activity === seen) continue;
      seen = this.activity;
      quiet = 0;
    }
  }
}
