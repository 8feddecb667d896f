/** The `OSInstance` as decisions see it; `os-instance.wire.ts` has the schema of what is stored. */
import type { AgentStatus } from './agent-status.ts';
import type { Condition } from '../conditions/condition.ts';
import type { Operation, OperationHistory } from './operation.ts';
import type { SpecProblem } from './os.ts';

/** A named set of settings as upstream defines it; its content is opaque outside `settings/`. */
export interface SettingsSet {
  readonly version?: string;
  /** What the node does when it finds another value than the set's; absent: `report`. */
  readonly drift?: DriftPolicy;
  readonly configs?: readonly Readonly<Record<string, unknown>>[];
}

/** `report`: only tell; `heal`: put the wanted value back, without a restart or a reboot. */
export type DriftPolicy = 'report' | 'heal';

/** What upstream's own tools read from `spec.nodestatus`. */
export type NodeStatusWord = 'idle' | 'upgrade' | 'config' | 'rollback';

/** `OSInstance.spec`; the operator is its one writer. */
export interface OsInstanceSpec {
  readonly nodestatus: NodeStatusWord;
  /** The `OS` that has the node at work; absent when idle. */
  readonly namespacedname?: { readonly name: string; readonly namespace: string };
  readonly sysconfigs?: SettingsSet;
  readonly upgradeconfigs?: SettingsSet;
  readonly operation?: Operation;
  readonly history?: OperationHistory;
}

/**
 * `OSInstance.status` without the conditions of the operator; the node's proxy is its one writer.
 *
 * `agent` is the agent's snapshot as the proxy last saw it, `acknowledged` what the proxy has read of `spec.operation`.
 */
export interface OsInstanceStatus {
  /** UID of the Node the proxy runs on. */
  readonly nodeUid?: string;
  /** Version of the proxy. */
  readonly proxyVersion?: string;
  /** The operation and phase that the proxy has read; written before it calls the agent. */
  readonly acknowledged?: { readonly seq: number; readonly phase: string };
  readonly agent?: AgentStatus;
  /** Why the agent cannot be reached or refuses the current phase; absent when all is well. */
  readonly problem?: {
    readonly seq: number;
    readonly phase: string;
    readonly code: string;
    readonly message: string;
  };
  readonly sysconfigs?: SettingsSet;
  readonly upgradeconfigs?: SettingsSet;
  readonly conditions?: readonly Condition[];
}

/** An `OSInstance`; it lives in namespace `default` under the name of its node. */
export interface OsInstance {
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly finalizers: readonly string[];
  readonly ownerUid?: string;
  readonly deleting: boolean;
  readonly spec: OsInstanceSpec;
  readonly status: OsInstanceStatus;
  /**
   * What this version cannot read, absent when all is well. The members it names are missing above, the open operation
   * among them: while it is there nothing is started, changed or closed on the node.
   */
  readonly unreadable?: readonly SpecProblem[];
}

/** True when an operation may be open that this version does not understand. */
export function hasUnreadableSpec(instance: OsInstance): boolean {
  return instance.unreadable?.some(({ path }) => path.startsWith('spec.')) ?? false;
}
