import type { Scheduler } from './scheduler.ts';

/** What becomes of one call of a program to the outside. */
export type CallVerdict =
  | { readonly kind: 'normal' }
  /** The program dies, before or after the call took effect. */
  | { readonly kind: 'crash'; readonly when: 'before' | 'after' }
  /** The machine under the program loses power, before or after the call took effect. */
  | { readonly kind: 'powerCut'; readonly when: 'before' | 'after' }
  /** The call fails, before or after it took effect. */
  | { readonly kind: 'fail'; readonly when: 'before' | 'after'; readonly error: Error };

/** Decides how long calls take and what becomes of them. */
export interface Weather {
  latencyMs(actor: Actor, point: string): number;
  verdict(actor: Actor, point: string): CallVerdict;
  /** Calls that take no time at all and are no step of their own; absent: there are none. */
  isInstant?(point: string): boolean;
}

const normal: CallVerdict = { kind: 'normal' };

/** Weather in which every call succeeds at once. */
export const calmWeather: Weather = { latencyMs: () => 0, verdict: () => normal };

/** What actors share. */
export interface ActorSurroundings {
  readonly scheduler: Scheduler;
  readonly weather: () => Weather;
  /** Called for every call that is carried out; for traces. */
  readonly onCall?: (actor: Actor, point: string, verdict: CallVerdict) => void;
  /** Cuts the power of the machine that the programs run on; absent: they run on none that can be cut. */
  readonly cutPower?: () => void;
}

/**
 * One running program (an operator, a proxy, an agent): all its calls to the outside go through it.
 *
 * A killed actor never sees another answer: its calls stay pending for ever and are garbage.
 */
export class Actor {
  readonly name: string;
  private readonly surroundings: ActorSurroundings;
  private readonly ends = new Set<() => void>();
  private living = true;
  private pausedUntilMs = 0;

  constructor(name: string, surroundings: ActorSurroundings) {
    this.name = name;
    this.surroundings = surroundings;
  }

  /** False once it was killed. */
  get alive(): boolean {
    return this.living;
  }

  /** Stops the program for a while: its clocks go on, its calls wait. */
  pause(milliseconds: number): void {
    this.pausedUntilMs = Math.max(
      this.pausedUntilMs,
      this.surroundings.scheduler.now + milliseconds,
    );
  }

  /** Ends the program at once, in the middle of whatever it does. */
  kill(): void {
    if (!this.living) return;
    this.living = false;
    for (const end of this.ends) end();
    this.ends.clear();
  }

  /** Called when the actor is killed; at once if it is dead. */
  onKill(end: () => void): void {
    if (this.living) this.ends.add(end);
    else end();
  }

  /** Takes back an `onKill`. */
  offKill(end: () => void): void {
    this.ends.delete(end);
  }

  /** Starts a task of the program. What it throws is a defect of the simulation and comes out through `onError`. */
  spawn(task: () => Promise<void>, onError: (thrown: unknown) => void): void {
    const { scheduler } = this.surroundings;
    scheduler.noteWake();
    void task()
      .catch((thrown: unknown) => {
        if (this.living) onError(thrown);
      })
      .finally(() => scheduler.noteActivity());
  }

  /** One call to the outside: takes effect at once when its turn comes, unless the weather is against it. */
  call<T>(point: string, effect: () => T): Promise<T> {
    const weather = this.surroundings.weather();
    const isHeldUp = !this.living || this.pausedUntilMs > this.surroundings.scheduler.now;
    if (weather.isInstant?.(point) !== true || isHeldUp) {
      return this.callAfter(weather.latencyMs(this, point), point, effect);
    }
    return new Promise<T>((resolve, reject) => this.carryOut(point, effect, resolve, reject));
  }

  /** A call that takes a time of its own, like a transfer. */
  callAfter<T>(milliseconds: number, point: string, effect: () => T): Promise<T> {
    const { scheduler } = this.surroundings;
    scheduler.noteActivity();
    return new Promise<T>((resolve, reject) => {
      const attempt = (): void => {
        if (!this.living) return;
        const pauseMs = this.pausedUntilMs - scheduler.now;
        if (pauseMs > 0) scheduler.after(pauseMs, attempt);
        else this.carryOut(point, effect, resolve, reject);
      };
      if (this.living) scheduler.after(milliseconds, attempt);
    });
  }

  /** Waits; rejects with the signal's reason when it is raised. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    const { scheduler } = this.surroundings;
    scheduler.noteActivity();
    return new Promise<void>((resolve, reject) => {
      if (!this.living) return;
      const abort = (): void => {
        cancel();
        scheduler.noteWake();
        try {
          signal?.throwIfAborted();
        } catch (reason) {
          reject(reason instanceof Error ? reason : new Error(String(reason)));
        }
      };
      const wake = (): void => {
        if (!this.living) return;
        const pauseMs = this.pausedUntilMs - scheduler.now;
        if (pauseMs > 0) {
          cancel = scheduler.after(pauseMs, wake);
          return;
        }
        signal?.removeEventListener('abort', abort);
        scheduler.noteWake();
        resolve();
      };
      let cancel = scheduler.after(milliseconds, wake);
      if (signal?.aborted === true) abort();
      else signal?.addEventListener('abort', abort, { once: true });
    });
  }

  private carryOut<T>(
    point: string,
    effect: () => T,
    resolve: (value: T) => void,
    reject: (error: Error) => void,
  ): void {
    const { scheduler, weather, onCall } = this.surroundings;
    const verdict = weather().verdict(this, point);
    onCall?.(this, point, verdict);
    if (verdict.kind !== 'normal' && verdict.when === 'before') {
      this.endCall(verdict, reject);
      return;
    }
    let value: T;
    try {
      value = effect();
    } catch (thrown) {
      scheduler.noteWake();
      reject(thrown instanceof Error ? thrown : new Error(String(thrown)));
      return;
    }
    if (verdict.kind !== 'normal') {
      this.endCall(verdict, reject);
      return;
    }
    scheduler.noteWake();
    resolve(value);
  }

  /** What the weather does to a call beside letting it pass. */
  private endCall(
    verdict: Exclude<CallVerdict, { readonly kind: 'normal' }>,
    reject: (error: Error) => void,
  ): void {
    if (verdict.kind === 'fail') {
      this.surroundings.scheduler.noteWake();
      reject(verdict.error);
      return;
    }
    if (verdict.kind === 'powerCut') this.surroundings.cutPower?.();
    this.kill();
  }
}
