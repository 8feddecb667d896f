/** What the proxy needs: its own `OSInstance`, and the agent of its node. */
import type { AgentStatus } from '../api/agent-status.ts';
import type { OsInstance, OsInstanceStatus, SettingsSet } from '../api/os-instance.ts';
import type {
  Digest,
  Disruption,
  OperationTarget,
  OperationType,
  Payload,
  SlotName,
} from '../api/operation.ts';
import type { OperationProgress, PhaseResult } from '../api/agent-status.ts';

/** The node's own `OSInstance`. */
export interface OwnInstance {
  /** As last seen by the watch; may be stale. `undefined` while there is none. */
  cached(): OsInstance | undefined;
  /** A read that sees every write made before. */
  read(): Promise<OsInstance | undefined>;
  /** Merges into the status, guarded by resourceVersion. `null` removes. Throws `CONFLICT`. */
  writeStatus(instance: OsInstance, status: StatusPatch): Promise<OsInstance>;
}

/** The members of the status that the proxy writes. */
export type StatusPatch = {
  readonly [K in keyof Omit<OsInstanceStatus, 'conditions'>]?: OsInstanceStatus[K] | null;
} & { readonly conditions?: OsInstanceStatus['conditions'] };

/** The agent's snapshot file, as last read. */
export interface AgentSnapshot {
  current(): AgentStatus | undefined;
}

/** What the agent answers to a phase. */
export interface PhaseAnswer {
  readonly result: PhaseResult;
  readonly slot?: SlotName;
  readonly slotDigest?: Digest;
  readonly version?: string;
}

/** What becomes of one setting: as planned, or as it was carried out. */
export interface SettingReport {
  readonly key: string;
  readonly outcome: 'unchanged' | 'set' | 'added' | 'removed' | 'refused';
  /** Why it is refused, for people; holds no value. */
  readonly reason?: string;
}

/** What becomes of the settings of one entry of a set. */
export interface ModelReport {
  readonly model: string;
  /** The file, where the model has one. */
  readonly path?: string;
  readonly settings: readonly SettingReport[];
}

/** What a set of settings comes to on a node. Values are left out, because files can hold secrets. */
export interface SettingsReport {
  /** One for each entry that has settings, in the order of the set. */
  readonly models: readonly ModelReport[];
  readonly disruption: Disruption;
  /** Programs whose file changes and that nobody asked to restart. */
  readonly pendingRestarts: readonly string[];
  /** True when a change counts with the next boot only. */
  readonly rebootPending: boolean;
}

/** In which phase a set is planned or applied; Prepare plans what After applies. */
export type SettingsPhase = 'Prepare' | 'Before' | 'After';

/** The operation as every call names it. */
export interface CallOperation {
  readonly id: string;
  readonly seq: number;
  readonly type: OperationType;
}

/** The agent API as the proxy calls it. Failures are `KubeosError` with the agent's code. */
export interface AgentCalls {
  getStatus(signal: AbortSignal): Promise<AgentStatus>;
  prepare(
    request: CallOperation & { readonly version: string; readonly payload: Payload },
    onProgress: (progress: OperationProgress) => void,
    signal: AbortSignal,
  ): Promise<PhaseAnswer>;
  activate(
    request: CallOperation & {
      readonly target: OperationTarget;
      readonly confirmTimeoutSeconds: number;
    },
    signal: AbortSignal,
  ): Promise<PhaseAnswer>;
  /** Slot and digest are those of the slot on trial; absent where only settings are. */
  confirm(
    request: CallOperation & {
      readonly bootId: string;
      readonly slot?: SlotName;
      readonly slotDigest?: Digest;
    },
    signal: AbortSignal,
  ): Promise<PhaseAnswer>;
  /** Plans (Prepare) or applies a set of settings. */
  configure(
    request: CallOperation & {
      readonly phase: SettingsPhase;
      readonly settings: SettingsSet;
      readonly confirmTimeoutSeconds: number;
    },
    signal: AbortSignal,
  ): Promise<PhaseAnswer>;
  /** Activate of the other slot by version, for callers without a cluster. */
  rollback(
    request: CallOperation & { readonly version: string; readonly confirmTimeoutSeconds: number },
    signal: AbortSignal,
  ): Promise<PhaseAnswer>;
  cancel(request: CallOperation, signal: AbortSignal): Promise<PhaseAnswer>;
}
