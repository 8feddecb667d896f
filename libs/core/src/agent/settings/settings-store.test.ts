import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { KubeosError } from '../../errors/index.ts';
import type { SettingsPlan } from '../../settings/plan-settings.ts';
import { MemorySettings } from '../memory-settings.fixture.ts';
import { changeSlots, freshVars, type BootVars } from '../../slots/index.ts';
import { emptyRecord, type RecordedOperation } from '../record.ts';
import type { KnownWorld } from '../world.ts';
import { beginChange, isOverdue, fateOf } from './decide-settings.ts';
import { createSettingsStore, type SettingsStore } from './settings-store.ts';
import {
  lostSettings,
  noSettings,
  parseSettingsState,
  renderSettingsState,
  type SettingsState,
} from './settings-state.ts';

class PowerCut extends Error {}

/** Files and PERSIST of a node whose power fails after a number of writes. */
class CuttableSettings {
  readonly memory = new MemorySettings(async (_name, effect) => {
    if (this.writes >= this.cutAfter) throw new PowerCut();
    this.writes += 1;
    effect();
  });
  writes = 0;
  cutAfter = Infinity;

  constructor() {
    this.memory.files.clear();
    for (const [path, text] of Object.entries(old)) this.memory.files.set(path, text);
  }

  get files(): Record<string, string> {
    return Object.fromEntries(this.memory.files);
  }

  store(): SettingsStore {
    const log = { debug: ignore, info: ignore, warn: ignore, error: ignore };
    return createSettingsStore({ ...this.memory.deps(), log });
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
  reboot: false,
  ...options,
});

const old = { '/etc/a': 'old a', '/etc/b': 'old b' };
const changed = { '/etc/a': 'new a', '/etc/b': 'new b', '/etc/c': 'new c' };
const set = { version: 's1' };
const report = {
  models: [],
  disruption: 'none',
  pendingRestarts: [],
  rebootPending: false,
} as const;

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
    report,
    confirmTimeoutSeconds: 300,
  });
}

async function cutAt(
  node: CuttableSettings,
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
  it.each([
    ['the new set when it was recorded', 'Committed' as const, changed],
    ['the old one else', undefined, old],
  ])('after a power cut at any write is never a mix: %s', async (_name, result, expected) => {
    const worldOf = (bootId: string): KnownWorld =>
      worldIn({ bootId, record: { ...emptyRecord('machine-1', 2), operation: operation(result) } });
    await fc.assert(
      fc.asyncProperty(fc.nat(8), fc.array(fc.nat(8), { maxLength: 3 }), async (first, later) => {
        const node = new CuttableSettings();
        await cutAt(node, first, () => node.store().carryThrough(worldIn(), change(worldIn())));
        const wasBegun = first > 0;
        for (const writes of later) {
          await cutAt(node, writes, () => node.store().settle(worldOf('boot-2')));
        }
        const state = await node.store().settle(worldOf('boot-3'));
        const isNew = wasBegun && result === 'Committed';
        expect(node.files).toEqual(wasBegun ? expected : old);
        expect(state.change).toBeUndefined();
        expect(state.wanted.after?.set).toEqual(isNew ? set : undefined);
      }),
    );
  });

  it('is taken back when the trial it belongs to is over, also by a power cut at any write', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(8), fc.array(fc.nat(8), { maxLength: 3 }), async (first, later) => {
        const node = new CuttableSettings();
        await cutAt(node, first, () => node.store().carryThrough(inTrial, change(inTrial)));
        for (const writes of later) await cutAt(node, writes, () => node.store().settle(returned));
        const state = await node.store().settle(returned);
        expect(node.files).toEqual(old);
        expect(state).toEqual(noSettings);
      }),
    );
  });

  it('goes over a file that cannot be read any more', async () => {
    const node = new CuttableSettings();
    node.memory.readFault = new KubeosError('SETTINGS_UNREADABLE', 'no text');
    await node.store().carryThrough(worldIn(), change(worldIn()));
    expect(node.files).toEqual(changed);
  });

  it('stays once its trial is confirmed', async () => {
    const node = new CuttableSettings();
    await node.store().carryThrough(inTrial, change(inTrial));
    expect((await node.store().settle(inTrial)).undo).toMatchObject({ slot: 'B' });
    const state = await node.store().settle(confirmed);
    expect(state).toEqual({ wanted: { after: { set, report, slot: 'B' } } });
    expect(node.files).toEqual(changed);
  });

  it('keeps the files as they were before the first of several changes of a trial', async () => {
    const node = new CuttableSettings();
    const first = await node.store().carryThrough(inTrial, change(inTrial));
    const again = planOf({ files: [{ path: '/etc/a', before: 'new a', after: 'newer a' }] });
    await node.store().carryThrough(inTrial, change(inTrial, again, first));
    await node.store().settle(returned);
    expect(node.files).toEqual(old);
  });

  it('restarts a program again when it is taken back in the same boot', async () => {
    const node = new CuttableSettings();
    const world = worldIn();
    const state = await node
      .store()
      .carryThrough(world, change(world, planOf({ restarts: ['kubelet.service'] })));
    expect(node.memory.restarted).toEqual([]);
    node.memory.broken.set('kubelet.service', 'it is down');
    if (state.undo === undefined) throw new Error('nothing was kept');
    await node.store().giveBack(world, state, state.undo);
    expect(node.memory.restarted).toEqual(['kubelet.service']);
    expect(node.files).toEqual(old);
  });

  it.each([
    ['has started', ['kubelet.service' as const]],
    ['has not started yet', []],
  ])('restarts only what the boot in which it is taken back %s', async (_name, running) => {
    const node = new CuttableSettings();
    for (const unit of running) node.memory.running.add(unit);
    await node
      .store()
      .carryThrough(worldIn(), change(worldIn(), planOf({ restarts: ['kubelet.service'] })));
    await node.store().settle(worldIn({ bootId: 'boot-2' }));
    expect(node.memory.restarted).toEqual(running);
    expect(node.files).toEqual(old);
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
    ['goes on while the operation is open', withResult(undefined), 'undecided'],
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
    expect(fateOf(seen, undo)).toBe(verdict);
  });

  it('is overdue after its time', () => {
    const state = change(world, restarting);
    expect(isOverdue({ ...withResult(undefined), uptimeSeconds: 399 }, state)).toBe(false);
    expect(isOverdue({ ...withResult(undefined), uptimeSeconds: 400 }, state)).toBe(true);
    expect(isOverdue({ ...withResult('Committed'), uptimeSeconds: 400 }, state)).toBe(false);
    expect(isOverdue({ ...inTrial, uptimeSeconds: 9999 }, change(inTrial))).toBe(false);
  });
});

