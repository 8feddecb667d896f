/** What the operator sees of one node with an open operation, and what it may do about it. */
import type { Operation, OperationHistory, OperationEnding } from '../api/operation.ts';
import type { OsInstance } from '../api/os-instance.ts';
import type { Os } from '../api/os.ts';
import type { NodeChange } from '../ports/cluster.ts';
import type { NodeView, PodView } from '../ports/cluster-views.ts';
import type { WaitReason } from '../rollout/tally.ts';
import type { Requeue } from './requeue.ts';

/** The facts of one pass over a node with an open operation. */
export interface OperationView {
  readonly operation: Operation;
  readonly instance: OsInstance;
  /** Absent when there is no Node of this name. */
  readonly node: NodeView | undefined;
  /** Absent when the object is gone. */
  readonly os: Os | undefined;
  /** The object still selects the node. */
  readonly selected: boolean;
  /**
   * The pods of the node from a list taken in this pass, followed by a read of the Node (which `node` then is). Absent
   * until a decision asks for them.
   */
  readonly pods?: readonly PodView[];
  /** Renewals of the node's Lease seen since its present boot, with its settings in place, was first seen. */
  readonly leaseRenewals: number;
  /** This leader evicted a pod for this operation. */
  readonly evicting: boolean;
  /** This leader began the trial itself and could reach the API ever since. */
  readonly witnessed: boolean;
  /** RFC 3339, for the history that people read. */
  readonly wallTime: string;
  /** Pods that are never evicted: the operator's own. */
  readonly isSpared: (pod: PodView) => boolean;
  /**
   * Seconds for which the leader has seen the state named by the key without a break: a pass that does not ask for a
   * key ends it.
   */
  readonly since: (key: string) => number;
}

/** One thing to do; each is idempotent and guarded. */
export type NodeAction =
  | {
      readonly type: 'writeOperation';
      readonly operation: Operation;
      readonly history?: OperationHistory;
      readonly why: string;
    }
  | {
      readonly type: 'closeOperation';
      readonly history: OperationHistory;
      readonly ending: OperationEnding;
    }
  | { readonly type: 'changeNode'; readonly change: NodeChange; readonly why: string }
  | { readonly type: 'evict'; readonly pods: readonly PodView[] }
  | { readonly type: 'recordHistory'; readonly history: OperationHistory; readonly why: string };

/** What one pass decides. */
export interface OperationDecision {
  readonly actions: readonly NodeAction[];
  /** What the node waits for; always there while nothing is done. */
  readonly waiting?: WaitReason;
  /** Look at the pods and decide again in this pass. */
  readonly need?: 'pods';
  readonly requeue: Requeue;
}

/** One line for logs. */
export function describeNodeAction(action: NodeAction): string {
  switch (action.type) {
    case 'writeOperation':
      return `phase ${action.operation.phase}: ${action.why}`;
    case 'closeOperation':
      return `close: ${action.ending.result} ${action.ending.reason}`;
    case 'changeNode':
      return action.why;
    case 'evict':
      return `evict ${String(action.pods.length)} pod(s)`;
    case 'recordHistory':
      return action.why;
  }
}

/** A decision that only waits. */
export function wait(reason: string, message: string, seconds?: number): OperationDecision {
  return {
    actions: [],
    waiting: { reason, message },
    requeue: seconds === undefined ? { kind: 'onChange' } : { kind: 'after', seconds },
  };
}

/** A decision that does something; what follows is decided on what it brings about. */
export function act(...actions: readonly NodeAction[]): OperationDecision {
  return { actions, requeue: { kind: 'onChange' } };
}

/** Asks for the pods of the node. */
export const needPods: OperationDecision = {
  actions: [],
  need: 'pods',
  requeue: { kind: 'onChange' },
};
