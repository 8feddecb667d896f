import type { OsStatus } from '@kubeos/core';

/**
 * How a rollout ends.
 *
 * - `completed`: every selected node was worked on, serves again, and runs the wanted version or counts as failed.
 * - `stopped`: failures stopped it before that; the nodes that were at work are back in service.
 * - `didNotFinish`: it waits for something that does not come.
 */
export type RolloutOutcome = 'completed' | 'stopped' | 'didNotFinish';

/**
 * A step of one node.
 *
 * - `preparing`, `prepared`: the idle slot is being written; it is written and verified. The node still serves.
 * - `admitted`: it is taken out of service; its pods are moved.
 * - `drained`: its pods are gone; the candidate is armed and the machine reboots.
 * - `booted`: a kernel runs; `detail` says which slot and why.
 * - `confirmed`: the new system is kept.
 * - `failed`, `cancelled`: the operation ends without success for a `reason`.
 * - `givenBack`: the node serves again.
 */
export type RolloutStep =
  | 'preparing'
  | 'prepared'
  | 'admitted'
  | 'drained'
  | 'booted'
  | 'confirmed'
  | 'failed'
  | 'cancelled'
  | 'givenBack';

/** One step with its moment, in seconds since the start. */
export interface TimelineEntry {
  readonly seconds: number;
  readonly step: RolloutStep;
  /** CamelCase word of a failure or a cancellation. */
  readonly reason?: string;
  /** The same, or the slot that boots, for people. */
  readonly detail?: string;
}

/** What happened to one selected node. */
export interface NodeTimeline {
  readonly node: string;
  readonly zone: string;
  /** `failed`: counted as failed for the wanted version. `waiting`: neither updated nor failed. */
  readonly state: 'updated' | 'failed' | 'waiting';
  /** Oldest first. */
  readonly entries: readonly TimelineEntry[];
}

/** What a simulated rollout gave. Times are virtual. */
export interface RolloutReport {
  readonly outcome: RolloutOutcome;
  /** CamelCase word for the outcome, as in the conditions of the `OS`. */
  readonly reason: string;
  /** The same for people. */
  readonly message: string;
  /** From the creation of the `OS` to the last step of any node, in seconds. */
  readonly durationSeconds: number;
  /** Nodes that the `OS` selects. */
  readonly nodes: number;
  readonly updated: number;
  readonly failed: number;
  /** Most nodes at one moment that were not Ready, cordoned or taken out of service. */
  readonly mostOutOfService: number;
  /** Selected nodes in the order in which they take their turn. */
  readonly timelines: readonly NodeTimeline[];
  /** The status of the `OS` at the end. */
  readonly status: OsStatus;
}
