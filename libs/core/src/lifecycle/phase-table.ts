/** The phases of an operation as one table: documentation is drawn from it, and no decision leaves it (a test holds that). */
import type { Phase } from '../api/operation.ts';

/** One phase: what is true in it, who moves it on, and where it can go. */
export interface PhaseRow {
  /** What is true of the node. */
  readonly means: string;
  /** Who works, and who writes the next phase. */
  readonly movedBy: string;
  /** What ends the wait when nothing happens. */
  readonly deadline: string;
  /** Phases that can follow, with what leads there. `Closed` is the end. */
  readonly next: Readonly<Partial<Record<Phase | 'Closed', string>>>;
}

const gone = 'the Node is gone, or it is lost and the object is being deleted';

/** Keyed by the phase; upgrades and configurations enter at Prepare, rollbacks at Drain. */
export const phaseTable: Readonly<Record<Phase, PhaseRow>> = {
  Prepare: {
    means:
      'The idle slot is being written and verified, or settings are planned against the node, which still serves.',
    movedBy: 'The agent prepares or plans. The operator admits the node with its ticket.',
    deadline: '120 s without the proxy; 900 s without progress; none once prepared',
    next: {
      Prepare: 'the slot and its digest are known, or what the settings do to the node',
      Drain: 'admitted by the ticket',
      After: 'admitted by the ticket, with settings that neither restart nor reboot',
      Cancel: 'edited, refused, stalled, stopped after failures, or not wanted any more',
      GiveBack: 'the agent failed, or its proxy is silent',
      Closed: gone,
    },
  },
  Drain: {
    means: 'The node holds budget, is cordoned under our name, and its pods are evicted.',
    movedBy: 'The operator cordons, evicts and lists the pods again.',
    deadline: '`drainTimeoutSeconds`; 120 s without the proxy',
    next: {
      Before: 'no pod is left, and `upgradeconfigs` are to be applied',
      Activate: 'no pod is left, seen at least 5 s after the cordon',
      After: 'no pod is left, and the settings of a config need no reboot',
      Cancel: 'deadline, foreign cordon, hold, pods that must not be evicted, edited',
      GiveBack: 'the proxy is silent, or the agent reports an outcome',
      Closed: gone,
    },
  },
  Before: {
    means: 'Settings that belong to the old system (`upgradeconfigs`) are applied.',
    movedBy: 'The agent applies them. The operator looks at the pods again.',
    deadline: '120 s without the proxy; 900 s for the agent; then as Drain',
    next: {
      Activate: 'the settings are in place, and no pod is left',
      Cancel: 'edited, refused for good, stalled, or a reason of Drain',
      GiveBack: 'the proxy is silent, or the agent reports an outcome',
      Closed: gone,
    },
  },
  Activate: {
    means: 'The candidate is armed for a counted number of attempts and the node reboots.',
    movedBy: 'The agent arms and reboots; the report of the next boot moves it on.',
    deadline: 'the boot attempts and the return timer on the node; `NodeLost` is only said',
    next: {
      After: 'the candidate runs on trial in another boot',
      GiveBack: 'returned, fell back, failed, or ran the target already',
      Cancel: 'edited, or the agent refuses for good',
      Closed: gone,
    },
  },
  After: {
    means:
      'The candidate runs on trial, `sysconfigs` are applied, or those of a config alone; the cluster looks at the node.',
    movedBy: 'The agent applies settings. Then the operator, on facts of this very boot.',
    deadline:
      '`confirmTimeoutSeconds` on the node, which then returns by itself; a config without a reboot also 120 s without the proxy and 900 s for the agent',
    next: {
      Confirm: 'everything held without a break for `minReadySeconds`',
      GiveBack:
        'committed without a trial, returned or fell back, or the proxy of a config is silent',
      Cancel: 'edited, settings refused for good, or stalled',
      Closed: gone,
    },
  },
  Confirm: {
    means:
      'The cluster agrees; the agent commits: a slot with one sector write, settings in its records.',
    movedBy: 'The agent commits; after another boot of the trial the operator looks anew.',
    deadline: '`confirmTimeoutSeconds` on the node',
    next: {
      Confirm: 'the trial booted again and was healthy again',
      GiveBack: 'committed, or returned before that',
      Closed: gone,
    },
  },
  Cancel: {
    means: 'Nobody wants the operation any more; the agent stops, disarms or returns.',
    movedBy: 'The agent.',
    deadline: '120 s when Activate was never written; else the deadline of the trial',
    next: { GiveBack: 'the agent has an outcome', Closed: gone },
  },
  GiveBack: {
    means: 'The outcome is known; the node gets its place in the cluster back.',
    movedBy: 'The operator uncordons what it cordoned and closes.',
    deadline: 'none before Activate; then a good slot and a Ready node are waited for',
    next: { Closed: 'uncordoned' },
  },
};
