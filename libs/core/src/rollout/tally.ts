/** One walk over the members of an `OS`: everything the fleet's decision and its status need to count. */
import { holdAnnotation } from '../api/names.ts';
import type { Operation } from '../api/operation.ts';
import { hasUnreadableSpec } from '../api/os-instance.ts';
import type { WaitingNodes } from '../api/os.ts';
import type { Member } from './fleet.ts';
import type { TargetKey } from './target.ts';

/** A node that may be started now. */
export interface Candidate {
  readonly member: Member;
  readonly target: TargetKey;
  readonly retry?: string;
}

/** Why a node waits, for people. */
export interface WaitReason {
  readonly reason: string;
  readonly message: string;
}

/** Most names a status list carries. */
export const exampleLimit = 10;

/** Nodes that wait for one reason, with what the first of them waits for in words. */
export interface WaitingMembers extends WaitingNodes {
  readonly message: string;
}

/** What the walk counts. */
export interface Tally {
  readonly selected: number;
  readonly updated: number;
  readonly digestDiffers: readonly string[];
  readonly counted: readonly string[];
  /** Nodes that are not Ready, cordoned, or have an operation past Prepare; each once. */
  readonly outOfService: readonly string[];
  /** Open operations by how far they are. */
  readonly preparing: readonly Member[];
  readonly prepared: readonly Member[];
  /** Those of the prepared ones that nothing of their own keeps from being admitted. */
  readonly able: readonly Member[];
  readonly working: readonly Member[];
  /** In order. */
  readonly candidates: readonly Candidate[];
  readonly conflict?: string;
  readonly waiting: ReadonlyMap<string, WaitingMembers>;
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

/** The open operation of a member, whoever's it is. */
export function operationOf(member: Member): Operation | undefined {
  return member.facts.instance?.spec.operation;
}

/** True when an operation was admitted and so holds budget. */
function isAdmitted(operation: Operation): boolean {
  return operation.admitted === true;
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
  readonly #outOfService: string[] = [];
  readonly #preparing: Member[] = [];
  readonly #prepared: Member[] = [];
  readonly #able: Member[] = [];
  readonly #working: Member[] = [];
  readonly #candidates: Candidate[] = [];
  readonly #waiting = new Map<
    string,
    { reason: string; message: string; count: number; examples: string[] }
  >();

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
    if (member.olderOwner !== undefined) this.#conflict ??= member.olderOwner;
    const operation = operationOf(member);
    const { node, instance } = member.facts;
    const busy =
      (operation !== undefined && isAdmitted(operation)) ||
      (instance !== undefined && hasUnreadableSpec(instance));
    if (!node.ready || node.unschedulable || busy) this.#outOfService.push(member.name);
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
        this.#offer(member, standing.target, standing.retry);
        return;
      case 'failed':
        return;
      case 'waiting': {
        const { pause, then } = standing;
        const left = pause === undefined ? undefined : this.#pauseLeft(member, pause);
        if (left === 0 && then !== undefined) this.#offer(member, then.target);
        else this.#wait(member.name, standing.reason, standing.message);
      }
    }
  }

  #pauseLeft(member: Member, pause: { readonly key: string; readonly seconds: number }): number {
    const left = Math.max(pause.seconds - this.#since(`${member.name}/${pause.key}`), 0);
    if (left > 0) this.#nextPause = Math.min(this.#nextPause ?? left, left);
    return left;
  }

  #offer(member: Member, target: TargetKey, retry?: string): void {
    const skipped = this.#waitReasonOf(member.name);
    if (skipped !== undefined) this.#wait(member.name, skipped.reason, skipped.message);
    this.#candidates.push(retry === undefined ? { member, target } : { member, target, retry });
  }

  #countOpen(member: Member): void {
    const operation = operationOf(member);
    if (operation === undefined) return;
    if (isAdmitted(operation)) this.#working.push(member);
    else if (operation.phase === 'Cancel') this.#preparing.push(member);
    else if (operation.target.slot === undefined) this.#preparing.push(member);
    else this.#countPrepared(member);
  }

  #countPrepared(member: Member): void {
    this.#prepared.push(member);
    const obstacle = obstacleOf(member) ?? this.#waitReasonOf(member.name);
    if (obstacle === undefined) this.#able.push(member);
    else this.#wait(member.name, obstacle.reason, obstacle.message);
  }

  #wait(name: string, reason: string, message: string): void {
    const entry = this.#waiting.get(reason) ?? { reason, message, count: 0, examples: [] };
    entry.count += 1;
    if (entry.examples.length < exampleLimit) entry.examples.push(name);
    this.#waiting.set(reason, entry);
  }

  result(): Tally {
    return {
      selected: this.#selected,
      updated: this.#updated,
      digestDiffers: this.#digestDiffers,
      counted: this.#counted,
      outOfService: this.#outOfService,
      preparing: this.#preparing,
      prepared: this.#prepared,
      able: this.#able,
      working: this.#working,
      candidates: this.#candidates,
      waiting: this.#waiting,
      ...(this.#conflict === undefined ? {} : { conflict: this.#conflict }),
      ...(this.#nextPause === undefined ? {} : { nextPauseSeconds: this.#nextPause }),
    };
  }
}

/** What came between a node and its turn since it was prepared. */
function obstacleOf({ name, facts: { node } }: Member): WaitReason | undefined {
  if (Object.hasOwn(node.annotations, holdAnnotation)) {
    return { reason: 'Held', message: `${name} carries the annotation ${holdAnnotation}` };
  }
  if (node.unschedulable) {
    return { reason: 'ForeignCordon', message: `${name} was cordoned by somebody else` };
  }
  return node.ready ? undefined : { reason: 'NotReady', message: `${name} is not Ready` };
}
