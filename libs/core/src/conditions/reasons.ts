/** What every condition and every reason means, for the reference pages. Reasons of errors are in the error table. */

/** Meaning by reason. */
export type Reasons = Readonly<Record<string, string>>;

/** A condition that KubeOS sets. */
export interface ConditionMeaning {
  readonly kind: 'OS' | 'OSInstance';
  readonly type: string;
  readonly writer: 'operator' | 'proxy';
  /** What status True says. */
  readonly whenTrue: string;
  /** Reasons of this condition alone; beside them stand those why work waits, or those of errors. */
  readonly reasons: Reasons;
}

const meanings = [
  {
    kind: 'OS',
    type: 'Ready',
    writer: 'operator',
    whenTrue: 'Every selected node is as wanted.',
    reasons: {
      AllNodesUpdated: 'Every selected node runs the wanted version, confirmed.',
      NoNodes: 'The selector chooses no node.',
      NodesNotUpdated: 'Some nodes are not as wanted yet.',
    },
  },
  {
    kind: 'OS',
    type: 'Progressing',
    writer: 'operator',
    whenTrue: 'Nodes are at work.',
    reasons: {
      NodesAtWork: 'Operations are open.',
      NothingToDo: 'Nothing is at work and nothing waits.',
    },
  },
  {
    kind: 'OS',
    type: 'Degraded',
    writer: 'operator',
    whenTrue: 'Nodes failed the target.',
    reasons: {
      NodesFailed: 'The named nodes failed the target.',
      NoFailures: 'No node failed the target.',
    },
  },
  {
    kind: 'OS',
    type: 'Paused',
    writer: 'operator',
    whenTrue: 'No new node starts, because somebody asked for it.',
    reasons: { NotPaused: '`spec.paused` is not set.' },
  },
  {
    kind: 'OS',
    type: 'DigestDiffers',
    writer: 'operator',
    whenTrue: 'Nodes run the wanted version from another image.',
    reasons: {
      SameVersionOtherDigest: 'Only a new version text moves such nodes.',
      DigestsMatch: 'No node is known to run the wanted version from another image.',
    },
  },
  {
    kind: 'OS',
    type: 'SettingsApplied',
    writer: 'operator',
    whenTrue:
      'The settings of the object are in force on every selected node. Absent where it carries none.',
    reasons: {
      Applied: 'Nothing speaks against it.',
      KeysRefused: 'A node could not apply a setting; the message names the node, the key and why.',
      ContentDiffers:
        'A node has another content and nothing will bring it: only a new version text of the set, or opstype `config`, does.',
      Drifted: 'A node was found to have another value; the message names it.',
      Pending: 'Nodes do not have the set yet.',
    },
  },
  {
    kind: 'OS',
    type: 'SettingsWarning',
    writer: 'operator',
    whenTrue: 'Words of the settings were accepted that should be mended.',
    reasons: {
      ToBeMended: 'The message names them.',
      NoWarnings: 'There are none.',
    },
  },
  {
    kind: 'OSInstance',
    type: 'Admitted',
    writer: 'operator',
    whenTrue: 'The node may be taken out of service.',
    reasons: {
      Admitted: 'The node is within the budget.',
      NoOperation: 'No operation is open.',
    },
  },
  {
    kind: 'OSInstance',
    type: 'Drained',
    writer: 'operator',
    whenTrue: 'Every pod that has to leave has left.',
    reasons: { Drained: 'Seen in a list after the cordon.', NoOperation: 'No operation is open.' },
  },
  {
    kind: 'OSInstance',
    type: 'Progressing',
    writer: 'operator',
    whenTrue: 'An operation is open; the reason is what it waits for.',
    reasons: { NoOperation: 'No operation is open.' },
  },
  {
    kind: 'OSInstance',
    type: 'UpToDate',
    writer: 'proxy',
    whenTrue: 'The node runs the version of its last operation, confirmed.',
    reasons: {
      Confirmed: 'The booted slot is good and holds the wanted version.',
      OtherVersion: 'Another version is running, or is in the slot.',
      NotConfirmed: 'The wanted version is running on trial.',
      NoOperation: 'Nothing was asked of this node yet.',
      NoAgentStatus: 'The agent has not told its status yet.',
    },
  },
  {
    kind: 'OSInstance',
    type: 'Prepared',
    writer: 'proxy',
    whenTrue: 'The idle slot can be booted and holds the wanted version.',
    reasons: {
      SlotReady: 'The idle slot was verified.',
      SlotEmpty: 'The idle slot must not be booted.',
      SlotFailed: 'The idle slot did not prove good.',
    },
  },
  {
    kind: 'OSInstance',
    type: 'RebootPending',
    writer: 'proxy',
    whenTrue: 'A reboot, or a restart of kubelet or containerd, has yet to come.',
    reasons: {
      Armed: 'The candidate becomes the default for a counted number of attempts.',
      SettingsPending: 'Settings were changed that count with the next boot.',
      RestartPending: 'The files of the named programs were changed, and nobody asked to restart.',
      NotArmed: 'No reboot is asked for.',
    },
  },
  {
    kind: 'OSInstance',
    type: 'ConfigApplied',
    writer: 'proxy',
    whenTrue: 'The wanted settings are in force.',
    reasons: {
      Applied: 'The sets of the named versions are in force.',
      NoSettings: 'No settings were asked of this node.',
      KeysRefused: 'The named settings cannot be applied on this node; the others are.',
      Drifted: 'The node was found to have the named settings otherwise.',
      Pending: 'The set of the named version is not applied, or not any more.',
      NotReported: 'The agent does not report settings.',
    },
  },
  {
    kind: 'OSInstance',
    type: 'Degraded',
    writer: 'proxy',
    whenTrue: 'A person should look at the node.',
    reasons: {
      AsExpected: 'Nothing is wrong.',
      UnknownProblem: 'A newer part reported an error that this one does not know.',
      BootEnvRebuilt: 'The boot environment block was unreadable and was rebuilt.',
      RecordsLost: 'The records of the agent were lost; the node does not know what it was told.',
      RecordsForeign: 'The records on PERSIST are of another node and are not used.',
      ForeignBoot: 'The booted slot is neither good nor on trial: somebody chose it by hand.',
      AmbiguousDisk: 'More than one disk has the labels of the slots; nothing is written.',
      PersistFull: 'PERSIST has no room for the records.',
      PersistFailed: 'PERSIST cannot be written: it is read-only or its disk fails.',
      UpstreamBootEnv: 'The boot loader configuration is that of upstream: no automatic fallback.',
      FellBack: 'The boot loader gave up the slot that was asked for.',
      SettingsStuck: 'A change of settings can be neither finished nor undone.',
    },
  },
] as const satisfies readonly ConditionMeaning[];

