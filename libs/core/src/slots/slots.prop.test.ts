import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { SlotName } from '../api/operation.ts';
import { bootStep } from './boot-step.ts';
import {
  newBlock,
  parseBootBlock,
  renderSector,
  writeBootVars,
  type BootVars,
} from './boot-vars.ts';
import { envVariable, envVariables, readEnvLines, renderEnvLines } from './env-block.ts';
import {
  candidateOf,
  canChangeSlots,
  changeSlots,
  freshVars,
  slotTransitions,
  type SlotTransition,
} from './transitions.ts';

const transitions = (Object.keys(slotTransitions) as SlotTransition[]).filter(
  (name) => name !== 'adoptFallback',
);
const steps = fc.array(
  fc.oneof(
    fc.constantFrom(...transitions),
    fc.constant('reboot' as const),
    fc.constant('rebootUnsaved' as const),
  ),
  { maxLength: 40 },
);

interface Node {
  readonly vars: BootVars;
  readonly block: Uint8Array;
  readonly booted: SlotName;
}

/** A slot can be loaded when its content is whole: not while it is empty. */
const loadable = (vars: BootVars): Record<SlotName, boolean> => ({
  A: vars.slots.A !== 'empty',
  B: vars.slots.B !== 'empty',
});

/** What the agent may do at all: it never prepares, arms or goes back unless it runs in the default slot. */
function mayHappen(node: Node, name: SlotTransition): boolean {
  if (!canChangeSlots(node.vars, name)) return false;
  return name === 'commit'
    ? node.booted === candidateOf(node.vars)
    : node.booted === node.vars.good;
}

function write(node: Node, vars: BootVars): Node {
  const change = writeBootVars(node.block, vars);
  expect(change.kind).toBe('sector');
  const block = Uint8Array.from(node.block);
  block.set(change.bytes);
  return { ...node, vars, block };
}

function boot(node: Node, saveOk: boolean): Node {
  const step = bootStep(node.block, { saveOk, loadable: loadable(node.vars) });
  const parsed = parseBootBlock(step.block);
  if (step.slot === undefined || step.block === undefined || parsed.kind !== 'ok') {
    throw new Error('nothing boots');
  }
  return { vars: parsed.vars, block: step.block, booted: step.slot };
}

function run(start: Node, names: readonly string[], check: (node: Node) => void): void {
  let node = start;
  for (const name of names) {
    if (name === 'reboot' || name === 'rebootUnsaved') node = boot(node, name === 'reboot');
    else if (mayHappen(node, name as SlotTransition)) {
      node = write(node, changeSlots(node.vars, name as SlotTransition));
    }
    check(node);
  }
}

const start: Node = {
  vars: freshVars('A', 0),
  block: newBlock(freshVars('A', 0)),
  booted: 'A',
};
const plain = fc.string({
  unit: fc.constantFrom('a', 'Z', '0', '_', '.', ' ', '\\', '\n', '#'),
  maxLength: 12,
});
const foreign = fc.array(
  fc.tuple(fc.stringMatching(/^[a-z]{1,8}_x$/), plain).map(([name, value]) => ({ name, value })),
  { maxLength: 5 },
);

describe('slots', () => {
  it('always leave a slot that boots', () => {
    fc.assert(
      fc.property(steps, (names) => {
        run(start, names, (node) => {
          for (const saveOk of [true, false]) boot(node, saveOk);
        });
      }),
    );
  });

  it('never mark the booted slot empty and never boot one that is', () => {
    fc.assert(
      fc.property(steps, (names) => {
        run(start, names, ({ vars, booted }) => {
          expect(vars.slots[booted]).not.toBe('empty');
        });
      }),
    );
  });

  it('have attempts left only in a trial, and the default is always good', () => {
    fc.assert(
      fc.property(steps, (names) => {
        run(start, names, ({ vars }) => {
          expect(vars.slots[vars.good]).toBe('good');
          expect(vars.left[vars.good]).toBe(0);
          if (vars.slots[candidateOf(vars)] !== 'trial') {
            expect({ left: vars.left, order: vars.order }).toEqual({
              left: { A: 0, B: 0 },
              order: [vars.good],
            });
          }
        });
      }),
    );
  });

  it('keep the variables of others in their order', () => {
    fc.assert(
      fc.property(foreign, steps, (others, names) => {
        const lines = others.map(({ name, value }) => envVariable(name, value));
        const empty = renderEnvLines(lines, 1024) ?? new Uint8Array();
        const block = writeBootVars(empty, start.vars).bytes.slice();
        const whole = new Uint8Array(1024).fill(0x23);
        whole.set(block);
        run({ ...start, block: whole }, names, (node) => {
          const kept = (readEnvLines(node.block) ?? []).slice(0, lines.length);
          expect(kept).toEqual(lines);
        });
      }),
    );
  });

  it('read back every value that was escaped', () => {
    fc.assert(
      fc.property(plain, (value) => {
        const block = renderEnvLines([envVariable('x', value)], 512) ?? new Uint8Array();
        expect(envVariables(readEnvLines(block) ?? []).get('x')).toBe(value);
      }),
    );
  });

  it('show the old or the new variables when a write is torn at sector bounds', () => {
    fc.assert(
      fc.property(steps, steps, (first, second) => {
        let before = start;
        run(start, first, (node) => (before = node));
        let after = before;
        run(before, second, (node) => (after = node));
        const sector = renderSector(before.block, after.vars);
        for (const written of [0, 512]) {
          const torn = Uint8Array.from(before.block);
          torn.set(sector.subarray(0, written));
          const expected = written === 0 ? before.vars : after.vars;
          expect(parseBootBlock(torn)).toEqual({ kind: 'ok', vars: expected });
        }
        expect(sector).toHaveLength(512);
      }),
    );
  });
});
