import {
  createOperator,
  keyText,
  type ClusterChange,
  type ClusterEvent,
  type Leadership,
  type OperatorDeps,
  type OperatorLoop,
  type ReconcileKey,
} from '@kubeos/core';
import { Actor, type ActorSurroundings } from '../engine/actor.ts';
import { WorkQueue } from '../engine/work-queue.ts';
import type { ApiServer } from './api-server.ts';
import { leaseTimes, type LeaderLease } from './lease.ts';
import { createOperatorApi, type OperatorWatch } from './operator-api.ts';
import type { StoredChange } from './records.ts';
import { WatchCache } from './watch-cache.ts';
import type { Workloads } from './workloads.ts';

/** What an operator is run with. */
export interface OperatorHostDeps {
  readonly name: string;
  readonly server: ApiServer;
  readonly workloads: Workloads;
  readonly lease: LeaderLease;
  readonly surroundings: ActorSurroundings;
  readonly log: OperatorDeps['log'];
  readonly settings: OperatorDeps['settings'];
  /** How late a change reaches the caches, in milliseconds. */
  readonly delayMs: () => number;
  /** True wall-clock time. */
  readonly wallMs: () => number;
  /** How long a crashed operator stays away, in milliseconds. */
  readonly restartMs: () => number;
  /** False: it leads for ever without asking, which spares the renewals of a long calm run. */
  readonly elects: boolean;
  readonly watch: OperatorWatch;
  readonly onEvent: (event: ClusterEvent) => void;
  /** Replaces ports of every operator process; how a test plants a fault. */
  readonly tamper: (deps: OperatorDeps) => OperatorDeps;
  readonly onDefect: (thrown: unknown) => void;
}

/** Keys that one operator works on at the same time. */
const concurrency = 4;

interface OperatorProgram {
  readonly actor: Actor;
  readonly cache: WatchCache;
  readonly loop: OperatorLoop;
  readonly queue: WorkQueue<ReconcileKey>;
  /** When the last renewal that was granted had been asked for. */
  renewedMs: number | undefined;
  /** Rises whenever the process becomes leader. */
  term: number;
  /** The term whose beginning is over: no pass is made before that. */
  ledTerm: number | undefined;
}

/** One replica of the operator: its process, its caches, its lease and its work queue around the real loop. */
export class OperatorHost {
  /** How far the wall clock of its machine is off, in milliseconds. */
  wallOffsetMs = 0;
  private readonly deps: OperatorHostDeps;
  private program: OperatorProgram | undefined;
  private gapEndMs = -Infinity;
  private isBlind = false;

  constructor(deps: OperatorHostDeps) {
    this.deps = deps;
  }

  /** The replica's name, under which it holds the lease. */
  get name(): string {
    return this.deps.name;
  }

  /** Starts the process; after a crash it comes back by itself. */
  start(): void {
    const { deps } = this;
    const { surroundings, server } = deps;
    const wallMs = (): number => deps.wallMs() + this.wallOffsetMs;
    const actor = new Actor(deps.name, surroundings);
    const cache = new WatchCache({
      server,
      scheduler: surroundings.scheduler,
      delayMs: deps.delayMs,
      onChange: (change) => this.route(program, change),
    });
    const leadership: Leadership = {
      isLeading: () => this.isLeading(program),
      term: () => program.term,
    };
    const loop = createOperator(
      deps.tamper({
        cache,
        api: createOperatorApi({ ...deps, actor, cache, wallMs }),
        leadership,
        clock: {
          now: () => ({ wallMs: wallMs(), monotonicMs: surroundings.scheduler.now }),
          sleep: (milliseconds, signal) => actor.sleep(milliseconds, signal),
        },
        log: deps.log,
        settings: deps.settings,
      }),
    );
    const program: OperatorProgram = {
      actor,
      cache,
      loop,
      queue: new WorkQueue({
        actor,
        scheduler: surroundings.scheduler,
        concurrency,
        textOf: keyText,
        work: (key) =>
          this.isAtWork(program) ? loop.reconcile(key) : Promise.resolve({ kind: 'onChange' }),
        onError: deps.onDefect,
      }),
      renewedMs: undefined,
      term: 0,
      ledTerm: undefined,
    };
    this.program = program;
    actor.onKill(() => this.noteEnd(program));
    cache.start();
    actor.spawn(() => (deps.elects ? this.campaign(program) : this.lead(program)), deps.onDefect);
  }