/** The conditions of both kinds. */
export const conditionMeanings: readonly ConditionMeaning[] = meanings;

/** Why a fleet or a node waits: in `OS.status.waiting`, messages, Ready, Progressing, Admitted and Drained. */
export const waitReasons = {
  InvalidSpec: 'The object has a mistake; the message names the field.',
  Retiring: 'KubeOS is being uninstalled; what is open is ended first.',
  Deleting: 'The object is being deleted; what is open is finished.',
  SelectorConflict: 'An older object selects some of the same nodes; this one moves nothing.',
  CRDOutdated: 'The served CRDs are older than the operator; apply those of its release.',
  Paused: '`spec.paused` is set.',
  MaxFailuresReached: 'As many nodes failed as `maxFailures` allows; no new one starts.',
  CanaryFailed: 'A canary failed; no other node starts.',
  CanaryPending: 'The canaries come first; the message says what they wait for.',
  OutsideTimeWindow: 'The maintenance window is closed; the message says when it opens.',
  MaxUnavailableZero: '`maxunavailable` allows no node.',
  BudgetSpent: 'As many nodes are at work as may be out of service.',
  BudgetSpentOnBrokenNodes: 'Nodes that are not Ready or are cordoned use up the budget.',
  TimeInterval: 'The next batch has to wait for `timeinterval`.',
  NotInBatch: 'The node comes with a later batch.',
  Queued: 'The node waits for its turn.',
  BusyWithOther: 'Another object has an operation open on the node.',
  Unreadable:
    'This version cannot read an OSInstance or the ticket of an OS; the message says where.',
  NoProxy: 'os-proxy of the node has not reported yet.',
  NodeUnread: 'os-proxy has not been able to read its Node yet.',
  ReportForeign: 'The report is of another Node of the same name.',
  ReportStale: 'The report is of another boot.',
  UnownedTrial:
    'The node tries a slot or settings that no operation asked for; its timer ends that.',
  Held: 'The node is held by the annotation or since a rollback at its console.',
  InstanceDeleting: 'The OSInstance of the node is being deleted.',
  NodeDeleting: 'The Node is being deleted.',
  NotSelected: 'The object does not select the node any more.',
  ForeignCordon: 'Somebody else cordoned the node.',
  NotReady: 'The Node is not Ready.',
  AmbiguousDisk: 'More than one disk has the labels of the slots.',
  SettingsUnsupported: 'The agent of the node does not apply settings.',
  VersionDiffers: 'Settings are for another version than the running one.',
  ImageTypeUnsupported:
    'The agent of the node is of a version that cannot fetch this type of image.',
  RollbackImpossible:
    'The other slot does not hold the wanted version or must not be booted, or the agent cannot roll back.',
  AttemptsExhausted: 'The target was activated as often as allowed, without success.',
  PodBlocksDrain: 'A pod keeps data on the node or has no owner; the message names it.',
  EvictionBlocked: 'A disruption budget or a webhook lets a pod not go; the message names it.',
  LocalStorage: 'The pod keeps data in an emptyDir volume.',
  Unmanaged: 'The pod has no owner that would create it again.',
  Preparing: 'The image is being fetched and verified, or the settings are being planned.',
  Prepared:
    'The image is in the idle slot, or the settings are planned; the node waits for its turn.',
  Configuring: 'The agent is applying settings.',
  ProxyPending: 'os-proxy has not read the phase yet.',
  Draining: 'Pods are leaving; the message names them.',
  DrainSettling: 'The node is empty; a last look follows.',
  ActivateRefused: 'The agent refuses to switch; the message says why.',
  Rebooting: 'The node is on its way into the other slot.',
  NotInTrial: 'The node does not run the candidate on trial.',
  TargetDiffers: 'The agent reports another slot, digest or version than the target.',
  OsImageDiffers: 'The Node reports another version than the target.',
  LeaseNotRenewed:
    'The kubelet has not renewed its lease often enough since the boot, or since its settings.',
  DaemonSetsNotReady: 'DaemonSet pods of the node are not Ready; the message names them.',
  MinReadySeconds: 'The node has to stay good for `minReadySeconds`.',
  Confirming: 'The agent is asked to confirm.',
  Cancelling: 'The agent is asked to stop.',
  GivingBack: 'The node is being given back.',
} as const satisfies Reasons;

