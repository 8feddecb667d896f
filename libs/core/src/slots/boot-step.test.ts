import { describe, expect, it } from '@jest/globals';
import { slotNames } from '../api/operation.ts';
import { bootStep } from './boot-step.ts';
import { bootStepCases } from './boot-step-cases.ts';
import { newBlock, parseBootBlock } from './boot-vars.ts';
import { envVariable, envVariables, readEnvLines, renderEnvLines } from './env-block.ts';
import { changeSlots, freshVars } from './transitions.ts';

const blockOf = (lines: readonly string[] | undefined): Uint8Array | undefined =>
  lines &&
  renderEnvLines(
    lines.map((line) => {
      const [name = '', value = ''] = line.split('=');
      return envVariable(name, value);
    }),
    1024,
  );
const leftOf = (block: Uint8Array | undefined): (string | undefined)[] => {
  const variables = envVariables((block && readEnvLines(block)) ?? []);
  return slotNames.map((slot) => variables.get(slot === 'A' ? 'left_a' : 'left_b'));
};

describe('the boot loader', () => {
  it.each(bootStepCases)('$name', ({ lines, conditions, slot, why, leftAfter }) => {
    const before = blockOf(lines);
    const step = bootStep(before, conditions);
    expect({ slot: step.slot, why: step.why }).toEqual({ slot, why });
    const [a, b] = leftOf(before);
    const counted = [leftAfter?.A ?? a, leftAfter?.B ?? b];
    expect(leftOf(step.block)).toEqual(counted.map((left) => left?.toString()));
  });

  it('B-01: gives a candidate three attempts, then goes back by itself', () => {
    const armed = changeSlots(changeSlots(freshVars('A', 1), 'endPrepare'), 'arm');
    let block: Uint8Array | undefined = newBlock(armed);
    const boots: (string | undefined)[] = [];
    for (let boot = 0; boot < 5; boot += 1) {
      const step = bootStep(block, { saveOk: true, loadable: { A: true, B: true } });
      boots.push(`${step.slot ?? '-'} ${step.why}`);
      block = step.block;
    }
    expect(boots).toEqual(['B trial', 'B trial', 'B trial', 'A good', 'A good']);
    expect(parseBootBlock(block)).toMatchObject({ vars: { good: 'A', left: { A: 0, B: 0 } } });
  });
});
