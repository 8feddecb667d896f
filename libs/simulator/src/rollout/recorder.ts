import type { NodeView, Operation, OsInstance } from '@kubeos/core';
import type { StoredChange } from '../cluster/records.ts';
import type { Session } from '../node/machine.ts';
import type { RolloutStep, TimelineEntry } from './report.ts';

/** Told of every step of every node. */
export type StepListener = (node: string, entry: TimelineEntry) => void;

interface Track {
  readonly entries: TimelineEntry[];
  operation: Operation | undefined;
  isServing: boolean;
  isAdmitted: boolean;
}

/** Follows a rollout as somebody who watches the API server and the consoles; each change costs the same. */
export class Recorder {
  readonly #now: () => number;
  readonly #listener: StepListener;
  readonly #tracks = new Map<string, Track>();
  #outOfService = 0;
  #mostOutOfService = 0;
  #lastStepMs = 0;
  #lastProgressMs = 0;

  /** `now` in virtual milliseconds. */
  constructor(now: () => number, listener: StepListener) {
    this.#now = now;
    this.#listener = listener;
  }

  /** Most nodes out of service at one moment. */
  get mostOutOfService(): number {
    return this.#mostOutOfService;
  }

  /** When the last step of any node was, in virtual milliseconds. */
  get lastStepMs(): number {
    return this.#lastStepMs;
  }

  /** When a node was last confirmed, or failed for the first time, in virtual milliseconds. */
  get lastProgressMs(): number {
    return this.#lastProgressMs;
  }

  /** Steps of a node, oldest first. */
  entries(node: string): readonly TimelineEntry[] {
    return this.#tracks.get(node)?.entries ?? [];
  }

  /** A change as the API server stored it. */
  readonly changed = (change: StoredChange): void => {
    if (change.kind === 'node') this.#nodeChanged(change.key, change.object);
    else if (change.kind === 'instance') this.#instanceChanged(change.key, change.object);
  };

  /** The boot loader of a node chose. */
  loaded(node: string, session: Session | undefined): void {
    const detail =
      session === undefined ? 'nothing to boot' : `slot ${session.slot}, ${session.why}`;
    this.#add(node, 'booted', { detail });
  }

  #nodeChanged(name: string, view: NodeView | undefined): void {
    const track = this.#trackOf(name);
    this.#count(track, () => {
      track.isServing = view?.ready === true && !view.unschedulable;
    });
  }

  #instanceChanged(name: string, instance: OsInstance | undefined): void {
    const track = this.#trackOf(name);
    const before = track.operation;
    const after = instance?.spec.operation;
    if (after === before) return;
    track.operation = after;
    this.#count(track, () => {
      track.isAdmitted = after?.admitted === true;
    });
    if (after === undefined) {
      if (before?.admitted === true) this.#add(name, 'givenBack');
    } else this.#tellSteps(name, before?.seq === after.seq ? before : undefined, after);
  }

  #tellSteps(name: string, before: Operation | undefined, after: Operation): void {
    if (before === undefined && after.phase === 'Prepare') this.#add(name, 'preparing');
    if (
      before !== undefined &&
      before.target.slot === undefined &&
      after.target.slot !== undefined
    ) {
      this.#add(name, 'prepared');
    }
    if (before?.phase === after.phase) return;
    if (after.phase === 'Drain') this.#add(name, 'admitted');
    else if (after.phase === 'Activate') this.#add(name, 'drained');
    else if (after.phase === 'GiveBack') this.#tellEnding(name, after);
  }

  #tellEnding(name: string, { ending }: Operation): void {
    if (ending === undefined || ending.result === 'Succeeded') this.#add(name, 'confirmed');
    else {
      const step = ending.result === 'Failed' ? 'failed' : 'cancelled';
      this.#add(name, step, { reason: ending.reason, detail: ending.message });
    }
  }

  #add(
    name: string,
    step: RolloutStep,
    about: Pick<TimelineEntry, 'reason' | 'detail'> = {},
  ): void {
    const nowMs = this.#now();
    const entry = { seconds: nowMs / 1000, step, ...about };
    const { entries } = this.#trackOf(name);
    const isNews = step === 'failed' && !entries.some((earlier) => earlier.step === 'failed');
    entries.push(entry);
    this.#lastStepMs = nowMs;
    if (step === 'confirmed' || isNews) this.#lastProgressMs = nowMs;
    this.#listener(name, entry);
  }

  #count(track: Track, change: () => void): void {
    const isOut = (): boolean => !track.isServing || track.isAdmitted;
    const before = isOut();
    change();
    this.#outOfService += Number(isOut()) - Number(before);
    this.#mostOutOfService = Math.max(this.#mostOutOfService, this.#outOfService);
  }

  #trackOf(name: string): Track {
    const known = this.#tracks.get(name);
    if (known !== undefined) return known;
    const track = { entries: [], operation: undefined, isServing: true, isAdmitted: false };
    this.#tracks.set(name, track);
    return track;
  }
}