/** How operations end, beside the reasons of errors; in events and in `spec.history`. */
export const endingReasons = {
  Confirmed: 'The new system, or the settings, were confirmed.',
  Done: 'The operation is complete.',
  Cancelled: 'The operation was cancelled.',
  Superseded: 'The object asks for something else now.',
  ObjectDeleted: 'The object was deleted.',
  NotSelected: 'The object does not select the node any more.',
  Held: 'The node was held before its first pod was evicted.',
  ForeignCordon: 'Somebody else cordoned the node.',
  MaxFailuresReached: 'Other nodes failed before this one was taken out of service.',
  DrainTimeout: 'Pods were left after `drainTimeoutSeconds`; the message names them.',
  PodBlocksDrain: 'A pod cannot be evicted.',
  ProxySilent: 'os-proxy did not answer.',
  Stalled: 'No new byte of the image came for too long, or settings were not applied in time.',
  Interrupted: 'The trial ended while the operator could not see it.',
  RecordsLost: 'The node came back without its records.',
  NodeLost: 'The node has not reported for long; it stays cordoned until it does.',
  NodeGone: 'The Node is gone.',
  Failed: 'The agent gave no reason.',
} as const satisfies Reasons;

/** A reason of {@link waitReasons}. */
export type WaitName = keyof typeof waitReasons;
/** A reason of {@link endingReasons}. */
export type EndingName = keyof typeof endingReasons;
/** A reason that a condition has for itself. */
export type ConditionReasonName = KeysOf<(typeof meanings)[number]['reasons']>;

type KeysOf<T> = T extends unknown ? keyof T : never;
