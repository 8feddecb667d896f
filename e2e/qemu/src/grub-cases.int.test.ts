/** The table of the boot loader, through the real GRUB. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bootStep, bootStepCases, envBlockBytes, type BootConditions } from '@kubeos/core';
import { findImageTools, type ImageTools } from '@kubeos/vm';
import { prepareGrubDisks, type GrubDisks, type SlotKind } from './grub-disk.ts';
import { runGrub, type GrubRun } from './grub-machine.ts';

const header = '# GRUB Environment Block\n';
const blockOf = (lines: readonly string[]): Buffer =>
  Buffer.from((header + lines.map((line) => `${line}\n`).join('')).padEnd(envBlockBytes, '#'));
const fine: BootConditions = { saveOk: true, loadable: { A: true, B: true } };
const trial = [
  ...['good=A', 'order=B A', 'left_a=0', 'left_b=3'],
  ...['slot_a=good', 'slot_b=trial', 'seq=7'],
];
const withLine = (place: number, line: string): Buffer => blockOf(trial.with(place, line));
/** Blocks that no agent writes. */
const strangeBlocks: readonly (readonly [string, Buffer])[] = [
  ['an order of one', withLine(1, 'order=B')],
  ['an order without a blank', withLine(1, 'order=BA')],
  ['an order that begins with a blank', withLine(1, 'order= B A')],
  ['an order with a tab', withLine(1, 'order=B\tA')],
  ['a slot with a blank behind it', withLine(0, 'good=A ')],
  ['a slot in lower case', withLine(0, 'good=a')],
  ['an operator for a slot', withLine(0, 'good=!')],
  ['code for a slot', withLine(0, 'good=$(reboot)";]')],
  ['a count with a zero before it', withLine(3, 'left_b=03')],
  ['a count with a blank behind it', withLine(3, 'left_b=3 ')],
  ['an escaped count', withLine(3, 'left_b=\\3')],
  ['a state with more behind it', withLine(5, 'slot_b=trials')],
  ['two slots of which the last one counts', blockOf([...trial, 'good=B'])],
  ['the other slot first, then this one', blockOf(['good=B', ...trial])],
  ['variables that are not ours', blockOf([...trial, 'root=hd9', 'kubeos_disk=hd9', 'default=1'])],
  ['a comment among them', blockOf(['# by hand', ...trial])],
  ['nothing', Buffer.alloc(0)],
  ['another header', Buffer.from(blockOf(trial).toString().replace('Block', 'block'))],
  ['one sector only', blockOf(trial).subarray(0, 512)],
  ['a torn end, so that GRUB saves nothing', blockOf(trial).fill(0, 512)],
];
const stays = 'no slot can be started';

const [uuidA, uuidB] = [2, 3].map((number) => `5ab0c0de-0000-8000-8000-00000000000${number}`);

let folder: string;
let tools: ImageTools;
let disks: GrubDisks;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubeos-grub-'));
  tools = await findImageTools();
  disks = await prepareGrubDisks(folder, tools, { menuSeconds: 0 });
});
afterAll(async () => rm(folder, { recursive: true }));

interface Case {
  readonly block: Uint8Array | undefined;
  readonly conditions?: BootConditions;
  readonly firmware?: GrubRun['firmware'];
  /** What a slot is that cannot be loaded. */
  readonly broken?: SlotKind;
}

/** What GRUB does, in the terms of `bootStep`; the block is what is on the disk afterwards. */
async function grubStep({ block, conditions = fine, firmware = 'bios', broken = 'empty' }: Case) {
  const { saveOk, loadable } = conditions;
  const disk = await disks.make({
    A: loadable.A ? 'whole' : broken,
    B: loadable.B ? 'whole' : broken,
  });
  await disk.write('grubenv', block);
  const run = { tools, disk: disk.path, firmware, isReadOnly: !saveOk, until: stays };
  const { kind, words } = await runGrub(run);
  const valueOf = (name: string): string | undefined =>
    words.findLast((word) => word.startsWith(`${name}=`))?.slice(name.length + 1);
  const after = block === undefined ? undefined : await disk.read('grubenv');
  expect(valueOf('root')).toBe(
    { A: `PARTUUID=${uuidA}`, B: `PARTUUID=${uuidB}` }[valueOf('kubeos.slot') ?? ''],
  );
  return {
    slot: valueOf('kubeos.slot'),
    why: kind === 'until' ? 'unknown' : valueOf('kubeos.why'),
    block: after?.toString('latin1'),
  };
}

function expected({ block, conditions = fine }: Case) {
  const step = bootStep(block, conditions);
  return { ...step, block: step.block && Buffer.from(step.block).toString('latin1') };
}

describe('GRUB on BIOS', () => {
  it.each(bootStepCases)('$name', async ({ lines, conditions, slot, why }) => {
    const asked: Case = { block: lines && blockOf(lines), conditions };
    const step = await grubStep(asked);
    expect(step).toMatchObject({ slot, why });
    expect(step).toEqual(expected(asked));
  });

  const loadable = { A: false, B: false };
  it.each<SlotKind>(['noKernel', 'badKernel', 'noInitrd', 'noBytes', 'badInitrd'])(
    'does not load a slot with %s',
    async (broken) => {
      const block = blockOf(trial);
      for (const conditions of [
        { ...fine, loadable: { A: true, B: false } },
        { ...fine, loadable },
      ]) {
        const asked: Case = { block, conditions, broken };
        expect(await grubStep(asked)).toEqual(expected(asked));
      }
    },
  );

  it.each(strangeBlocks)('reads a block as we do: %s', async (_, block) => {
    expect(await grubStep({ block })).toEqual(expected({ block }));
  });
});

describe('GRUB on EFI', () => {
  const names = ['counts the first attempt', 'does not try what it cannot count'];
  const more = ['goes on with the default when the candidate cannot be loaded'];
  const few = bootStepCases.filter(({ name }) => [...names, ...more].includes(name));
  it.each(few)('$name', async ({ lines, conditions }) => {
    const asked: Case = { block: lines && blockOf(lines), conditions, firmware: 'uefi' };
    expect(await grubStep(asked)).toEqual(expected(asked));
  });
});
