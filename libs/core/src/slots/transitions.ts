/** Every change of the two slots, as one table. */
import type { BootWhy, SlotState } from '../api/agent-status.ts';
import { otherSlot, slotNames, type SlotName } from '../api/operation.ts';
import { KubeosError } from '../errors/index.ts';
import { bootAttempts, bySlot, type BootVars } from './boot-vars.ts';

interface TransitionRow {
  /** States of the candidate (the slot that is not `good` in the sector) in which the change is allowed. */
  readonly from: readonly SlotState[];
  /** State of the candidate afterwards. */
  readonly to: SlotState;
  /** What becomes of the default: it is kept, or the candidate becomes it and the former one gets this state. */
  readonly default: 'kept' | { readonly formerBecomes: SlotState };
  /** What makes it happen. */
  readonly when: string;
}

/**
 * The table of the changes; documentation is drawn from it and `changeSlots` carries it out. A change writes all
 * variables in one sector write, so that a power cut leaves the row before or the row after.
 */
export const slotTransitions = {
  beginPrepare: {
    from: ['empty', 'ready', 'good', 'failed'],
    to: 'empty',
    default: 'kept',
    when: 'Prepare begins: nothing may boot the slot from before the first byte on',
  },
  endPrepare: {
    from: ['empty'],
    to: 'ready',
    default: 'kept',
    when: 'Prepare ends: everything was read back and the version is the wanted one',
  },
  abandonPrepare: {
    from: ['empty'],
    to: 'empty',
    default: 'kept',
    when: 'Prepare fails or is cancelled',
  },
  discard: {
    from: ['ready', 'good'],
    to: 'empty',
    default: 'kept',
    when: 'The content is not what was verified, or nothing is known of a slot never confirmed',
  },
  arm: {
    from: ['ready', 'good'],
    to: 'trial',
    default: 'kept',
    when: 'Activate: the candidate boots first, for a counted number of attempts',
  },
  commit: {
    from: ['trial'],
    to: 'good',
    default: { formerBecomes: 'good' },
    when: 'Confirm: the cluster or a person agrees',
  },
  giveBack: {
    from: ['trial'],
    to: 'ready',
    default: 'kept',
    when: 'Return or disarm: nothing speaks against the content',
  },
  giveUp: {
    from: ['trial'],
    to: 'failed',
    default: 'kept',
    when: 'Return: the attempts did not reach the agent',
  },
  consoleRollback: {
    from: ['good'],
    to: 'good',
    default: { formerBecomes: 'good' },
    when: 'A person at the console goes back to a slot once confirmed',
  },
  adoptFallback: {
    from: ['good'],
    to: 'good',
    default: { formerBecomes: 'failed' },
    when: 'The boot loader could not load the default and booted the other good slot',
  },
} as const satisfies Readonly<Record<string, TransitionRow>>;

/** The name of a change. */
export type SlotTransition = keyof typeof slotTransitions;

/** The slot that a change is about: the one that is not the default. */
export function candidateOf(vars: BootVars): SlotName {
  return otherSlot(vars.good);
}

/** True when the table allows the change now. */
export function canChangeSlots(vars: BootVars, transition: SlotTransition): boolean {
  const from: readonly SlotState[] = slotTransitions[transition].from;
  return from.includes(vars.slots[candidateOf(vars)]);
}

/** Carries out one row of the table. Throws `SLOT_REFUSED` when the candidate is not in a state the row starts from. */
export function changeSlots(vars: BootVars, transition: SlotTransition): BootVars {
  const candidate = candidateOf(vars);
  if (!canChangeSlots(vars, transition)) {
    throw new KubeosError(
      'SLOT_REFUSED',
      `Slot ${candidate} is ${vars.slots[candidate]}; ${transition} is not allowed from there`,
      { details: { slot: candidate, state: vars.slots[candidate], transition } },
    );
  }
  const row: TransitionRow = slotTransitions[transition];
  const isArmed = row.to === 'trial';
  const former = row.default === 'kept' ? 'good' : row.default.formerBecomes;
  const good = row.default === 'kept' ? vars.good : candidate;
  return {
    good,
    order: isArmed ? [candidate, good] : [good],
    left: bySlot(candidate, isArmed ? bootAttempts : 0, 0),
    slots: bySlot(candidate, row.to, former),
    seq: vars.seq,
  };
}

/** The same with the highest sequence number raised. */
export function withSeq(vars: BootVars, seq: number): BootVars {
  return seq > vars.seq ? { ...vars, seq } : vars;
}

/**
 * The variables of a node whose block is lost: the last recorded result where there is one that the boot does not speak
 * against, else the booted slot is good and nothing is known of the other.
 */
export function rebuiltVars(
  booted: SlotName,
  recorded: BootVars | undefined,
  why: BootWhy,
): BootVars {
  const isUsable = recorded !== undefined && !isRefuted(recorded, booted, why);
  return isUsable ? recorded : freshVars(booted, recorded?.seq ?? 0);
}

/** True when the running system could not run as it does if the record were of now. */
function isRefuted(recorded: BootVars, booted: SlotName, why: BootWhy): boolean {
  switch (why) {
    case 'lastresort':
      // Without a block the boot loader takes the first slot that it can load, confirmed or not: that one runs proves
      // nothing, but a default that stands before it could not be loaded.
      return recorded.good !== booted && booted !== slotNames[0];
    case 'manual':
      return false;
    default:
      // The block that the boot loader still read named this slot. A record by which it cannot boot is older: of a system
      // that was installed here before, or from before PERSIST was full.
      return recorded.slots[booted] === 'empty' || recorded.slots[booted] === 'failed';
  }
}

/** The variables of a node of which only the booted slot is known. */
export function freshVars(booted: SlotName, seq: number): BootVars {
  return {
    good: booted,
    order: [booted],
    left: { A: 0, B: 0 },
    slots: bySlot(booted, 'good', 'empty'),
    seq,
  };
}
