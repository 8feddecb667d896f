/** What the menu is for a person, and what is left of it after a power cut. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { changeSlots, freshVars, newBlock } from '@kubeos/core';
import { grubPasswordHash } from '@kubeos/imaging';
import { findImageTools, type ImageTools } from '@kubeos/vm';
import { prepareGrubDisks, type GrubDisk, type GrubDisks } from './grub-disk.ts';
import { runGrub, type GrubEnd, type GrubRun } from './grub-machine.ts';

const whole = { A: 'whole', B: 'whole' } as const;
const opens = 'ESC opens the menu';
const escape = '\x1b';
/** Comes with the menu only. */
const drawn = "`c' for a command-line";
const trial = newBlock(changeSlots(changeSlots(freshVars('A', 1), 'endPrepare'), 'arm'));

let folder: string;
let tools: ImageTools;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubeos-grub-'));
  tools = await findImageTools();
});
afterAll(async () => rm(folder, { recursive: true }));

async function run(disk: GrubDisk, more: Partial<GrubRun> = {}): Promise<GrubEnd> {
  return runGrub({ tools, disk: disk.path, firmware: 'bios', ...more });
}

describe('the menu of a node', () => {
  const options = { watchdogSeconds: 77, passwordHash: grubPasswordHash('secret', 'seed') };
  let quick: GrubDisks;
  /** Those wait for a person who is slow: before they start something, or when nothing could be started. */
  let patient: GrubDisks;
  let stranded: GrubDisks;

  beforeAll(async () => {
    const make = async (name: string, menuSeconds: number, restartSeconds: number) => {
      const place = join(folder, name);
      await mkdir(place);
      return prepareGrubDisks(place, tools, { ...options, menuSeconds, restartSeconds });
    };
    quick = await make('quick', 0, 2);
    patient = await make('patient', 60, 2);
    stranded = await make('stranded', 0, 60);
  });

  it('B-57: takes the options of the image, which those of the node win over', async () => {
    const { words } = await run(await quick.make(whole));
    const [path, root, ...others] = words;
    expect([path, root]).toEqual([
      'BOOT_IMAGE=/boot/vmlinuz',
      'root=PARTUUID=5ab0c0de-0000-8000-8000-000000000002',
    ]);
    expect(others.slice(0, 4)).toEqual(['image=whole', 'two', 'ro', 'rootfstype=ext4']);
    expect(others.slice(-3)).toEqual(['panic=5', 'kubeos.slot=A', 'kubeos.why=good']);
  });

  it('makes a trial give up instead of hanging', async () => {
    const disk = await quick.make(whole);
    await disk.write('grubenv', trial);
    const { words } = await run(disk);
    expect(words.slice(words.indexOf('kubeos.slot=B'))).toEqual([
      ...['kubeos.slot=B', 'kubeos.why=trial', 'panic=10', 'oops=panic', 'softlockup_panic=1'],
      ...['hung_task_panic=1', 'kubeos.watchdog=77'],
    ]);
  });

  it.each(['bios', 'uefi'] as const)(
    'lets a person pick a slot after ESC, without counting, on %s',
    async (firmware) => {
      const disk = await patient.make(whole);
      await disk.write('grubenv', trial);
      const types = [[opens, escape] as const, [drawn, 'b'] as const];
      const { words } = await run(disk, { firmware, types });
      expect(words).toEqual(expect.arrayContaining(['kubeos.slot=B', 'kubeos.why=manual']));
      expect(words).toContain('kubeos.watchdog=77');
      expect(await disk.read('grubenv')).toEqual(Buffer.from(trial));
    },
  );

  it('lets a person restart the machine', async () => {
    const types = [[opens, escape] as const, [drawn, '\r'] as const];
    expect(await run(await patient.make(whole), { types })).toMatchObject({ kind: 'restart' });
  });

  it('restarts by itself when nothing could be started', async () => {
    const { kind, text } = await run(await quick.make({ A: 'empty', B: 'empty' }));
    expect(kind).toBe('restart');
    expect(text).toContain('no slot can be started. Restarting in 2 seconds');
  });

  it('lets a person open the menu when nothing could be started', async () => {
    const types = [['seconds, ESC opens the menu', escape] as const, [drawn, 'a'] as const];
    const disk = await stranded.make({ A: 'empty', B: 'empty' });
    const { text } = await run(disk, { types, until: 'slot A, manual' });
    expect(text).toContain('slot A, manual');
  });

  it('asks for the password before anything is edited', async () => {
    const types: GrubRun['types'] = [
      ...([[opens, escape] as const, [drawn, 'c'] as const] as const),
      ...([['username', 'root\r'] as const, ['password', 'wrong\r'] as const] as const),
      ...([[drawn, 'c'] as const, ['username', 'root\r'] as const] as const),
      ...([['password', 'secret\r'] as const, ['grub>', 'echo al""low\r'] as const] as const),
    ];
    const disk = await patient.make(whole);
    expect(await run(disk, { types, until: 'allow' })).toMatchObject({ kind: 'until' });
  });

  it('boots no partition but that of the slot', async () => {
    const disk = await quick.make(whole);
    const other = quick.grubConfig.replaceAll('5ab0c0de-0000-8000', '5ab0c0de-0000-8001');
    await disk.write('grub.cfg', other);
    expect(await run(disk, { until: 'no slot can be started' })).toMatchObject({ kind: 'until' });
  });
});