  /** Kills the process in the middle of whatever it does; false when it is down already. */
  crash(): boolean {
    const wasUp = this.program !== undefined;
    this.program?.actor.kill();
    return wasUp;
  }

  /** Stops the process for a while; its clocks go on. False when it is down. */
  pause(milliseconds: number): boolean {
    this.program?.actor.pause(milliseconds);
    return this.program !== undefined;
  }

  /** Loses the watches until they are mended; false when it is down. */
  breakWatch(): boolean {
    this.isBlind = true;
    this.program?.cache.breakWatch();
    return this.program !== undefined;
  }

  /** When it last was without its watches, in virtual milliseconds. */
  get lastGapMs(): number {
    return this.isBlind ? this.deps.surroundings.scheduler.now : this.gapEndMs;
  }

  /** Watches again, which begins with a list. */
  mendWatch(): void {
    if (this.isBlind) this.gapEndMs = this.deps.surroundings.scheduler.now;
    this.isBlind = false;
    this.program?.cache.mendWatch();
  }

  private noteEnd(program: OperatorProgram): void {
    program.cache.stop();
    program.queue.stop();
    if (this.program === program) this.program = undefined;
    this.deps.surroundings.scheduler.after(this.deps.restartMs(), () => this.start());
  }

  private isLeading({ renewedMs }: OperatorProgram): boolean {
    if (renewedMs === undefined) return false;
    if (!this.deps.elects) return true;
    return this.deps.surroundings.scheduler.now - renewedMs < leaseTimes.deadlineMs;
  }

  private isAtWork(program: OperatorProgram): boolean {
    return this.isLeading(program) && program.ledTerm === program.term;
  }

  private async campaign(program: OperatorProgram): Promise<void> {
    const { actor } = program;
    const { scheduler } = this.deps.surroundings;
    for (;;) {
      const askedMs = scheduler.now;
      const isGained = !this.isLeading(program);
      if (await this.renew(actor)) {
        program.renewedMs = askedMs;
        if (isGained) actor.spawn(() => this.lead(program), this.deps.onDefect);
      }
      await actor.sleep(leaseTimes.periodMs);
    }
  }

  private async renew(actor: Actor): Promise<boolean> {
    const { server, lease, name, surroundings } = this.deps;
    try {
      return await actor.call('api.lease', () => {
        server.requireAvailable();
        return lease.acquire(name, surroundings.scheduler.now);
      });
    } catch (error) {
      this.deps.log.debug({ error }, 'Lease not renewed');
      return false;
    }
  }

  /** Begins a term; a list that fails is tried again for as long as the term lasts. */
  private async lead(program: OperatorProgram): Promise<void> {
    program.renewedMs ??= this.deps.surroundings.scheduler.now;
    program.term += 1;
    const { term } = program;
    while (this.isLeading(program) && program.term === term) {
      try {
        const keys = await program.loop.lead();
        program.ledTerm = term;
        for (const key of keys) program.queue.add(key);
        return;
      } catch (error) {
        this.deps.log.warn({ error }, 'Beginning a term failed');
        await program.actor.sleep(1000);
      }
    }
  }

  private route(program: OperatorProgram, change: StoredChange): void {
    if (!program.actor.alive) return;
    const keys = program.loop.keysOf(withoutObject(change));
    if (this.isAtWork(program)) for (const key of keys) program.queue.add(key);
  }
}

function withoutObject(change: StoredChange): ClusterChange {
  return change.kind === 'os'
    ? { kind: 'os', uid: change.key }
    : { kind: change.kind, name: change.key };
}
