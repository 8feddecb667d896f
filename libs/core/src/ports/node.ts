/** What the agent needs of its node. */
import type { BootWhy, OperationProgress } from '../api/agent-status.ts';
import type { Digest, Payload, SlotName } from '../api/operation.ts';

/** The boot environment block (`grubenv`). */
export interface BootEnvironment {
  /** The whole file, `undefined` when there is none. Throws `STORAGE_FAILED`. */
  read(): Promise<Uint8Array | undefined>;
  /**
   * Writes the first 512 bytes in one synchronous sector write; the rest of the file stays. Throws `STORAGE_FAILED`, also
   * when there is no file.
   */
  writeSector(sector: Uint8Array): Promise<void>;
  /** Puts a whole new block in place of an unreadable one: new file, flushed, renamed. */
  replace(block: Uint8Array): Promise<void>;
}

/** The state file on PERSIST; text of any content, written atomically and durably. Throws `STORAGE_FULL`. */
export interface StateFile {
  read(): Promise<string | undefined>;
  write(text: string): Promise<void>;
}

/** The snapshot beside the socket, replaced atomically. */
export interface SnapshotFile {
  /** `undefined` when nothing was published yet. Throws `STORAGE_FAILED`. */
  read(): Promise<string | undefined>;
  publish(text: string): Promise<void>;
}

/** What the running system is. */
export interface BootFacts {
  readonly bootId: string;
  /** From `kubeos.slot=` checked against the mounted root; absent when neither tells. */
  readonly bootedSlot?: SlotName;
  readonly why: BootWhy;
  /** PRETTY_NAME of the running system. */
  readonly version: string;
  /** What names this node, so that a PERSIST of another node is noticed: the machine id. */
  readonly machineId: string;
}

/** The machine the agent runs on. */
export interface Machine {
  facts(): Promise<BootFacts>;
  /** Seconds since boot. */
  uptimeSeconds(): Promise<number>;
  /** Orders an orderly reboot and returns once it is accepted. Throws `REBOOT_FAILED`. */
  reboot(): Promise<void>;
  /** True while the system is going down. */
  isRebooting(): Promise<boolean>;
  /** The end of the previous boot's journal, where there is one. */
  previousJournalTail(): Promise<string | undefined>;
}

/** The timers that run return passes, whatever becomes of the process that needs them. */
export interface PassTimer {
  /** Starts the one that runs in any boot, where it does not run. */
  start(): Promise<void>;
  /** Stops all of them; a pass that is going on goes on. */
  stop(): Promise<void>;
}

/** What is inside a slot, read without writing a byte. */
export interface SlotContent {
  readonly sizeBytes: number;
  /** Absent when the slot holds no readable system. */
  readonly version?: string;
  /** os-agent and its return units are there. */
  readonly hasAgent: boolean;
}

/** What was put into a slot. */
export interface InstalledPayload {
  readonly payloadDigest: Digest;
  readonly slotDigest: Digest;
}

/** The two root slots of this node's own disk. Throws `AMBIGUOUS_DISK`, `SLOT_NOT_FOUND`. */
export interface SlotStore {
  sizeBytes(slot: SlotName): Promise<number>;
  /**
   * Tells whether a payload can be asked for at all: its type, its URL, the files of its certificates. Nothing is sent.
   * Throws `UNSUPPORTED`, `INVALID_ARGUMENT`, `INSECURE_SOURCE`, `CERTIFICATE_UNUSABLE`.
   */
  check(payload: Payload): Promise<void>;
  inspect(slot: SlotName): Promise<SlotContent>;
  /**
   * Digest of the slot's content, of as many bytes as were digested when it was written. Reading it takes time: a watch
   * sees how far it is and can end it.
   */
  digest(slot: SlotName, watch?: InstallWatch): Promise<Digest>;
  /** Makes the slot unloadable whatever the boot sector says; durable when it returns. */
  invalidate(slot: SlotName): Promise<void>;
  /**
   * Fetches the payload into the slot, verifies it and reads it back; the part that makes it loadable comes last.
   * On any failure the slot stays unloadable. Throws the transfer and payload codes, and `CANCELLED` once the watch ends it.
   */
  install(slot: SlotName, payload: Payload, watch: InstallWatch): Promise<InstalledPayload>;
  /**
   * Copies the other slot, which may be the running one, into this one, in the same way; the digest of what was copied.
   */
  copy(slot: SlotName, watch: InstallWatch): Promise<Digest>;
}

/** How long work on a slot is followed and ended. */
export interface InstallWatch {
  readonly signal: AbortSignal;
  onProgress(progress: OperationProgress): void;
}

/** Mutual exclusion between RPC, timers and console, across processes; freed when a process dies. */
export interface NodeLock {
  /** Throws `BUSY` after the deadline. */
  exclusively<T>(work: () => Promise<T>): Promise<T>;
}
