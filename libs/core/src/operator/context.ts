import type { PodView } from '../ports/cluster-views.ts';
import type { ClusterApi, ClusterCache, ClusterEvent, Leadership } from '../ports/cluster.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import { KubeosError } from '../errors/index.ts';
import type { Fleet } from '../rollout/fleet.ts';
import type { WaitReason } from '../rollout/tally.ts';
import type { SinceBook } from './since-book.ts';

/** What the operator is told once, at its start. */
export interface OperatorSettings {
  /** IANA name of the zone that time windows without one use. */
  readonly operatorZone: string;
  /** True for the operator's own pods, which a drain leaves alone: they restart with the node. */
  readonly isSpared: (pod: PodView) => boolean;
  /**
   * Starts nothing, cancels what has not changed its node yet, and sees the rest through: the operator is about to go
   * for good. Default false.
   */
  readonly retiring?: boolean;
}

/** What the operator's loop is given. */
export interface OperatorDeps {
  readonly cache: ClusterCache;
  readonly api: ClusterApi;
  readonly leadership: Leadership;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: OperatorSettings;
}

/** A candidate that was passed over because its pods cannot be evicted, until the leader looks again. */
export interface PassedOver extends WaitReason {
  readonly untilMs: number;
}

/**
 * What a leader remembers between passes. All of it is first-seen times and hints: losing it restarts a wait or repeats
 * a look, and nothing else.
 */
export interface OperatorMemory {
  readonly since: SinceBook;
  /** Why each node at work waits, for the status of its `OS`. */
  readonly workReasons: Map<string, WaitReason>;
  readonly passedOver: Map<string, PassedOver>;
  /** `node/seq` of operations for which this leader evicted a pod. */
  readonly evicting: Set<string>;
  /** `node/seq` of operations whose trial this leader began and has followed without an outage. */
  readonly witnessed: Set<string>;
  /** Renewals of node Leases seen since the present boot, with its settings in place, was first seen. */
  readonly leases: Map<
    string,
    { readonly bootId: string; readonly last: string; readonly renewals: number }
  >;
  /** The epoch that this leader raised on an `OS`, and in which term. */
  readonly epochs: Map<string, { readonly term: number; readonly epoch: number }>;
  /** Objects whose finalizer this leader took off: the cache may still show it. */
  readonly freed: Set<string>;
  /** Objects of which this leader has said that their ticket cannot be read. */
  readonly unreadable: Set<string>;
  /** Monotonic time at which the last pass over an `OS` and its fleet began. */
  readonly fleetPasses: Map<string, number>;
  /** Monotonic time of the last status write of an `OS`. */
  readonly statusWrites: Map<string, number>;
  /** What an instance's conditions are to say, and since when without another word. */
  readonly words: Map<string, { readonly text: string; readonly sinceMs: number }>;
  /** The last reason of a wait that an event told: of an instance by its name, of an `OS` by its UID. */
  readonly toldWaits: Map<string, string>;
  /** What each `OS` waits for, and since when. */
  readonly waits: Map<string, { readonly reason: string; readonly sinceMs: number }>;
  /** Version of an `OS` whose status the server dropped as a whole, after which nothing new was to be written. */
  readonly unkept: Map<string, string>;
  served: { readonly revision: number; readonly atMs: number } | undefined;
}

/** What every pass works with. */
export interface OperatorContext extends Omit<OperatorDeps, 'leadership'> {
  readonly fleet: Fleet;
  readonly memory: OperatorMemory;
  /** The term that this is of; nothing is written in a later one. */
  readonly term: number;
}

/** Milliseconds for which a new reason must hold before it is worth a write: everything is told within ten seconds. */
export const holdMs = 7000;

/** RFC 3339 in seconds, as Kubernetes writes times. */
export function wallTime(wallMs: number): string {
  return `${new Date(wallMs).toISOString().slice(0, 19)}Z`;
}

/** Emits an event; one that cannot be written is logged and holds up nothing. */
export async function tell(context: OperatorContext, event: ClusterEvent): Promise<void> {
  try {
    await context.api.emit(event);
  } catch (error) {
    const { code, message } = KubeosError.from(error);
    context.log.warn(
      { about: event.about.name, reason: event.reason, code, error: message },
      'Event not written',
    );
  }
}
