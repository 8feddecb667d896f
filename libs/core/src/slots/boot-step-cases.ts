/** Cases of the boot loader as plain text, so that the same table runs through `bootStep` and through the real GRUB. */
import type { BootWhy } from '../api/agent-status.ts';
import type { SlotName } from '../api/operation.ts';
import type { BootConditions } from './boot-step.ts';

/** One case. Blocks are `grub-editenv` lines; `undefined` means that there is no file. */
export interface BootStepCase {
  readonly name: string;
  readonly lines: readonly string[] | undefined;
  readonly conditions: BootConditions;
  readonly slot: SlotName | undefined;
  readonly why: BootWhy;
  /** `left_a` and `left_b` afterwards where they changed. */
  readonly leftAfter?: Readonly<Partial<Record<SlotName, number>>>;
}

const fine: BootConditions = { saveOk: true, loadable: { A: true, B: true } };
const noSave: BootConditions = { saveOk: false, loadable: { A: true, B: true } };
const onlyA: BootConditions = { saveOk: true, loadable: { A: true, B: false } };
const onlyB: BootConditions = { saveOk: true, loadable: { A: false, B: true } };
const none: BootConditions = { saveOk: true, loadable: { A: false, B: false } };

const steadyA = (slotB: string): readonly string[] => [
  'good=A',
  'order=A',
  'left_a=0',
  'left_b=0',
  'slot_a=good',
  `slot_b=${slotB}`,
  'seq=7',
];
const trialB = (left: number): readonly string[] => [
  'good=A',
  'order=B A',
  'left_a=0',
  `left_b=${left}`,
  'slot_a=good',
  'slot_b=trial',
  'seq=7',
];
const trialA = (left: number): readonly string[] => [
  'good=B',
  'order=A B',
  `left_a=${left}`,
  'left_b=0',
  'slot_a=trial',
  'slot_b=good',
  'seq=7',
];

/** The table of cases. */
export const bootStepCases: readonly BootStepCase[] = [
  { name: 'boots the default', lines: steadyA('ready'), conditions: fine, slot: 'A', why: 'good' },
  {
    name: 'boots the default without saving',
    lines: steadyA('good'),
    conditions: noSave,
    slot: 'A',
    why: 'good',
  },
  {
    name: 'counts the first attempt',
    lines: trialB(3),
    conditions: fine,
    slot: 'B',
    why: 'trial',
    leftAfter: { B: 2 },
  },
  {
    name: 'counts the second attempt',
    lines: trialB(2),
    conditions: fine,
    slot: 'B',
    why: 'trial',
    leftAfter: { B: 1 },
  },
  {
    name: 'counts the last attempt',
    lines: trialB(1),
    conditions: fine,
    slot: 'B',
    why: 'trial',
    leftAfter: { B: 0 },
  },
  {
    name: 'goes back when the attempts are used up',
    lines: trialB(0),
    conditions: fine,
    slot: 'A',
    why: 'good',
  },
  {
    name: 'counts the other slot alike',
    lines: trialA(3),
    conditions: fine,
    slot: 'A',
    why: 'trial',
    leftAfter: { A: 2 },
  },
  {
    name: 'does not try what it cannot count',
    lines: trialB(3),
    conditions: noSave,
    slot: 'A',
    why: 'good',
  },
  {
    name: 'goes on with the default when the candidate cannot be loaded',
    lines: trialB(3),
    conditions: onlyA,
    slot: 'A',
    why: 'good',
    leftAfter: { B: 2 },
  },
  {
    name: 'stays when neither candidate nor default can be loaded',
    lines: trialB(1),
    conditions: none,
    slot: undefined,
    why: 'unknown',
    leftAfter: { B: 0 },
  },
  {
    name: 'boots the candidate although the default cannot be loaded',
    lines: trialB(2),
    conditions: onlyB,
    slot: 'B',
    why: 'trial',
    leftAfter: { B: 1 },
  },
  {
    name: 'does not fall back to a candidate whose attempts are used up',
    lines: trialB(0),
    conditions: onlyB,
    slot: undefined,
    why: 'unknown',
  },
  {
    name: 'falls back to the other good slot',
    lines: steadyA('good'),
    conditions: onlyB,
    slot: 'B',
    why: 'fallback',
  },
  {
    name: 'does not fall back to a slot never confirmed',
    lines: steadyA('ready'),
    conditions: onlyB,
    slot: undefined,
    why: 'unknown',
  },
  {
    name: 'does not fall back to a failed slot',
    lines: steadyA('failed'),
    conditions: onlyB,
    slot: undefined,
    why: 'unknown',
  },
  {
    name: 'does not fall back to an empty slot',
    lines: steadyA('empty'),
    conditions: onlyB,
    slot: undefined,
    why: 'unknown',
  },
  {
    name: 'ignores attempts without a trial',
    lines: steadyA('ready').with(1, 'order=B A').with(3, 'left_b=3'),
    conditions: fine,
    slot: 'A',
    why: 'good',
  },
  {
    name: 'ignores a trial that does not stand first',
    lines: trialB(3).with(1, 'order=A'),
    conditions: fine,
    slot: 'A',
    why: 'good',
  },
  {
    name: 'ignores a count out of range',
    lines: trialB(3).with(3, 'left_b=9'),
    conditions: fine,
    slot: 'A',
    why: 'good',
  },
  {
    name: 'does not trust a count that a second line hides',
    lines: [...trialB(3), 'left_b=3'],
    conditions: fine,
    slot: 'A',
    why: 'good',
  },
  {
    name: 'takes A when there is no block',
    lines: undefined,
    conditions: fine,
    slot: 'A',
    why: 'lastresort',
  },
  {
    name: 'takes B when there is no block and no A',
    lines: undefined,
    conditions: onlyB,
    slot: 'B',
    why: 'lastresort',
  },
  {
    name: 'stays when there is no block and no slot',
    lines: undefined,
    conditions: none,
    slot: undefined,
    why: 'unknown',
  },
  {
    name: 'takes A when the block names no slot',
    lines: ['good=C', 'order=B A', 'left_b=3', 'slot_b=trial'],
    conditions: fine,
    slot: 'A',
    why: 'lastresort',
  },
  {
    name: 'takes A when only others wrote into the block',
    lines: ['saved_entry=B'],
    conditions: fine,
    slot: 'A',
    why: 'lastresort',
  },
];
