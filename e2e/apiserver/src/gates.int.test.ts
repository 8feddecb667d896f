/** What keeps nodes where they are, and that everybody can read what it is. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { OsStatus } from '@kubeos/core';
import { fastImage } from './fast-node/images.ts';
import { disruptionBudget, lonelyPod } from './pods.fixture.ts';
import { conditionOf, Scene } from './scene.fixture.ts';
import { until } from './until.fixture.ts';

const v1 = fastImage('KubeOS 1.0.0');
const v2 = fastImage('KubeOS 2.0.0');
const v3 = fastImage('KubeOS 3.0.0');

let scene: Scene;

function waitsFor(reason: string): (status: OsStatus) => boolean {
  return (status) => conditionOf(status, 'Ready')?.reason === reason;
}

function examplesOf(os: string, reason: string): readonly string[] | undefined {
  return scene.os(os)?.status.waiting?.find((waiting) => waiting.reason === reason)?.examples;
}

beforeAll(async () => {
  scene = await Scene.open();
  await scene.startOperator();
}, 600_000);

afterAll(() => scene.close(), 180_000);

it.concurrent(
  'B-20: pods that cannot leave let their node be passed over before it is cordoned, and the status names pod and budget',
  async () => {
    const nodes = await scene.addNodes('held', 2, { image: v1 });
    const [first, second] = nodes;
    const budget = scene.watchBudget(first === undefined ? [] : [first]);
    await scene.apply(lonelyPod('db', 'held-1'), disruptionBudget('db', 1));
    await until('the pod to run', () =>
      [...scene.pods.items()].some((pod) => pod.app === 'db' && pod.isReady),
    );
    await scene.createOs('held', { ...scene.upgradeTo(v2), evictpodforce: true });
    await scene.untilOs('held', 'the other node to be through', ({ updated }) => updated === 1);

    expect(second?.running?.image).toBe(v2);
    await scene.untilOs('held', 'the reason', waitsFor('EvictionBlocked'));
    const message = conditionOf(scene.os('held')?.status, 'Ready')?.message;
    expect(message).toContain('default/db is held: PodDisruptionBudget default/db');
    expect(examplesOf('held', 'EvictionBlocked')).toEqual(['held-1']);
    expect(budget.most).toEqual([]);

    await scene.kubectl('delete', 'pdb', 'db');
    await scene.untilUpdated('held');
    expect(first?.running?.image).toBe(v2);
  },
  600_000,
);

it.concurrent(
  'B-06: pods that cannot leave are named when only evictpodforce would let them go',
  async () => {
    await scene.addNodes('local', 1, { image: v1 });
    await scene.apply(lonelyPod('tool', 'local-1'));
    await scene.createOs('local', scene.upgradeTo(v2));
    await scene.untilOs('local', 'the reason', waitsFor('PodBlocksDrain'));

    expect(conditionOf(scene.os('local')?.status, 'Ready')?.message).toContain('default/tool');
    expect(scene.node('local-1')?.unschedulable).toBe(false);
  },
  600_000,
);

it.concurrent(
  'B-18, B-25: a node that is out of service already counts when somebody cordoned it, and keeps that cordon',
  async () => {
    const nodes = await scene.addNodes('foreign', 2, { image: v1 });
    await scene.kubectl('cordon', 'foreign-1');
    await until('the cordon', () => scene.node('foreign-1')?.unschedulable);
    await scene.createOs('foreign', scene.upgradeTo(v2));
    await scene.untilOs('foreign', 'the reason', waitsFor('BudgetSpentOnBrokenNodes'));

    expect(conditionOf(scene.os('foreign')?.status, 'Ready')?.message).toContain('foreign-1');
    expect(examplesOf('foreign', 'ForeignCordon')).toEqual(['foreign-1']);
    expect(scene.node('foreign-2')?.unschedulable).toBe(false);

    await scene.editOs('foreign', { maxunavailable: 2 });
    await until('the other node to be through', () => scene.os('foreign')?.status.updated === 1);
    expect(nodes.map(({ running }) => running?.image)).toEqual([v1, v2]);
    expect(scene.node('foreign-1')).toMatchObject({ unschedulable: true, annotations: {} });

    await scene.kubectl('uncordon', 'foreign-1');
    await scene.untilUpdated('foreign');
  },
  600_000,
);

it.concurrent(
  'B-23, B-25: a node that is out of service already counts when it is not Ready, and one without proxy holds up nobody',
  async () => {
    const nodes = await scene.addNodes('dark', 3, { image: v1 });
    const hasReported = (name: string): boolean => scene.instance(name)?.status.agent !== undefined;
    await nodes[0]?.powerOff();
    await nodes[1]?.stopProxy();
    await scene.kubectl('delete', 'osinstance', 'dark-2');
    await until('the loss', () => scene.node('dark-1')?.ready === false && !hasReported('dark-2'));
    await scene.createOs('dark', scene.upgradeTo(v2));
    await scene.untilOs('dark', 'the reason', waitsFor('BudgetSpentOnBrokenNodes'));
    expect(examplesOf('dark', 'NoProxy')).toEqual(['dark-2']);
    expect(examplesOf('dark', 'NotReady')).toEqual(['dark-1']);

    await scene.editOs('dark', { maxunavailable: 2 });
    await until('the good node to be through', () => scene.os('dark')?.status.updated === 1);
    expect(nodes.map(({ boots }) => boots.length)).toEqual([1, 1, 2]);
  },
  600_000,
);

it.concurrent(
  'what an admin holds back is left alone while the annotation is there',
  async () => {
    const [node] = await scene.addNodes('hold', 1, { image: v1 });
    await scene.kubectl('annotate', 'node', 'hold-1', 'upgrade.openeuler.org/hold=mine');
    await until('the mark', () => Object.keys(scene.node('hold-1')?.annotations ?? {}).length);
    await scene.createOs('hold', scene.upgradeTo(v2));
    await scene.untilOs('hold', 'the reason', waitsFor('Held'));
    expect(scene.instance('hold-1')?.spec).toEqual({ nodestatus: 'idle' });

    await scene.kubectl('annotate', 'node', 'hold-1', 'upgrade.openeuler.org/hold-');
    await scene.untilUpdated('hold');
    expect(node?.running?.image).toBe(v2);
  },
  600_000,
);

it.concurrent(
  'what an admin holds back starts no new node while it is paused, and finishes the one at work',
  async () => {
    const nodes = await scene.addNodes('pause', 2, { image: v1 });
    await scene.createOs('pause', scene.upgradeTo(v2));
    await scene.untilPhase('pause-1', 'Drain');
    await scene.editOs('pause', { paused: true });
    await until('the node at work to be through', () => scene.os('pause')?.status.updated === 1);
    await scene.untilOs('pause', 'the reason', waitsFor('Paused'));

    expect(conditionOf(scene.os('pause')?.status, 'Paused')?.status).toBe('True');
    expect(nodes.map(({ boots }) => boots.length)).toEqual([2, 1]);
    expect(scene.node('pause-2')?.unschedulable).toBe(false);

    await scene.editOs('pause', { paused: false });
    await scene.untilUpdated('pause');
  },
  600_000,
);

it.concurrent(
  'what an admin holds back starts nothing outside the time window',
  async () => {
    const [node] = await scene.addNodes('night', 1, { image: v1 });
    const hour = new Date().getUTCHours();
    const clock = (offset: number): string =>
      `${String((hour + offset) % 24).padStart(2, '0')}:00:00`;
    const later = { starttime: clock(3), endtime: clock(5), timeZone: 'UTC' };
    await scene.createOs('night', { ...scene.upgradeTo(v2), timewindow: later });
    await scene.untilOs('night', 'the reason', waitsFor('OutsideTimeWindow'));
    expect(scene.instance('night-1')?.spec).toEqual({ nodestatus: 'idle' });

    const now = { starttime: clock(22), endtime: clock(2), timeZone: 'UTC' };
    await scene.editOs('night', { timewindow: now });
    await scene.untilUpdated('night');
    expect(node?.running?.image).toBe(v2);
  },
  600_000,
);

it.concurrent(
  'B-24: two objects for the same nodes the older one keeps them, the younger one says so and moves nothing',
  async () => {
    const nodes = await scene.addNodes('both', 2, { image: v1 });
    await scene.createOs('both', { ...scene.upgradeTo(v2), maxunavailable: 2 });
    await until('the older object', () => scene.os('both')?.status.nodes === 2);
    await scene.createOs('younger', { ...scene.upgradeTo(v3), nodeselector: 'both' });
    await scene.untilOs('younger', 'the reason', waitsFor('SelectorConflict'));
    expect(conditionOf(scene.os('younger')?.status, 'Ready')?.message).toContain('default/both');

    await scene.untilUpdated('both');
    expect(nodes.map(({ running, boots }) => [running?.image, boots.length])).toEqual([
      [v2, 2],
      [v2, 2],
    ]);
    expect(waitsFor('SelectorConflict')(scene.os('younger')?.status ?? {})).toBe(true);
  },
  600_000,
);

it.concurrent(
  'B-31: settings that nobody would apply are never taken for applied',
  async () => {
    await scene.addNodes('knobs', 1, { image: v1, capabilities: ['disk', 'rollback'] });
    const sysconfigs = {
      version: 's1',
      configs: [{ model: 'kernel.sysctl', contents: [{ key: 'a', value: 1 }] }],
    };
    await scene.createOs('knobs', { opstype: 'config', osversion: v1.version, sysconfigs });
    await scene.untilOs('knobs', 'the reason', waitsFor('SettingsUnsupported'));
    expect(scene.os('knobs')?.status).toMatchObject({ nodes: 1, updated: 0 });
    expect(conditionOf(scene.os('knobs')?.status, 'SettingsApplied')?.reason).toBe('Pending');
  },
  600_000,
);

it.concurrent(
  'B-26: settings for another version than the node runs wait, and strand nothing',
  async () => {
    await scene.addNodes('stray', 1, { image: v1 });
    const configs = [{ model: 'kernel.sysctl', contents: [{ key: 'a', value: 1 }] }];
    const sysconfigs = { version: 's1', configs };
    await scene.createOs('stray', { opstype: 'config', osversion: v2.version, sysconfigs });
    await scene.untilOs('stray', 'the reason', waitsFor('VersionDiffers'));
    expect(scene.instance('stray-1')?.spec).toEqual({ nodestatus: 'idle' });

    await scene.editOs('stray', { ...scene.upgradeTo(v2), sysconfigs: { configs: [] } });
    await scene.untilUpdated('stray');
  },
  600_000,
);
