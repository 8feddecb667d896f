/** One walk over the members of an `OS`: everything the fleet's decision and its status need to count. */
import type { Operation } from '../api/operation.ts';
import { isBegun, isPrepared, isUnnoticed } from '../lifecycle/course.ts';
import { compareTurns, hasFailed, type Member } from './fleet.ts';
import { obstacleOn } from './obstacle.ts';
import { startOf, type Start } from './standing.ts';
import { WaitingCounts, type WaitingMembers, type WaitReason } from './waiting.ts';

export type { WaitReason } from './waiting.ts';

/** A node that may be started now. */
export interface Candidate extends Start {
  readonly member: Member;
}

/** What the walk counts. */
export interface Tally {
  readonly selected: number;
  readonly updated: number;
  readonly digestDiffers: readonly string[];
  /** Failures that count against `maxFailures`. */
  readonly counted: readonly string[];
  /** Those and the nodes that were given up without counting. */
  readonly failed: readonly string[];
  /** Nodes that are not Ready, cordoned, or have an operation that was admitted; each once. */
  readonly outOfService: readonly string[];
  /** Open operations by how far they are. */
  readonly preparing: readonly Member[];
  /** In the order of the line. */
  readonly prepared: readonly Member[];
  /** Those of the prepared ones that nothing of their own keeps from being admitted. */
  readonly able: readonly Member[];
  readonly working: readonly Member[];
  /** Those of the serial batch. */
  readonly inBatch: readonly Member[];
  /** Those that may be started, in the order of the line. */
  readonly candidates: readonly Member[];
  /** Candidates and prepared nodes whose pods cannot leave, which are counted as waiting for that. */
  readonly passedOver: ReadonlySet<string>;
  /** Selected nodes by the worst there is to say of their settings; empty when the object carries none. */
  readonly settings: readonly WaitingMembers[];
  readonly conflict?: string;
  /** Nodes that something of their own holds up. */
  readonly waiting: readonly WaitingMembers[];
  /** Seconds until the next pause of a waiting node is over. */
  readonly nextPauseSeconds?: number;
}

/** Walks the members. `since(key)` tells for how many seconds the leader has seen the state named by the key. */
export function tally(
  members: readonly Member[],
  since: (key: string) => number,
  waitReasonOf: (node: string) => WaitReason | undefined,
): Tally {
  const counter = new Counter(since, waitReasonOf);
  for (const member of members) counter.count(member);
  return counter.result();
}

/** Candidates of members that may be started. */
export function candidatesOf(members: readonly Member[]): readonly Candidate[] {
  return members.flatMap((member) => {
    const start = startOf(member.standing);
    return start === undefined ? [] : [{ member, ...start }];
  });
}

/** The open operation of a member, whoever's it is. */
export function operationOf(member: Member): Operation | undefined {
  return member.facts.instance?.spec.operation;
}

class Counter {
  readonly #since: (key: string) => number;
  readonly #waitReasonOf: (node: string) => WaitReason | undefined;
  #selected = 0;
  #updated = 0;
  #conflict: string | undefined;
  #nextPause: number | undefined;
  readonly #digestDiffers: string[] = [];
  readonly #counted: string[] = [];
  readonly #failed: string[] = [];
  readonly #outOfService: string[] = [];
  readonly #preparing: Member[] = [];
  readonly #prepared: Member[] = [];
  readonly #able: Member[] = [];
  readonly #working: Member[] = [];
  readonly #inBatch: Member[] = [];
  readonly #candidates: Member[] = [];
  readonly #passedOver = new Set<string>();
  readonly #settings = new WaitingCounts();
  readonly #waiting = new WaitingCounts();

  constructor(
    since: (key: string) => number,
    waitReasonOf: (node: string) => WaitReason | undefined,
  ) {
    this.#since = since;
    this.#waitReasonOf = waitReasonOf;
  }

  count(member: Member): void {
    if (member.selected) this.#selected += 1;
    if (member.counted) this.#counted.push(member.name);
    if (member.inBatch) this.#inBatch.push(member);
    if (hasFailed(member)) this.#failed.push(member.name);
    if (member.olderOwner !== undefined) this.#conflict ??= member.olderOwner;
    if (member.outOfService) this.#outOfService.push(member.name);
    if (member.settings !== undefined) this.#settings.add(member.name, member.settings);
    this.#stand(member);
  }

  #stand(member: Member): void {
    const { standing } = member;
    switch (standing.kind) {
      case 'updated':
        this.#updated += 1;
        if (standing.digestDiffers) this.#digestDiffers.push(member.name);
        return;
      case 'open':
        this.#countOpen(member);
        return;
      case 'eligible':
        this.#offer(member);
        return;
      case 'failed':
        this.#waiting.add(member.name, standing);
        return;
      case 'waiting': {
        const { pause, then } = standing;
        const left = pause === undefined ? undefined : this.#pauseLeft(member, pause);
        if (left === 0 && then !== undefined) this.#offer(member);
        else this.#waiting.add(member.name, standing);
      }
    }
  }

  #pauseLeft(member: Member, pause: { readonly key: string; readonly seconds: number }): number {
    const left = Math.max(pause.seconds - this.#since(`${member.name}/${pause.key}`), 0);
    if (left > 0) this.#nextPause = Math.min(this.#nextPause ?? left, left);
    return left;
  }

  #offer(member: Member): void {
    this.#canLeave(member);
    this.#candidates.push(member);
  }

  #canLeave({ name }: Member): boolean {
    const skipped = this.#waitReasonOf(name);
    if (skipped === undefined) return true;
    this.#passedOver.add(name);
    this.#waiting.add(name, skipped);
    return false;
  }

  #countOpen(member: Member): void {
    const operation = operationOf(member);
    if (operation === undefined) return;
    if (operation.admitted === true || isBegun(operation)) this.#working.push(member);
    else if (operation.phase === 'Cancel') this.#preparing.push(member);
    else if (isPrepared(operation)) this.#countPrepared(member, operation);
    else this.#preparing.push(member);
  }

  #countPrepared(member: Member, operation: Operation): void {
    this.#prepared.push(member);
    const obstacle = obstacleOf(member);
    if (obstacle !== undefined) this.#waiting.add(member.name, obstacle);
    else if (isUnnoticed(operation) || this.#canLeave(member)) this.#able.push(member);
  }

  result(): Tally {
    return {
      selected: this.#selected,
      updated: this.#updated,
      digestDiffers: this.#digestDiffers,
      counted: this.#counted,
      failed: this.#failed,
      outOfService: this.#outOfService,
      preparing: this.#preparing,
      prepared: inLine(this.#prepared),
      able: this.#able,
      working: this.#working,
      inBatch: this.#inBatch,
      candidates: inLine(this.#candidates),
      passedOver: this.#passedOver,
      settings: this.#settings.result(),
      waiting: this.#waiting.result(),
      ...(this.#conflict === undefined ? {} : { conflict: this.#conflict }),
      ...(this.#nextPause === undefined ? {} : { nextPauseSeconds: this.#nextPause }),
    };
  }
}

/** Puts what was found in the order of members into that of the line. */
function inLine(found: readonly Member[]): readonly Member[] {
  // Mostly nobody was tried before, and a fleet is large.
  return found.some(({ tried }) => tried) ? found.toSorted(compareTurns) : found;
}

/** What came between a node and its turn since it was prepared. */
export function obstacleOf({ name, selected, facts }: Member): WaitReason | undefined {
  return selected
    ? obstacleOn(facts.node)
    : { reason: 'NotSelected', message: `${name} is not selected any more` };
}
