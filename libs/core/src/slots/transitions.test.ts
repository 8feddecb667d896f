import { describe, expect, it } from '@jest/globals';
import type { SlotState } from '../api/agent-status.ts';
import type { BootVars } from './boot-vars.ts';
import {
  candidateOf,
  canChangeSlots,
  changeSlots,
  freshVars,
  slotTransitions,
  withSeq,
  type SlotTransition,
} from './transitions.ts';

const states: readonly SlotState[] = ['empty', 'ready', 'trial', 'good', 'failed'];
const withCandidate = (state: SlotState): BootVars => ({
  ...freshVars('A', 3),
  slots: { A: 'good', B: state },
});

/** What the candidate's state becomes; a dot is a refusal. Columns: empty, ready, trial, good, failed. */
const table: Readonly<Record<SlotTransition, string>> = {
  beginPrepare: 'empty empty . empty empty',
  endPrepare: 'ready . . . .',
  abandonPrepare: 'empty . . . .',
  discard: '. empty . empty .',
  arm: '. trial . trial .',
  commit: '. . good . .',
  giveBack: '. . ready . .',
  giveUp: '. . failed . .',
  consoleRollback: '. . . good .',
  adoptFallback: '. . . good .',
};
const cells = Object.entries(table).flatMap(([name, row]) =>
  row.split(' ').map((to, column) => ({ name, from: states[column] ?? 'empty', to })),
);
const isTransition = (name: string): name is SlotTransition => Object.hasOwn(slotTransitions, name);

describe('the table of slot changes', () => {
  it.each(cells)('$name takes a slot that is $from to: $to', ({ name, from, to }) => {
    if (!isTransition(name)) throw new Error(name);
    const vars = withCandidate(from);
    expect(canChangeSlots(vars, name)).toBe(to !== '.');
    if (to === '.') expect(() => changeSlots(vars, name)).toThrow(/not allowed/);
    else expect(changeSlots(vars, name).slots.B).toBe(to);
  });

  it.each<[SlotTransition, SlotState, BootVars]>([
    ['beginPrepare', 'good', withCandidate('empty')],
    ['endPrepare', 'empty', withCandidate('ready')],
    ['arm', 'ready', { ...withCandidate('trial'), order: ['B', 'A'], left: { A: 0, B: 3 } }],
    ['commit', 'trial', { ...withCandidate('good'), good: 'B', order: ['B'] }],
    ['giveBack', 'trial', withCandidate('ready')],
    ['giveUp', 'trial', withCandidate('failed')],
    ['consoleRollback', 'good', { ...withCandidate('good'), good: 'B', order: ['B'] }],
    ['adoptFallback', 'good', { ...freshVars('B', 3), slots: { A: 'failed', B: 'good' } }],
  ])('%s writes all variables at once', (name, from, after) => {
    expect(changeSlots(withCandidate(from), name)).toEqual(after);
  });

  it('speaks of the slot that is not the default', () => {
    expect(candidateOf(freshVars('B', 0))).toBe('A');
  });

  it('never lowers the sequence number', () => {
    expect(withSeq(freshVars('A', 3), 2).seq).toBe(3);
    expect(withSeq(freshVars('A', 3), 4).seq).toBe(4);
  });
});
