/** Settings that go with another version: before the switch, and in the trial after it. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { FastNode } from './fast-node/fast-node.ts';
import { fastImage } from './fast-node/images.ts';
import {
  kubeletFilePath,
  kubeletFileText,
  limitsPath,
  readNodeFile,
} from './fast-node/system-root.ts';
import { conditionOf, Scene } from './scene.fixture.ts';
import {
  addNode,
  entry,
  followCourse,
  kernelLines,
  untilConfigured,
  untilReported,
  untilSettings,
} from './settings.fixture.ts';

const v1 = fastImage('KubeOS 1.0.0');
const v2 = fastImage('KubeOS 2.0.0');
const oldLines = ['root=PARTLABEL=ROOT-A ro quiet', 'root=PARTLABEL=ROOT-B ro quiet'];
const newLimits = '# limits\nroot hard nofile 65535\n';
const upgradeconfigs = {
  version: 'u1',
  configs: [entry('pam.limits', { root: 'hard.nofile.65535' })],
};

let scene: Scene;

/** What both sets and nothing else of them have left on a node that went back. */
async function expectOnlyBefore(node: FastNode): Promise<void> {
  const { status } = scene.instance(node.name) ?? {};
  expect(await readNodeFile(node.root, limitsPath)).toBe(newLimits);
  expect(await readNodeFile(node.root, kubeletFilePath)).toBe(kubeletFileText);
  expect(await kernelLines(node)).toEqual(oldLines);
  expect(status?.upgradeconfigs).toEqual(upgradeconfigs);
  expect(status).not.toHaveProperty('sysconfigs');
  expect(node.running?.image).toBe(v1);
  expect(scene.node(node.name)).toMatchObject({ ready: true, unschedulable: false });
}

beforeAll(async () => {
  scene = await Scene.open();
  await scene.startOperator();
}, 600_000);

afterAll(() => scene.close(), 180_000);

it.concurrent(
  'B-16: an upgrade applies one set before the switch and one after it, and the kernel lines are those of the right slots',
  async () => {
    const node = await addNode(scene, 'both', { image: v1 });
    const course = followCourse(scene, 'both-1');
    const before = {
      version: 'u1',
      configs: [
        ...upgradeconfigs.configs,
        entry('grub.cmdline.current', { old: 'before' }),
        entry('grub.cmdline.next', { new: 'before' }),
      ],
    };
    const after = {
      version: 's1',
      configs: [
        entry('kernel.sysctl', { 'vm.swappiness': 10 }),
        entry('grub.cmdline.current', { old: 'after', left: 1 }),
        entry('grub.cmdline.next', { new: 'after', come: 1 }),
        entry('kubernetes.kubelet', { maxPods: 200 }, { restart: true }),
      ],
    };
    const upgrade = scene.upgradeTo(v2);
    await scene.createOs('both', { ...upgrade, upgradeconfigs: before, sysconfigs: after });
    await scene.untilPhase('both-1', 'Activate');
    expect(await readNodeFile(node.root, limitsPath)).toBe(newLimits);
    expect(await readNodeFile(node.root, kubeletFilePath)).toBe(kubeletFileText);
    expect(await kernelLines(node)).toEqual([
      `${oldLines[0]} old=before`,
      `${oldLines[1]} new=before`,
    ]);
    await untilSettings(scene, 'both', 'Applied');
    await scene.untilUpdated('both');

    expect(course.phases).toEqual([
      'Prepare',
      'Drain',
      'Before',
      'Activate',
      'After',
      'Confirm',
      'GiveBack',
    ]);
    expect([...course.labels]).toEqual(['upgrading']);
    expect(await kernelLines(node)).toEqual([
      `${oldLines[0]} old=after left=1`,
      `${oldLines[1]} new=after come=1`,
    ]);
    expect(await readNodeFile(node.root, 'proc/sys/vm/swappiness')).toBe('10\n');
    expect(await readNodeFile(node.root, kubeletFilePath)).toMatch(/^maxPods: 200 /);
    const { spec, status } = scene.instance('both-1') ?? {};
    expect(spec?.sysconfigs?.configs?.map(({ model }) => model)).toEqual([
      'kernel.sysctl',
      'grub.cmdline.next',
      'grub.cmdline.current',
      'kubernetes.kubelet',
    ]);
    expect(status?.sysconfigs).toEqual(spec?.sysconfigs);
    expect(status?.upgradeconfigs).toEqual(before);
    expect(conditionOf(status, 'ConfigApplied')).toMatchObject({ reason: 'Applied' });
    expect(node.boots).toHaveLength(2);
  },
  600_000,
);

it.concurrent(
  'an image that does not come up leaves what was applied before the switch, and nothing of what was to follow',
  async () => {
    const node = await addNode(scene, 'crash', { image: v1 });
    const sysconfigs = {
      version: 's1',
      configs: [
        entry('kubernetes.kubelet', { maxPods: 200 }),
        entry('grub.cmdline.next', { audit: 1 }),
      ],
    };
    const upgrade = scene.upgradeTo(fastImage(v2.version, { reaches: 'kernel' }));
    await scene.createOs('crash', { ...upgrade, upgradeconfigs, sysconfigs });
    await scene.untilStopped('crash');

    expect(await scene.lastOf('crash-1')).toMatchObject({ class: 'bad', reason: 'BootFailed' });
    await expectOnlyBefore(node);
    expect(conditionOf(scene.os('crash')?.status, 'SettingsApplied')?.reason).toBe('Pending');
  },
  600_000,
);