describe('a menu that a power cut has left', () => {
  let disks: GrubDisks;

  beforeAll(async () => {
    disks = await prepareGrubDisks(folder, tools, { menuSeconds: 0 });
  });

  /** A disk with another menu as copy: what boots says by its words which one it came from. */
  async function withCopy(menu: Uint8Array | string | undefined): Promise<GrubDisk> {
    const disk = await disks.make(whole);
    await disk.write('grub.cfg', menu);
    await disk.write('grub.cfg.bak', disks.grubConfig.replaceAll('panic=5', 'panic=6'));
    return disk;
  }

  const fractions = [0.1, 0.3, 0.5, 0.7, 0.9].map((part) => [`cut at ${part}`, part] as const);
  it.each(fractions)('takes the copy of a menu that is %s', async (_, part) => {
    const { grubConfig } = disks;
    const { words } = await run(
      await withCopy(grubConfig.slice(0, Math.floor(grubConfig.length * part))),
    );
    expect(words).toEqual(expect.arrayContaining(['panic=6', 'kubeos.menu=fallback']));
    expect(words).toEqual(expect.arrayContaining(['kubeos.slot=A', 'kubeos.why=good']));
  });

  it.each<readonly [string, (whole: Buffer) => Buffer | undefined]>([
    ['gone', () => undefined],
    ['empty', () => Buffer.alloc(0)],
    ['without its last brace', (text) => text.subarray(0, text.lastIndexOf('}'))],
    ['zeros', (text) => text.fill(0)],
    [
      'something else',
      (text) => text.map((byte, place) => (byte * 7 + place * 31) & 0xff) as Buffer,
    ],
  ])('takes the copy of a menu that is %s', async (_, spoil) => {
    const { words } = await run(await withCopy(spoil(Buffer.from(disks.grubConfig))));
    expect(words).toEqual(expect.arrayContaining(['panic=6', 'kubeos.menu=fallback']));
    expect(words).toEqual(expect.arrayContaining(['kubeos.slot=A', 'kubeos.why=good']));
  });

  // Without these openings the lines behind them are no longer part of the function.
  const openings = ['function kubeos_menu', "menuentry 'A'", "menuentry 'B'", 'if sleep'];
  it.each(openings)('carries out nothing behind a damaged place: %s', async (opening) => {
    const menu = Buffer.from(disks.grubConfig);
    const start = menu.indexOf(opening);
    const disk = await withCopy(menu.fill(0, start, menu.indexOf('\n', start)));
    await disk.write('grubenv', trial);
    const { words } = await run(disk);
    expect(words).toEqual(expect.arrayContaining(['panic=6', 'kubeos.menu=fallback']));
    expect(words).toEqual(expect.arrayContaining(['kubeos.slot=B', 'kubeos.why=trial']));
    expect((await disk.read('grubenv')).toString()).toContain('left_b=2\n');
  });

  it('counts an attempt once when it takes the copy', async () => {
    const disk = await withCopy('function kubeos_menu {\n');
    await disk.write('grubenv', trial);
    const { words } = await run(disk);
    expect(words).toEqual(expect.arrayContaining(['kubeos.slot=B', 'kubeos.why=trial']));
    expect((await disk.read('grubenv')).toString()).toContain('left_b=2\n');
  });

  it('takes the menu of the image when both are broken', async () => {
    const disk = await withCopy(undefined);
    await disk.write('grub.cfg.bak', 'function kubeos_menu {\n');
    const { words } = await run(disk);
    expect(words).toEqual(expect.arrayContaining(['panic=5', 'kubeos.menu=fallback']));
    expect(words).toContain('kubeos.why=good');
  });

  it('boots on BIOS when the whole boot partition is lost', async () => {
    const disk = await disks.make(whole);
    await disk.wipe();
    const { words } = await run(disk);
    expect(words).toEqual(expect.arrayContaining(['kubeos.slot=A', 'kubeos.why=lastresort']));
  });

  it('takes the copy on EFI too', async () => {
    const { words } = await run(await withCopy(disks.grubConfig.slice(0, 3000)), {
      firmware: 'uefi',
    });
    expect(words).toEqual(expect.arrayContaining(['panic=6', 'kubeos.menu=fallback']));
  });
});
