/** What the proxy needs: its own `OSInstance`, and the agent of its node. */
import type { AgentStatus } from '../api/agent-status.ts';
import type { OsInstance, OsInstanceStatus } from '../api/os-instance.ts';
import type {
  Digest,
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
  confirm(
    request: CallOperation & {
      readonly bootId: string;
      readonly slot: SlotName;
      readonly slotDigest: Digest;
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