it.concurrent(
  'settings with which the new system is never Ready go back with it, and those from before the switch stay',
  async () => {
    const node = await addNode(scene, 'weary', { image: v1 });
    const sysconfigs = {
      version: 's1',
      configs: [
        entry('kubernetes.kubelet', { resolvConf: '/no/such/file' }, { restart: true }),
        entry('grub.cmdline.current', { left: 1 }),
        entry('grub.cmdline.next', { come: 1 }),
      ],
    };
    await scene.createOs('weary', { ...scene.upgradeTo(v2), upgradeconfigs, sysconfigs });
    await untilConfigured(scene, 'weary-1');
    expect(await kernelLines(node)).toEqual([`${oldLines[0]} left=1`, `${oldLines[1]} come=1`]);
    node.passTime(601);
    await scene.untilStopped('weary');

    expect(await scene.lastOf('weary-1')).toMatchObject({
      class: 'unconfirmed',
      reason: 'NotConfirmed',
    });
    await expectOnlyBefore(node);
    await untilReported(scene, 'weary-1', 'RebootPending', 'NotArmed');
  },
  600_000,
);

it.concurrent(
  'a program that does not come up in the trial takes the node back, with the evidence',
  async () => {
    const node = await addNode(scene, 'stale', { image: v1 });
    const configs = [entry('kubernetes.kubelet', { maxPods: -1 }, { restart: true })];
    const sysconfigs = { version: 's1', configs };
    await scene.createOs('stale', { ...scene.upgradeTo(v2), upgradeconfigs, sysconfigs });
    await scene.untilStopped('stale');

    expect(await scene.lastOf('stale-1')).toMatchObject({ class: 'bad', reason: 'ServiceFailed' });
    expect((await scene.lastOf('stale-1'))?.message).toContain('its state is failed');
    await expectOnlyBefore(node);
  },
  600_000,
);

it.concurrent(
  'B-53: a set that is refused before the switch leaves the node on its system',
  async () => {
    const node = await addNode(scene, 'barred', { image: v1 });
    const stray = {
      version: 'u1',
      configs: [entry('pam.limits', { root: 'hard.nofile.1' }, { configpath: '/etc/limits.conf' })],
    };
    await scene.createOs('barred', { ...scene.upgradeTo(v2), upgradeconfigs: stray });
    await scene.untilStopped('barred');
    expect(await scene.lastOf('barred-1')).toMatchObject({
      class: 'bad',
      reason: 'SettingsRefused',
    });
    expect(node.boots).toHaveLength(1);
    expect(scene.node('barred-1')).toMatchObject({ ready: true, unschedulable: false });
  },
  600_000,
);

it.concurrent(
  'B-16: a rollback applies its settings in the trial, on the kernel lines of the right slots',
  async () => {
    const idle = { image: v1, state: 'good' } as const;
    const node = await addNode(scene, 'home', { image: v2, idle });
    const sysconfigs = {
      version: 's1',
      configs: [
        entry('grub.cmdline.current', { left: 1 }),
        entry('grub.cmdline.next', { come: 1 }),
        entry('kubernetes.kubelet', { maxPods: 200 }),
      ],
    };
    const spec = { opstype: 'rollback', osversion: v1.version, upgradeconfigs, sysconfigs };
    await scene.createOs('home', spec);
    await untilSettings(scene, 'home', 'Applied');
    await scene.untilUpdated('home');

    expect(node.running?.image).toBe(v1);
    expect(await kernelLines(node)).toEqual([`${oldLines[0]} left=1`, `${oldLines[1]} come=1`]);
    expect(await readNodeFile(node.root, kubeletFilePath)).toMatch(/^maxPods: 200 /);
    expect(await readNodeFile(node.root, limitsPath)).toBe(newLimits);
    expect(scene.instance('home-1')?.status.agent?.settings).toMatchObject({
      before: 'u1',
      after: 's1',
      refused: { total: 0 },
    });
  },
  600_000,
);

it.concurrent(
  'a set that comes late to an upgrade is not taken for applied; a configuration applies it',
  async () => {
    const node = await addNode(scene, 'late', { image: v1 });
    const sysconfigs = {
      version: 's1',
      configs: [entry('kernel.sysctl', { 'vm.swappiness': 10 })],
    };
    await scene.createOs('late', { ...scene.upgradeTo(v1), sysconfigs });
    await untilSettings(scene, 'late', 'ContentDiffers');
    expect(conditionOf(scene.os('late')?.status, 'SettingsApplied')?.message).toContain(
      'apply them with opstype config',
    );
    expect(scene.instance('late-1')?.spec).toEqual({ nodestatus: 'idle' });

    await scene.editOs('late', { opstype: 'config' });
    await untilSettings(scene, 'late', 'Applied');
    expect(await readNodeFile(node.root, 'proc/sys/vm/swappiness')).toBe('10\n');
  },
  600_000,
);
