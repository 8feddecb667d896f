/** The invariants of the design that a simulation checks after every step, by the name that a failing run shows. */
const invariants = {
  AlwaysBootable:
    'at every instant, power cuts included, the boot loader finds a slot that reaches the agent',
  BootedSlotUntouched: 'the slot that runs is never written',
  VerifiedBeforeBoot: 'what boots was verified in full',
  ConfirmedByCluster: 'a candidate becomes good only when it is healthy',
  WithinBudget: 'never more nodes out of service because of us than `maxunavailable` says',
  InsideWindow: 'nothing starts outside the window, while paused, or after too many failures',
  CanaryFirst: 'no node is prepared or admitted before all canaries, none after one that failed',
  BatchesApart: 'between two batches of admissions lies `timeinterval`',
  OneAtATime: 'in serial mode only nodes of the batch are admitted, and none while one is at work',
  AdmittedByTicket: 'no operation is admitted but by a ticket that was written first',
  ForeignCordonKept: 'a cordon that is not ours is never removed',
  DrainedBeforeReboot: 'no reboot with pods that the drain promised to move',
  GivenBackWhole: 'a node goes back to the cluster only from a confirmed slot',
  HoldKept: 'a node that was held when it was cordoned loses no pod',
  SettingsWhole: 'between two changes the settings of a node are one whole set',
  SettingsTrue: 'a set that is said to hold is what the node has',
  SettingsConfirmed: 'settings that programs were restarted for stay only when the node works',
  BoundedStatus: '`OS.status` stays small whatever the fleet',
  Progress: 'once the faults cease the fleet arrives, or says what it waits for',
  NoBusyLoop: 'nothing retries for ever at full speed',
  NoDefect: 'no program meets a failure that it calls a bug of its own',
} as const;

/** An invariant of the design. */
export type InvariantName = keyof typeof invariants;
/** All invariants. */
export const invariantNames = Object.keys(invariants) as InvariantName[];

/** One broken invariant: what, where, and what was seen. */
export interface Violation {
  readonly invariant: InvariantName;
  readonly message: string;
}

/** Takes the first violation; a run ends with the step that broke something. */
export type ReportViolation = (invariant: InvariantName, message: string) => void;
