/** The `OS` object as decisions see it; `os.wire.ts` has the schema of what admins write. */
import type { Condition } from '../conditions/condition.ts';
import type { SettingsSet } from './os-instance.ts';
import type { OperationType, Payload } from './operation.ts';

/** A count of nodes or a percentage of the selected nodes. */
export type CountOrPercent = { readonly count: number } | { readonly percent: number };

/** Which nodes an `OS` speaks of; the control plane is never among them. */
export type NodeSelector =
  | { readonly kind: 'all' }
  | { readonly kind: 'unlabelled' }
  /** Nodes whose label `upgrade.openeuler.org/node-selector` has exactly this value, the empty one included. */
  | { readonly kind: 'value'; readonly value: string };

/** When new nodes may start. Texts as written; checked by the parser. */
export interface TimeWindow {
  readonly start: string;
  readonly end: string;
  /** IANA name; absent means the zone of the operator. */
  readonly timeZone?: string;
  /** 0 is Sunday. Absent means every day. The day is that on which the window opens. */
  readonly weekdays?: readonly number[];
}

/** `OS.spec` in our own terms, defaults applied. Times in seconds. */
export interface OsSpec {
  readonly version: string;
  readonly type: OperationType;
  /** Present for an upgrade. */
  readonly payload?: Payload;
  readonly maxUnavailable: CountOrPercent;
  readonly executionMode: 'serial' | 'parallel';
  readonly timeIntervalSeconds: number;
  readonly timeWindow?: TimeWindow;
  /** `evictpodforce`. */
  readonly force: boolean;
  readonly sysconfigs?: SettingsSet;
  readonly upgradeconfigs?: SettingsSet;
  readonly paused: boolean;
  readonly canary: CountOrPercent;
  readonly maxFailures: number;
  /** Absent: as many as may be unavailable. */
  readonly prepareConcurrency?: number;
  readonly drainTimeoutSeconds: number;
  readonly confirmTimeoutSeconds: number;
  readonly minReadySeconds: number;
}

/** One admitted operation that may not have been written yet. */
export interface PendingAdmission {
  readonly node: string;
  readonly nodeUid: string;
  readonly seq: number;
}

/** The ticket: `OS.status.admission`. */
export interface Admission {
  /** Raised by every new leader. */
  readonly epoch: number;
  /** RFC 3339 time of the last batch; counts for `timeinterval`. */
  readonly lastTime?: string;
  /** At most 64 entries. */
  readonly pending: readonly PendingAdmission[];
}

/** Nodes that wait for one reason, with up to 10 of their names. */
export interface WaitingNodes {
  readonly reason: string;
  readonly count: number;
  readonly examples: readonly string[];
}

/** `OS.status`; the operator is its one writer. Bounded in size for any fleet. */
export interface OsStatus {
  readonly observedGeneration?: number;
  readonly schemaRevision?: number;
  readonly nodes?: number;
  readonly updated?: number;
  readonly preparing?: number;
  readonly working?: number;
  readonly failed?: number;
  readonly waiting?: readonly WaitingNodes[];
  /** The one thing being waited for. */
  readonly message?: string;
  readonly admission?: Admission;
  readonly conditions?: readonly Condition[];
}

/** A mistake in an `OS.spec`: where it is and what was expected. */
export interface SpecProblem {
  readonly path: string;
  readonly message: string;
}

/** An `OS` object. `spec` is absent when it is not valid; then `problems` says why. */
export interface Os {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation: number;
  /** RFC 3339. */
  readonly creationTimestamp: string;
  /** Known even when the rest of the spec is not valid: an invalid object still owns its nodes. */
  readonly selector: NodeSelector;
  readonly finalizers: readonly string[];
  readonly deleting: boolean;
  readonly spec?: OsSpec;
  readonly problems: readonly SpecProblem[];
  /** Things that were accepted but should be mended, such as an alias of a model name. */
  readonly warnings: readonly SpecProblem[];
  readonly status: OsStatus;
}

/** True when there is an admission ticket that this version cannot read: nothing may be admitted, or written over it. */
export function hasUnreadableTicket(os: Os): boolean {
  return os.problems.some(({ path }) => path.startsWith('status.admission'));
}
