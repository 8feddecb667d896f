import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { SettingsPlan } from '../../settings/plan-settings.ts';
import { changeSlots, freshVars, type BootVars } from '../../slots/index.ts';
import { emptyRecord, type RecordedOperation } from '../record.ts';
import type { KnownWorld } from '../world.ts';
import { beginChange, isOverdue, judgeTrial } from './decide-settings.ts';
import { createSettingsStore, type SettingsStore } from './settings-store.ts';
import { noSettings, parseSettingsState, type SettingsState } from './settings-state.ts';

class PowerCut extends Error {}

/** Files and PERSIST of a node whose power fails after a number of writes. */
class MemorySettings {
  readonly files = new Map<string, string>([
    ['/etc/a', 'old a'],
    ['/etc/b', 'old b'],
  ]);
  stateText: string | undefined;
  restarted: string[] = [];
  problem: string | undefined;
  writes = 0;
  cutAfter = Infinity;

  store(): SettingsStore {
    return createSettingsStore({
      state: {
        read: async () => this.stateText,
        write: async (text) => this.#write(() => (this.stateText = text)),
      },
      files: {
        read: async (path) => this.files.get(path),
        write: async (path, text) =>
          this.#write(() =>
            text === undefined ? this.files.delete(path) : this.files.set(path, text),
          ),
        readKernel: async () => undefined,
        writeKernel: async () => undefined,
      },
      units: {
        check: async () => undefined,
        restart: async (unit) => {
          this.restarted.push(unit);
          return this.problem;
        },
      },
      log: { debug: ignore, info: ignore, warn: ignore, error: ignore },
    });
  }

  #write(effect: () => void): void {
    if (this.writes >= this.cutAfter) throw new PowerCut();
    this.writes += 1;
    effect();
  }
}

const ignore = (): undefined => undefined;

function worldIn(options: Partial<KnownWorld> & { readonly bootId?: string } = {}): KnownWorld {
  const { bootId = 'boot-1', ...rest } = options;
  return {
    block: undefined,
    facts: { bootId, bootedSlot: 'A', why: 'good', version: 'v1', machineId: 'machine-1' },
    uptimeSeconds: 100,
    vars: freshVars('A', 1),
    varsAreWritten: true,
    record: emptyRecord('machine-1', 1),
    rebooting: false,
    booted: 'A',
    ...rest,
  };
}

const planOf = (options: Partial<SettingsPlan> = {}): SettingsPlan => ({
  models: [],
  files: [
    { path: '/etc/a', before: 'old a', after: 'new a' },
    { path: '/etc/b', before: 'old b', after: 'new b' },
    { path: '/etc/c', after: 'new c' },
  ],
  kernel: [],
  restarts: [],
  pendingRestarts: [],
  rebootPending: false,
  ...options,
});

const old = { '/etc/a': 'old a', '/etc/b': 'old b' };
const changed = { '/etc/a': 'new a', '/etc/b': 'new b', '/etc/c': 'new c' };
const set = { version: 's1', models: [] };

function change(
  world: KnownWorld,
  plan = planOf(),
  state: SettingsState = noSettings,
): SettingsState {
  return beginChange(world, state, {
    seq: 2,
    phase: 'After',
    set,
    plan,
    confirmTimeoutSeconds: 300,
  });
}

async function cutAt(
  node: MemorySettings,
  writes: number,
  work: () => Promise<unknown>,
): Promise<void> {
  node.cutAfter = node.writes + writes;
  try {
    await work();
  } catch (error) {
    if (!(error instanceof PowerCut)) throw error;
  }
  node.cutAfter = Infinity;
}

/** The sector of a node whose slot B is on trial. */
const trialVars: BootVars = changeSlots(changeSlots(freshVars('A', 2), 'endPrepare'), 'arm');
const inTrial = worldIn({ vars: trialVars, booted: 'B', bootId: 'boot-2' });
const confirmed = worldIn({
  vars: changeSlots(trialVars, 'commit'),
  booted: 'B',
  bootId: 'boot-2',
});
const returned = worldIn({ vars: changeSlots(trialVars, 'giveBack'), bootId: 'boot-3' });

const operation = (result: RecordedOperation['result']): RecordedOperation => ({
  id: 'x',
  seq: 2,
  type: 'config',
  phase: 'After',
  state: 'Done',
  ...(result === undefined ? {} : { result }),
});

