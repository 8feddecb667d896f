/** What the agent says of its node: the answer of `GetStatus`, and byte for byte the content of `status.json`. */
import type {
  Digest,
  Disruption,
  ImageType,
  OperationType,
  OutcomeClass,
  Phase,
  SlotName,
} from './operation.ts';
import type { ErrorCode } from '../errors/codes.ts';

/**
 * State of a slot. `empty`: not to be booted; `ready`: verified, never confirmed; `trial`: armed or booted for a counted
 * number of attempts; `good`: confirmed; `failed`: given up by the boot loader.
 */
export type SlotState = 'empty' | 'ready' | 'trial' | 'good' | 'failed';

/** Why the boot loader chose the booted slot (`kubeos.why=` on the kernel command line). */
export type BootWhy = 'good' | 'trial' | 'fallback' | 'lastresort' | 'manual' | 'unknown';

/** What is known of one slot. */
export interface SlotStatus {
  readonly state: SlotState;
  /** PRETTY_NAME of the slot's os-release. */
  readonly version?: string;
  readonly payloadDigest?: Digest;
  readonly slotDigest?: Digest;
  /** Size of the partition. */
  readonly sizeBytes?: number;
}

/**
 * A word that a proxy can look for before it asks for something; unknown words are ignored. What images an agent can fetch
 * is told by their types.
 */
export type AgentCapability = ImageType | 'rollback' | 'settings';

/** How far the current step has come. */
export interface OperationProgress {
  /** `Fetching`, `Copying`, `Writing`, `Verifying`: what the agent does at this moment. */
  readonly step: string;
  readonly bytesDone: number;
  /** Absent while the total is not known. */
  readonly bytesTotal?: number;
}

/**
 * How a phase ended on the node. `Configured`: the settings are in place; those that restarted programs, or that belong
 * to a trial, still wait for Confirm.
 */
export type PhaseResult =
  | 'Prepared'
  | 'Configured'
  | 'Armed'
  | 'Booted'
  | 'Committed'
  | 'Returned'
  | 'Cancelled'
  | 'Failed';

/** What the agent can prove about a failure. */
export interface Evidence {
  /** Boot attempts that were used up. */
  readonly attemptsUsed?: number;
  /** The last stage that was reached: `loader`, `kernel`, `agent`. */
  readonly lastStage?: string;
  /** Boot ids of the trial, oldest first. */
  readonly bootIds?: readonly string[];
  /** The end of the trial's journal, where there is one; at most 4 KiB. */
  readonly journalTail?: string;
}

/** The agent's record of the operation with the highest sequence number. */
export interface AgentOperation {
  readonly id: string;
  readonly seq: number;
  readonly type: OperationType;
  readonly phase: Phase;
  /** `Running` until the phase ended; then `result` says how. */
  readonly state: 'Running' | 'Done' | 'Failed';
  readonly result?: PhaseResult;
  readonly progress?: OperationProgress;
  /** The slot that was prepared or armed, with what it holds. */
  readonly slot?: SlotName;
  readonly slotDigest?: Digest;
  readonly version?: string;
  /** What the settings of a config do to the node, once they are planned. */
  readonly disruption?: Disruption;
  /** With state `Failed` or result `Returned`. */
  readonly failure?: AgentFailure;
}

/** A failure as the agent reports it. */
export interface AgentFailure {
  readonly seq: number;
  readonly code: ErrorCode;
  readonly class: OutcomeClass;
  readonly message: string;
  readonly evidence?: Evidence;
}

/** One setting that needs a word: why it was refused, or how the node differs from it. */
export interface SettingNote {
  readonly model: string;
  readonly key: string;
  /** A sentence for people; holds no value, because files can hold secrets. */
  readonly message: string;
}

/** A list that stays small whatever the set. */
export interface SettingNotes {
  readonly total: number;
  /** The first ones, at most `settingNoteLimit`. */
  readonly first: readonly SettingNote[];
}

/** Most notes of a list. */
export const settingNoteLimit = 10;

/** What is known of the settings of a node. */
export interface SettingsStatus {
  /** Version of the `upgradeconfigs` that were applied last; absent when none were. */
  readonly before?: string;
  /** Version of the `sysconfigs` that were applied last; absent when none were. */
  readonly after?: string;
  /** Settings of those sets that could not be applied. */
  readonly refused: SettingNotes;
  /** Settings that the node was found to have otherwise. */
  readonly drift: SettingNotes;
  /** Programs whose files have changed since they were started. */
  readonly pendingRestarts: readonly string[];
  /** Something was changed that counts with the next boot only. */
  readonly rebootPending: boolean;
}

/** The answer of `GetStatus`. */
export interface AgentStatus {
  /** Version of the agent API, `v1`. */
  readonly apiVersion: string;
  readonly agentVersion: string;
  readonly capabilities: readonly AgentCapability[];
  /** Rises with every change that is published. Compared only within one boot id. */
  readonly revision: number;
  readonly bootId: string;
  /** Absent when the boot loader did not say (`kubeos.slot=`) and the mounted root is no slot. */
  readonly bootedSlot?: SlotName;
  readonly bootWhy: BootWhy;
  /** PRETTY_NAME of the running system. */
  readonly version: string;
  readonly slots: Readonly<Record<SlotName, SlotStatus>>;
  /** The highest sequence number this node has seen. */
  readonly seq: number;
  /** Set by a rollback at the console; the operator leaves the node alone until `release`. */
  readonly held: boolean;
  readonly operation?: AgentOperation;
  readonly lastFailure?: AgentFailure;
  /** Absent from an agent that applies no settings. */
  readonly settings?: SettingsStatus;
  /** What the agent had to rebuild or does not know, one CamelCase word each with a message. */
  readonly warnings: readonly AgentWarning[];
}

/** Something about the node that a person should know. */
export interface AgentWarning {
  readonly reason:
    | 'BootEnvRebuilt'
    | 'RecordsLost'
    | 'RecordsForeign'
    | 'ForeignBoot'
    | 'AmbiguousDisk'
    | 'PersistFull'
    | 'PersistFailed'
    | 'UpstreamBootEnv'
    | 'FellBack'
    | 'SettingsStuck';
  readonly message: string;
}
