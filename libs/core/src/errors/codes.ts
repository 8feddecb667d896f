/**
 * Every way in which a part of KubeOS can fail, in one closed table.
 *
 * `kind` decides what a caller does next (requeue, gRPC status, exit code: see `kinds.ts`), `outcome` is the class in
 * which a failed operation of a node counts (see `OutcomeClass`), `reason` is the CamelCase word that people read in
 * conditions and events.
 */
import type { OutcomeClass } from '../api/operation.ts';

/** What a failure asks of its caller. */
export type ErrorKind =
  'invalid' | 'notFound' | 'conflict' | 'transient' | 'permanent' | 'unsafe' | 'bug';

interface CodeEntry {
  readonly kind: ErrorKind;
  readonly outcome: OutcomeClass;
  readonly reason: string;
}

/** The table of codes; the key is the machine-readable code that travels over gRPC and in status. */
export const errorCodes = {
  // What the caller asked for.
  INVALID_ARGUMENT: { kind: 'invalid', outcome: 'bad', reason: 'InvalidArgument' },
  INVALID_SPEC: { kind: 'invalid', outcome: 'bad', reason: 'InvalidSpec' },
  INVALID_CONFIGURATION: { kind: 'invalid', outcome: 'blocked', reason: 'InvalidConfiguration' },
  UNSUPPORTED: { kind: 'permanent', outcome: 'blocked', reason: 'Unsupported' },

  // Where the payload comes from.
  INSECURE_SOURCE: { kind: 'unsafe', outcome: 'bad', reason: 'InsecureSource' },
  INSECURE_REDIRECT: { kind: 'unsafe', outcome: 'bad', reason: 'InsecureRedirect' },
  CERTIFICATE_UNUSABLE: { kind: 'permanent', outcome: 'transient', reason: 'CertificateUnusable' },
  CREDENTIALS_UNUSABLE: { kind: 'permanent', outcome: 'transient', reason: 'CredentialsUnusable' },
  REGISTRY_DENIED: { kind: 'transient', outcome: 'transient', reason: 'RegistryDenied' },
  ENGINE_UNAVAILABLE: { kind: 'permanent', outcome: 'blocked', reason: 'EngineUnavailable' },
  SOURCE_NOT_FOUND: { kind: 'transient', outcome: 'transient', reason: 'SourceNotFound' },
  SOURCE_REFUSED: { kind: 'transient', outcome: 'transient', reason: 'SourceRefused' },
  SOURCE_UNREACHABLE: { kind: 'transient', outcome: 'transient', reason: 'SourceUnreachable' },
  TLS_FAILED: { kind: 'transient', outcome: 'transient', reason: 'TlsFailed' },
  SHORT_BODY: { kind: 'transient', outcome: 'transient', reason: 'ShortBody' },
  STALLED: { kind: 'transient', outcome: 'transient', reason: 'Stalled' },

  // What the payload holds.
  DIGEST_MISMATCH: { kind: 'permanent', outcome: 'bad', reason: 'DigestMismatch' },
  NO_PLATFORM: { kind: 'permanent', outcome: 'bad', reason: 'NoPlatform' },
  PAYLOAD_UNKNOWN: { kind: 'permanent', outcome: 'bad', reason: 'PayloadUnknown' },
  PAYLOAD_CORRUPT: { kind: 'permanent', outcome: 'bad', reason: 'PayloadCorrupt' },
  PAYLOAD_UNSAFE: { kind: 'unsafe', outcome: 'bad', reason: 'PayloadUnsafe' },
  SLOT_TOO_SMALL: { kind: 'permanent', outcome: 'bad', reason: 'SlotTooSmall' },
  VERSION_MISMATCH: { kind: 'permanent', outcome: 'bad', reason: 'VersionMismatch' },
  NO_AGENT: { kind: 'permanent', outcome: 'bad', reason: 'NoAgent' },

  // The node's disks and boot loader.
  AMBIGUOUS_DISK: { kind: 'unsafe', outcome: 'blocked', reason: 'AmbiguousDisk' },
  SLOT_NOT_FOUND: { kind: 'permanent', outcome: 'blocked', reason: 'SlotNotFound' },
  SLOT_REFUSED: { kind: 'unsafe', outcome: 'blocked', reason: 'SlotRefused' },
  SLOT_CHANGED: { kind: 'unsafe', outcome: 'transient', reason: 'SlotChanged' },
  BOOTED_SLOT_NOT_GOOD: { kind: 'unsafe', outcome: 'blocked', reason: 'BootedSlotNotGood' },
  BOOT_SECTOR_FULL: { kind: 'permanent', outcome: 'blocked', reason: 'BootSectorFull' },
  READ_BACK_MISMATCH: { kind: 'transient', outcome: 'transient', reason: 'ReadBackMismatch' },
  STORAGE_FULL: { kind: 'transient', outcome: 'transient', reason: 'StorageFull' },
  STORAGE_FAILED: { kind: 'transient', outcome: 'transient', reason: 'StorageFailed' },
  STATE_UNREADABLE: { kind: 'permanent', outcome: 'lost', reason: 'StateUnreadable' },
  BOOT_FAILED: { kind: 'permanent', outcome: 'bad', reason: 'BootFailed' },
  NOT_CONFIRMED: { kind: 'permanent', outcome: 'unconfirmed', reason: 'NotConfirmed' },
  TRIAL_INTERRUPTED: { kind: 'transient', outcome: 'interrupted', reason: 'TrialInterrupted' },
  REBOOT_FAILED: { kind: 'transient', outcome: 'transient', reason: 'RebootFailed' },

  // The settings of the node.
  SETTINGS_REFUSED: { kind: 'invalid', outcome: 'bad', reason: 'SettingsRefused' },
  PLAN_OUTDATED: { kind: 'permanent', outcome: 'transient', reason: 'PlanOutdated' },
  SERVICE_FAILED: { kind: 'permanent', outcome: 'bad', reason: 'ServiceFailed' },
  SETTINGS_UNREADABLE: { kind: 'permanent', outcome: 'bad', reason: 'SettingsUnreadable' },

  // The order of operations on one node.
  STALE: { kind: 'conflict', outcome: 'transient', reason: 'Stale' },
  BUSY: { kind: 'transient', outcome: 'transient', reason: 'Busy' },
  HELD: { kind: 'permanent', outcome: 'blocked', reason: 'Held' },
  ROLLBACK_IMPOSSIBLE: { kind: 'permanent', outcome: 'blocked', reason: 'RollbackImpossible' },
  CONFIRM_MISMATCH: { kind: 'conflict', outcome: 'transient', reason: 'ConfirmMismatch' },
  CANCELLED: { kind: 'conflict', outcome: 'transient', reason: 'Cancelled' },
  AGENT_UNREACHABLE: { kind: 'transient', outcome: 'transient', reason: 'AgentUnreachable' },

  // The Kubernetes API.
  CONFLICT: { kind: 'conflict', outcome: 'transient', reason: 'Conflict' },
  NOT_FOUND: { kind: 'notFound', outcome: 'transient', reason: 'NotFound' },
  FORBIDDEN: { kind: 'permanent', outcome: 'blocked', reason: 'Forbidden' },
  API_REJECTED: { kind: 'permanent', outcome: 'blocked', reason: 'ApiRejected' },
  API_UNAVAILABLE: { kind: 'transient', outcome: 'transient', reason: 'ApiUnavailable' },
  RESOURCE_EXPIRED: { kind: 'transient', outcome: 'transient', reason: 'ResourceExpired' },
  TOO_MANY_REQUESTS: { kind: 'transient', outcome: 'transient', reason: 'TooManyRequests' },
  CRD_OUTDATED: { kind: 'permanent', outcome: 'blocked', reason: 'CRDOutdated' },
  NOT_LEADING: { kind: 'transient', outcome: 'transient', reason: 'NotLeading' },

  // Programs and everything else.
  COMMAND_FAILED: { kind: 'transient', outcome: 'transient', reason: 'CommandFailed' },
  COMMAND_TIMEOUT: { kind: 'transient', outcome: 'transient', reason: 'CommandTimeout' },
  BUG: { kind: 'bug', outcome: 'transient', reason: 'InternalError' },
} as const satisfies Readonly<Record<string, CodeEntry>>;

/** A machine-readable code of a failure; the closed union of the table's keys. */
export type ErrorCode = keyof typeof errorCodes;

/** A CamelCase word for a failure. */
export type ErrorReason = (typeof errorCodes)[ErrorCode]['reason'];

/** True when the text is one of our codes; used where a code comes over the wire. */
export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(errorCodes, text);
}