describe('B-40: a change of settings', () => {
  it('is the old or the new set after a power cut at any write, and never a mix', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(8), fc.array(fc.nat(8), { maxLength: 3 }), async (first, later) => {
        const node = new MemorySettings();
        await cutAt(node, first, () => node.store().carryThrough(worldIn(), change(worldIn())));
        const wasBegun = first > 0;
        for (const writes of later) {
          await cutAt(node, writes, () => node.store().settle(worldIn({ bootId: 'boot-2' })));
        }
        const state = await node.store().settle(worldIn({ bootId: 'boot-3' }));
        expect(Object.fromEntries(node.files)).toEqual(wasBegun ? changed : old);
        expect(state.change).toBeUndefined();
        expect(state.wanted.after).toEqual(wasBegun ? set : undefined);
      }),
    );
  });

  it('is taken back when the trial it belongs to is over, also by a power cut at any write', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(8), fc.array(fc.nat(8), { maxLength: 3 }), async (first, later) => {
        const node = new MemorySettings();
        await cutAt(node, first, () => node.store().carryThrough(inTrial, change(inTrial)));
        for (const writes of later) await cutAt(node, writes, () => node.store().settle(returned));
        const state = await node.store().settle(returned);
        expect(Object.fromEntries(node.files)).toEqual(old);
        expect(state).toEqual(noSettings);
      }),
    );
  });

  it('stays once its trial is confirmed', async () => {
    const node = new MemorySettings();
    await node.store().carryThrough(inTrial, change(inTrial));
    expect((await node.store().settle(inTrial)).undo).toMatchObject({ slot: 'B' });
    const state = await node.store().settle(confirmed);
    expect(state).toEqual({ wanted: { after: set } });
    expect(Object.fromEntries(node.files)).toEqual(changed);
  });

  it('keeps the files as they were before the first of several changes of a trial', async () => {
    const node = new MemorySettings();
    const first = await node.store().carryThrough(inTrial, change(inTrial));
    const again = planOf({ files: [{ path: '/etc/a', before: 'new a', after: 'newer a' }] });
    await node.store().carryThrough(inTrial, change(inTrial, again, first));
    await node.store().settle(returned);
    expect(Object.fromEntries(node.files)).toEqual(old);
  });

  it('restarts a program again when it is taken back in the same boot', async () => {
    const node = new MemorySettings();
    const world = worldIn();
    const state = await node
      .store()
      .carryThrough(world, change(world, planOf({ restarts: ['kubelet.service'] })));
    expect(node.restarted).toEqual([]);
    node.problem = 'it is down';
    if (state.undo === undefined) throw new Error('nothing was kept');
    await node.store().giveBack(world, state, state.undo);
    expect(node.restarted).toEqual(['kubelet.service']);
    expect(Object.fromEntries(node.files)).toEqual(old);
  });

  it('restarts nothing that a boot has started with the old files', async () => {
    const node = new MemorySettings();
    await node
      .store()
      .carryThrough(worldIn(), change(worldIn(), planOf({ restarts: ['kubelet.service'] })));
    await node.store().settle(worldIn({ bootId: 'boot-2' }));
    expect(node.restarted).toEqual([]);
    expect(Object.fromEntries(node.files)).toEqual(old);
  });

  it('remembers in which boot it will count', () => {
    const first = change(worldIn(), planOf({ rebootPending: true }));
    expect(first.rebootPendingIn).toBe('boot-1');
    expect(change(worldIn(), planOf(), first).rebootPendingIn).toBe('boot-1');
  });
});

describe('settings on trial', () => {
  const world = worldIn();
  const restarting = planOf({ restarts: ['kubelet.service'] });
  const { undo } = change(world, restarting);
  const withResult = (result: RecordedOperation['result']) =>
    worldIn({ record: { ...emptyRecord('machine-1', 2), operation: operation(result) } });

  it.each([
    ['goes on while the operation is open', withResult(undefined), 'goesOn'],
    ['is kept once it is confirmed', withResult('Committed'), 'kept'],
    ['is over when it is cancelled', withResult('Cancelled'), 'over'],
    ['is over when nothing is known of it', worldIn(), 'over'],
    [
      'is over after a reboot',
      { ...withResult(undefined), facts: { ...world.facts, bootId: 'boot-2' } },
      'over',
    ],
  ] as const)('%s', (_name, seen, verdict) => {
    if (undo === undefined) throw new Error('nothing was kept');
    expect(judgeTrial(seen, undo)).toBe(verdict);
  });

  it('is overdue after its time', () => {
    const state = change(world, restarting);
    expect(isOverdue({ ...withResult(undefined), uptimeSeconds: 399 }, state)).toBe(false);
    expect(isOverdue({ ...withResult(undefined), uptimeSeconds: 400 }, state)).toBe(true);
    expect(isOverdue({ ...withResult('Committed'), uptimeSeconds: 400 }, state)).toBe(false);
    expect(isOverdue({ ...inTrial, uptimeSeconds: 9999 }, change(inTrial))).toBe(false);
  });
});

describe('the file of the settings', () => {
  it.each([
    ['no file', undefined],
    ['no JSON', '{'],
    ['another schema', '{"schema":2,"node":"machine-1","wanted":{}}'],
    ['another node', '{"schema":1,"node":"machine-2","wanted":{}}'],
  ])('counts as empty when it is %s', (_name, text) => {
    expect(parseSettingsState(text, 'machine-1')).toEqual(noSettings);
  });
});
