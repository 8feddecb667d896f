/** Nodes that wait, counted by reason with a few of their names. */
import type { WaitingNodes } from '../api/os.ts';
import { compareText } from '../compare-text.ts';

/** Why a node waits, for people. */
export interface WaitReason {
  readonly reason: string;
  readonly message: string;
}

/** Nodes that wait for one reason, with what the first of them waits for in words. */
export interface WaitingMembers extends WaitingNodes {
  readonly message: string;
}

/** Most names a status list carries. */
export const exampleLimit = 10;

/** Counts them, on from what was counted before. */
export class WaitingCounts {
  readonly #byReason: Map<string, { message: string; count: number; examples: string[] }>;

  constructor(before: readonly WaitingMembers[] = []) {
    this.#byReason = new Map(
      before.map(({ reason, message, count, examples }) => [
        reason,
        { message, count, examples: [...examples] },
      ]),
    );
  }

  add(name: string, { reason, message }: WaitReason): void {
    const entry = this.#byReason.get(reason);
    if (entry === undefined) {
      this.#byReason.set(reason, { message, count: 1, examples: [name] });
      return;
    }
    entry.count += 1;
    if (entry.examples.length < exampleLimit) entry.examples.push(name);
  }

  /** Those of most nodes first. */
  result(): readonly WaitingMembers[] {
    return [...this.#byReason]
      .map(([reason, entry]) => ({ reason, ...entry }))
      .sort((a, b) => b.count - a.count || compareText(a.reason, b.reason));
  }
}
