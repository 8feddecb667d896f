/**
 * The one open operation of a node: what the operator writes into `OSInstance.spec` and what the proxy echoes into
 * `OSInstance.status`. The shapes are the same on the wire and inside.
 */

/** The two root slots of a node. */
export type SlotName = 'A' | 'B';

/** The slots in their fixed order. */
export const slotNames: readonly SlotName[] = ['A', 'B'];

/** The slot that is not this one. */
export function otherSlot(slot: SlotName): SlotName {
  return slot === 'A' ? 'B' : 'A';
}

/** A digest as `sha256:` and 64 hexadecimal digits in lower case. */
export type Digest = `sha256:${string}`;

/** What an operation does to its node. */
export type OperationType = 'upgrade' | 'rollback' | 'config';

/** The phases in the order in which a node goes through them; `Cancel` can follow any of them before `Confirm`. */
export const phases = [
  'Prepare',
  'Drain',
  'Before',
  'Activate',
  'After',
  'Confirm',
  'GiveBack',
] as const;

/** A phase of an operation. */
export type Phase = (typeof phases)[number] | 'Cancel';

/**
 * How a failed operation counts.
 *
 * - `bad`: the payload or the slot is no good; the slot is `failed` or `empty`. Counts as a failure of the node.
 * - `unconfirmed`: the candidate came up but was not confirmed in time; the slot stays `ready`. Counts.
 * - `interrupted`: the same, but the operator was away; tried again by itself. Does not count.
 * - `transient`: network, busy, 404; tried again by itself. Does not count.
 * - `blocked`: something outside has to change; waits for it. Does not count.
 * - `lost`: the node or its records are gone. Counts.
 */
export type OutcomeClass = 'bad' | 'unconfirmed' | 'interrupted' | 'transient' | 'blocked' | 'lost';

/**
 * How a payload is fetched: `disk` from a URL; `docker` and `containerd` from a registry, by these programs of the node;
 * `oci` from a registry by the agent itself.
 */
export type ImageType = 'disk' | 'docker' | 'containerd' | 'oci';

/** All of them. */
export const imageTypes = [
  'disk',
  'docker',
  'containerd',
  'oci',
] as const satisfies readonly ImageType[];

/** Where a payload is fetched from and what the node checks about it. */
export interface Payload {
  readonly imageType: ImageType;
  /** URL of the image, for `disk`. */
  readonly url?: string;
  /** OCI reference, for all but `disk`. */
  readonly image?: string;
  /** Digest of the download: of the file, or of the manifest or index of an image. */
  readonly digest: Digest;
  /** Allows a server that does not speak https. */
  readonly allowInsecure: boolean;
  /** Presents a client certificate. */
  readonly mutualTls: boolean;
  /** File names below `/etc/KubeOS/certs/`. */
  readonly caCert?: string;
  readonly clientCert?: string;
  readonly clientKey?: string;
}

/** What the node is to become. */
export interface OperationTarget {
  /** The wanted version: byte for byte the PRETTY_NAME of the slot. */
  readonly version: string;
  /** Digest of the download (upgrade). */
  readonly payloadDigest?: Digest;
  /** The slot to boot; known after Prepare (upgrade) or at once (rollback). */
  readonly slot?: SlotName;
  /** Digest of that slot's content; known with `slot`. */
  readonly slotDigest?: Digest;
  /** Versions of the sets of settings that it brings, one behind the other. */
  readonly settings?: string;
}

/**
 * What carrying out a set of settings does to the work on a node: `none`, `restart` of kubelet or containerd, or a
 * `reboot`.
 */
export type Disruption = 'none' | 'restart' | 'reboot';

/** Settings of the `OS` copied at the start, because the object may be edited or gone later. Times in seconds. */
export interface OperationParameters {
  /** Evict pods with local data and pods without an owner too (`evictpodforce`). */
  readonly force: boolean;
  readonly drainTimeoutSeconds: number;
  readonly confirmTimeoutSeconds: number;
  readonly minReadySeconds: number;
}

/** `OSInstance.spec.operation`. Its id is `osUid/nodeUid/seq`. */
export interface Operation {
  readonly osUid: string;
  readonly osNamespace: string;
  readonly osName: string;
  readonly osGeneration: number;
  readonly nodeUid: string;
  /** Rises by one with each operation of a node. */
  readonly seq: number;
  readonly type: OperationType;
  readonly phase: Phase;
  readonly target: OperationTarget;
  /** Only for an upgrade. */
  readonly payload?: Payload;
  readonly parameters: OperationParameters;
  /** What the settings of a config do to the node, planned there; known after its Prepare. */
  readonly disruption?: Disruption;
  /** True from the write that takes the node out of service on; such an operation holds budget until it closes. */
  readonly admitted?: boolean;
  /**
   * Boot id of the node when its trial began: with Activate, which boots into another one, or with After of a config that
   * restarts programs.
   */
  readonly bootIdBefore?: string;
  /** Boot id of the trial that Confirm speaks of. */
  readonly confirmBootId?: string;
  /** Why the operation is being cancelled or given back, for people and for the history. */
  readonly ending?: OperationEnding;
  /** Namespace/name of DaemonSets whose pod was not Ready at admission and so is not waited for. */
  readonly excusedDaemonSetPods?: readonly string[];
}

/** How an operation ends. `Succeeded` has no class. */
export interface OperationEnding {
  readonly result: 'Succeeded' | 'Failed' | 'Cancelled';
  readonly class?: OutcomeClass;
  readonly reason: string;
  readonly message: string;
}

/** The id under which the agent knows an operation. */
export function operationId(operation: Pick<Operation, 'osUid' | 'nodeUid' | 'seq'>): string {
  return `${operation.osUid}/${operation.nodeUid}/${String(operation.seq)}`;
}

/** What happened to one target on this node so far; entries are kept newest first and bounded in number. */
export interface HistoryEntry {
  readonly osUid: string;
  readonly type: OperationType;
  readonly version: string;
  /** Payload digest of an upgrade, slot digest of a rollback. */
  readonly digest?: Digest;
  /** Versions of the sets of settings that were tried. */
  readonly settings?: string;
  /** How often a trial was begun for this target; at most 3 without a retry. */
  readonly activates: number;
  /** Attempts that ended without success; decides the pause before the next one. */
  readonly attempts: number;
  /** True while this node counts against `maxFailures` for this target. */
  readonly counted: boolean;
  /** The last ending that was not a success. */
  readonly last?: {
    readonly seq: number;
    readonly class: OutcomeClass;
    readonly reason: string;
    readonly message: string;
    /** RFC 3339, for people; no decision reads it. */
    readonly time: string;
  };
  /** The value of the retry annotation that was used up last. */
  readonly consumedRetry?: string;
}

/** `OSInstance.spec.history`. */
export interface OperationHistory {
  /** The highest sequence number ever used on this node. */
  readonly seq: number;
  readonly entries: readonly HistoryEntry[];
}

/** Most entries that `spec.history` keeps. */
export const historyLimit = 8;
