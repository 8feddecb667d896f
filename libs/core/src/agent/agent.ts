/** The agent as its server, its timer and its console see it. */
import type {
  AgentCapability,
  AgentStatus,
  OperationProgress,
  SettingsStatus,
} from '../api/agent-status.ts';
import type { SettingsSet } from '../api/os-instance.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type {
  BootEnvironment,
  Machine,
  NodeLock,
  PassTimer,
  SlotStore,
  SnapshotFile,
  StateFile,
} from '../ports/node.ts';
import type { AgentCalls, PhaseAnswer, SettingsReport } from '../ports/proxy.ts';
import type { SettingsFiles, SettingsStateFile, SettingsUnits } from '../ports/settings.ts';
import type { holdsValue, planSettings, readingsFor, readSettings } from '../settings/index.ts';
import type { SettingsFolders } from '../settings/locate.ts';

/** What Prepare asks for. */
export type PrepareRequest = Parameters<AgentCalls['prepare']>[0];
/** What Activate asks for. */
export type ActivateRequest = Parameters<AgentCalls['activate']>[0];
/** What Confirm asks for. */
export type ConfirmRequest = Parameters<AgentCalls['confirm']>[0];
/** What Rollback asks for. */
export type RollbackRequest = Parameters<AgentCalls['rollback']>[0];
/** What Cancel asks for. */
export type CancelRequest = Parameters<AgentCalls['cancel']>[0];

/** What Configure asks for. */
export type ConfigureRequest = Parameters<AgentCalls['configure']>[0];

/** How a set was planned or applied. */
export interface ConfigureAnswer extends PhaseAnswer {
  readonly report: SettingsReport;
}

/** The sets that hold on a node, as they were asked for. */
export interface HeldSettings {
  /** `upgradeconfigs`. */
  readonly before?: SettingsSet;
  /** `sysconfigs`. */
  readonly after?: SettingsSet;
}

/** What an agent is built from. */
export interface AgentDeps {
  readonly env: BootEnvironment;
  readonly state: StateFile;
  readonly snapshot: SnapshotFile;
  readonly machine: Machine;
  readonly timer: PassTimer;
  readonly slots: SlotStore;
  readonly settings: SettingsDeps;
  /** Held by whoever decides and changes. */
  readonly lock: NodeLock;
  /** Held by whoever publishes, for a moment: also while a change under the other one takes long. */
  readonly publishLock: NodeLock;
  readonly clock: Clock;
  readonly log: Log;
  readonly agentVersion: string;
  readonly capabilities: readonly AgentCapability[];
}

/** What changing settings takes. */
export interface SettingsDeps {
  readonly files: SettingsFiles;
  readonly units: SettingsUnits;
  readonly state: SettingsStateFile;
  /** Path of `grub.cfg` on the node. */
  readonly bootMenu: string;
  /** Folders that a `configpath` may name, where they are not those of the model. */
  readonly folders: SettingsFolders;
  /** Gives `@kubeos/core/settings`, which is loaded only when settings are planned: its parsers cost memory. */
  readonly planner: () => Promise<SettingsPlanner>;
}

/** The part of `@kubeos/core/settings` that the agent plans with. */
export interface SettingsPlanner {
  readonly readSettings: typeof readSettings;
  readonly readingsFor: typeof readingsFor;
  readonly planSettings: typeof planSettings;
  readonly holdsValue: typeof holdsValue;
}

/** What one pass of the return timer did. */
export type ReturnPassResult = 'nothing' | 'returned';

/** How a rollback at the console ended. */
export interface ConsoleRollback extends PhaseAnswer {
  /** False where only a slot was disarmed that nobody had booted yet. */
  readonly reboots: boolean;
}

/**
 * The agent of one node. Every method reads the disk anew under the node's lock, so that server, timer and console may be
 * different processes; a method that throws leaves the agent able to serve the next call. Failures are `KubeosError`.
 */
export interface Agent {
  /**
   * Brings the records in line with what the boot sector says, goes back first when a trial has failed, learns what it
   * does not know of the slots, and publishes the snapshot. Never throws: what went wrong is logged and tried again
   * with the next call.
   */
  start(): Promise<void>;
  /** The status as of now; also published when it has changed. */
  status(): Promise<AgentStatus>;
  /** The status as of now, for somebody who only looks: nothing is published. */
  look(): Promise<AgentStatus>;
  /**
   * Writes the payload into the idle slot. The work outlives the caller: an aborted signal only lets go of it, and the
   * same id attaches to it again.
   */
  prepare(
    request: PrepareRequest,
    onProgress: (progress: OperationProgress) => void,
    signal: AbortSignal,
  ): Promise<PhaseAnswer>;
  /** Arms the candidate and orders the reboot; answers `Booted` without one where the node is there already. */
  activate(request: ActivateRequest): Promise<PhaseAnswer>;
  /** Makes the candidate in trial the default. */
  confirm(request: ConfirmRequest): Promise<PhaseAnswer>;
  /** Activates the other slot if it holds the version. */
  rollback(request: RollbackRequest): Promise<PhaseAnswer>;
  /** Ends an operation that is not committed yet, for good. */
  cancel(request: CancelRequest): Promise<PhaseAnswer>;
  /**
   * Plans (Prepare) or applies (Before, After) a set of settings, all or nothing. Settings that restarted programs are on
   * trial until Confirm; those applied in the trial of a slot go back with it.
   */
  configure(request: ConfigureRequest): Promise<ConfigureAnswer>;
  /** What a set would come to now; nothing changes, and no operation is needed. */
  preview(settings: SettingsSet): Promise<SettingsReport>;
  /** The sets that hold. */
  heldSettings(): Promise<HeldSettings>;
  /** Compares the sets that hold with the node, heals where a set asks for it, and publishes what was found. */
  checkDrift(): Promise<SettingsStatus>;
  /**
   * What the timers do: ends a trial whose time is over, disarms what nobody boots, and stops them once there is nothing
   * left to wait for. Throws only where the running system may be on trial, because the unit of a trial then reboots.
   */
  returnPass(): Promise<ReturnPassResult>;
  /** A person goes back to the other slot; the node is held until `release`. */
  consoleRollback(): Promise<ConsoleRollback>;
  /** A person makes the booted trial the default. */
  consoleConfirm(): Promise<PhaseAnswer>;
  /** Ends the hold. */
  release(): Promise<void>;
  /** True when no work is going on and no deadline is being watched, so that the process may exit. */
  isIdle(): boolean;
  /** Lets go of all work in this process; the next one finds it on disk. */
  stop(): Promise<void>;
}