describe('settings that belong before a switch', () => {
  const world = worldIn();
  const { undo } = beginChange(world, noSettings, {
    seq: 2,
    phase: 'Before',
    set,
    plan: planOf({ restarts: ['kubelet.service'] }),
    report,
    confirmTimeoutSeconds: 300,
  });
  const at = (options: Partial<RecordedOperation>) =>
    worldIn({
      record: {
        ...emptyRecord('machine-1', 2),
        operation: { ...operation(undefined), type: 'upgrade', phase: 'Before', ...options },
      },
    });

  it.each([
    ['are undecided while they are put in place', at({ state: 'Running' }), 'undecided'],
    ['stay once they are in place', at({ result: 'Configured' }), 'kept'],
    ['stay in the trial of the slot', at({ phase: 'Activate', result: 'Armed' }), 'kept'],
    ['go when they are cancelled half way', at({ phase: 'Cancel', result: 'Cancelled' }), 'over'],
    ['go when another operation has begun', worldIn(), 'over'],
  ] as const)('%s', (_name, seen, fate) => {
    if (undo === undefined) throw new Error('nothing was kept');
    expect(fateOf(seen, undo)).toBe(fate);
  });

  it('have no deadline', () => {
    expect(undo).not.toHaveProperty('deadlineUptimeSeconds');
  });
});

describe('the file of the settings', () => {
  it('is nothing when there is none', () => {
    expect(parseSettingsState(undefined, 'machine-1')).toEqual(noSettings);
  });

  it('is read as it was written', () => {
    const state = beginChange(inTrial, noSettings, {
      seq: 2,
      phase: 'After',
      set,
      plan: planOf({
        kernel: [{ path: 'vm/swappiness', value: '10', before: '60', askedBy: [0, 0] }],
        restarts: ['kubelet.service'],
        pendingRestarts: ['containerd.service'],
        rebootPending: true,
      }),
      report,
      confirmTimeoutSeconds: 300,
    });
    const text = renderSettingsState(state, 'machine-1');
    expect(parseSettingsState(text, 'machine-1')).toEqual(state);
  });

  it.each([
    ['no JSON', '{'],
    ['another schema', '{"schema":2,"node":"machine-1","wanted":{}}'],
    ['another node', '{"schema":1,"node":"machine-2","wanted":{}}'],
  ])('is lost when it is %s', (_name, text) => {
    expect(parseSettingsState(text, 'machine-1')).toEqual(lostSettings);
  });
});
