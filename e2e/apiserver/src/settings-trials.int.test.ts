/** Settings that restart programs or reboot: drained for, on trial, and back where they are no good. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { fastImage } from './fast-node/images.ts';
import { kubeletFilePath, kubeletFileText, readNodeFile } from './fast-node/system-root.ts';
import { deployment } from './pods.fixture.ts';
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
import { until } from './until.fixture.ts';

const v1 = fastImage('KubeOS 1.0.0');
const config = { opstype: 'config', osversion: v1.version };
const restart = { restart: true };

let scene: Scene;

function kubelet(version: string, values: Readonly<Record<string, unknown>>): object {
  return { version, configs: [entry('kubernetes.kubelet', values, restart)] };
}

beforeAll(async () => {
  scene = await Scene.open();
  await scene.startOperator();
}, 600_000);

afterAll(() => scene.close(), 180_000);

it.concurrent(
  'B-48: a set that restarts programs moves pods away first and keeps the budget over all nodes',
  async () => {
    const nodes = await scene.addNodes('anew', 3, { image: v1 });
    await scene.apply(deployment('web', 'anew', 6));
    const pods = (): readonly string[] => nodes.flatMap(({ name }) => scene.podsOn(name));
    await until('pods to run', () => pods().length === 6);
    const before = scene.podsOn('anew-1');
    const courses = nodes.map(({ name }) => followCourse(scene, name));
    const budget = scene.watchBudget(nodes);
    await scene.createOs('anew', { ...config, sysconfigs: kubelet('s1', { maxPods: 200 }) });
    await scene.untilUpdated('anew');
    await untilSettings(scene, 'anew', 'Applied');

    for (const { phases, labels } of courses) {
      expect(phases).toEqual(['Prepare', 'Drain', 'After', 'Confirm', 'GiveBack']);
      expect([...labels]).toEqual(['configuring']);
    }
    expect(budget.most).toHaveLength(1);
    expect(pods().filter((pod) => before.includes(pod))).toEqual([]);
    for (const { name, root, boots } of nodes) {
      expect(await readNodeFile(root, kubeletFilePath)).toMatch(/^maxPods: 200 /);
      expect(boots).toHaveLength(1);
      expect(scene.node(name)).toMatchObject({ unschedulable: false, annotations: {} });
      expect(conditionOf(scene.instance(name)?.status, 'RebootPending')?.status).toBe('False');
    }
  },
  600_000,
);

it.concurrent(
  'a kubelet that does not come up gets its old file back, and the line stops until there is a new set',
  async () => {
    const nodes = await scene.addNodes('sour', 2, { image: v1 });
    const roots = nodes.map(({ root }) => root);
    const bad = {
      version: 's1',
      configs: [
        entry('kernel.sysctl', { 'vm.swappiness': 10 }),
        entry('kubernetes.kubelet', { maxPods: -1 }, restart),
      ],
    };
    const other = followCourse(scene, 'sour-2');
    await scene.createOs('sour', { ...config, sysconfigs: bad });
    await scene.untilStopped('sour');
    await scene.untilPhase('sour-2', undefined);

    expect(await scene.lastOf('sour-1')).toMatchObject({ class: 'bad', reason: 'ServiceFailed' });
    expect(scene.instance('sour-1')?.status.agent?.lastFailure).toMatchObject({
      code: 'SERVICE_FAILED',
      message: expect.stringContaining('its state is failed'),
    });
    expect(scene.instance('sour-1')?.status).not.toHaveProperty('sysconfigs');
    for (const root of roots) {
      expect(await readNodeFile(root, kubeletFilePath)).toBe(kubeletFileText);
      expect(await readNodeFile(root, 'proc/sys/vm/swappiness')).toBe('60\n');
    }
    expect(scene.node('sour-1')).toMatchObject({ ready: true, unschedulable: false });
    expect(other).toMatchObject({ phases: ['Prepare', 'Cancel', 'GiveBack'], wasOut: false });
    expect(scene.os('sour')?.status).toMatchObject({ failed: 1, updated: 0 });

    await scene.editOs('sour', { sysconfigs: kubelet('s2', { maxPods: 90 }) });
    await scene.untilUpdated('sour');
    for (const root of roots)
      expect(await readNodeFile(root, kubeletFilePath)).toMatch(/^maxPods: 90 /);
  },
  600_000,
);

it.concurrent(
  'settings with which a node is never Ready go back when their time is over',
  async () => {
    const node = await addNode(scene, 'deaf', { image: v1 });
    const sysconfigs = kubelet('s1', { resolvConf: '/no/such/file' });
    await scene.createOs('deaf', { ...config, sysconfigs });
    await scene.untilPhase('deaf-1', 'After');
    await until('the trial', () => {
      const { operation } = scene.instance('deaf-1')?.status.agent ?? {};
      return operation?.result === 'Configured' && scene.node('deaf-1')?.ready === false;
    });
    node.passTime(601);
    await scene.untilStopped('deaf');

    expect(await scene.lastOf('deaf-1')).toMatchObject({
      class: 'unconfirmed',
      reason: 'NotConfirmed',
    });
    expect(await readNodeFile(node.root, kubeletFilePath)).toBe(kubeletFileText);
    expect(scene.node('deaf-1')).toMatchObject({ ready: true, unschedulable: false });
    expect(node.boots).toHaveLength(1);
  },
  600_000,
);

it.concurrent(
  'settings on trial go back with a power cut',
  async () => {
    const node = await addNode(scene, 'jolt', { image: v1 });
    const sysconfigs = kubelet('s1', { maxPods: 200 });
    await scene.createOs('jolt', { ...config, minReadySeconds: 60, sysconfigs });
    await untilConfigured(scene, 'jolt-1');
    node.reset();
    await scene.untilStopped('jolt');

    expect(await scene.lastOf('jolt-1')).toMatchObject({
      class: 'unconfirmed',
      reason: 'NotConfirmed',
    });
    expect(await readNodeFile(node.root, kubeletFilePath)).toBe(kubeletFileText);
    expect(scene.node('jolt-1')).toMatchObject({ ready: true, unschedulable: false });
  },
  600_000,
);

it.concurrent(
  'an object that is edited in the trial of its settings takes them back before the next set',
  async () => {
    const node = await addNode(scene, 'veer', { image: v1 });
    const first = kubelet('s1', { maxPods: 200 });
    await scene.createOs('veer', { ...config, minReadySeconds: 60, sysconfigs: first });
    await untilConfigured(scene, 'veer-1');
    await scene.editOs('veer', {
      minReadySeconds: 1,
      sysconfigs: kubelet('s2', { podsPerCore: 8 }),
    });
    await untilSettings(scene, 'veer', 'Applied');
    await scene.untilUpdated('veer');

    expect(await readNodeFile(node.root, kubeletFilePath)).toBe(
      `${kubeletFileText}podsPerCore: 8\n`,
    );
    expect(scene.os('veer')?.status).toMatchObject({ failed: 0, updated: 1 });
  },
  600_000,
);

it.concurrent(
  'B-29: a Node that is deleted in the trial of its settings is not up to date; the trial ends by its timer',
  async () => {
    const node = await addNode(scene, 'orphan', { image: v1 });
    const sysconfigs = kubelet('s1', { maxPods: 200 });
    await scene.createOs('orphan', { ...config, minReadySeconds: 60, sysconfigs });
    await untilConfigured(scene, 'orphan-1');
    await scene.editOs('orphan', { minReadySeconds: 1 });
    await scene.kubectl('delete', 'node', 'orphan-1');
    await until('the instance to go', () => scene.instance('orphan-1') === undefined);
    await node.restartKubelet();
    await scene.untilOs('orphan', 'the reason', (status) =>
      status.waiting?.some(({ reason }) => reason === 'UnownedTrial'),
    );
    await until('a cordon', () => scene.node('orphan-1')?.unschedulable);
    node.passTime(601);
    await until('the old file', async () => {
      return (await readNodeFile(node.root, kubeletFilePath)) === kubeletFileText;
    });
    await scene.untilUpdated('orphan');

    expect(await readNodeFile(node.root, kubeletFilePath)).toMatch(/^maxPods: 200 /);
    expect(scene.node('orphan-1')).toMatchObject({ unschedulable: false, annotations: {} });
    expect(node.boots).toHaveLength(1);
  },
  600_000,
);

/** A kernel line that is worth a reboot. */
const line = entry('grub.cmdline.current', { audit: 1 }, { reboot: 'ifNeeded' });

it.concurrent(
  'a kernel line that may reboot is tried in a copy of the running slot, and stays there',
  async () => {
    const node = await addNode(scene, 'reborn', { image: v1 });
    const course = followCourse(scene, 'reborn-1');
    const configs = [line, entry('kubernetes.kubelet', { maxPods: 200 })];
    await scene.createOs('reborn', { ...config, sysconfigs: { version: 's1', configs } });
    await untilSettings(scene, 'reborn', 'Applied');
    await scene.untilUpdated('reborn');

    expect(course.phases).toEqual(['Prepare', 'Drain', 'Activate', 'After', 'Confirm', 'GiveBack']);
    expect(node.boots.map(({ slot, version }) => [slot, version])).toEqual([
      ['A', v1.version],
      ['B', v1.version],
    ]);
    expect(await kernelLines(node)).toEqual([
      'root=PARTLABEL=ROOT-A ro quiet',
      'root=PARTLABEL=ROOT-B ro quiet audit=1',
    ]);
    expect(await readNodeFile(node.root, kubeletFilePath)).toMatch(/^maxPods: 200 /);
    const { status } = scene.instance('reborn-1') ?? {};
    expect(status?.agent?.operation).toMatchObject({ type: 'config', result: 'Committed' });
    expect(status?.sysconfigs?.version).toBe('s1');
    expect(scene.node('reborn-1')).toMatchObject({ unschedulable: false, annotations: {} });

    await scene.editOs('reborn', { sysconfigs: { version: 's2', configs } });
    await until('the set', () => scene.instance('reborn-1')?.status.sysconfigs?.version === 's2');
    await scene.untilUpdated('reborn');
    expect(node.boots).toHaveLength(2);
  },
  600_000,
);

it.concurrent(
  'a kernel line with which a node is not confirmed is left behind with its copy',
  async () => {
    const node = await addNode(scene, 'relapse', { image: v1 });
    const configs = [line, entry('kubernetes.kubelet', { resolvConf: '/no/such/file' }, restart)];
    await scene.createOs('relapse', { ...config, sysconfigs: { version: 's1', configs } });
    await untilConfigured(scene, 'relapse-1');
    node.passTime(601);
    await scene.untilStopped('relapse');

    expect(await scene.lastOf('relapse-1')).toMatchObject({
      class: 'unconfirmed',
      reason: 'NotConfirmed',
    });
    expect(node.boots.map(({ slot }) => slot)).toEqual(['A', 'B', 'A']);
    expect(await kernelLines(node)).toEqual([
      'root=PARTLABEL=ROOT-A ro quiet',
      'root=PARTLABEL=ROOT-B ro quiet',
    ]);
    expect(await readNodeFile(node.root, kubeletFilePath)).toBe(kubeletFileText);
    await untilReported(scene, 'relapse-1', 'RebootPending', 'NotArmed');
    expect(scene.node('relapse-1')).toMatchObject({ ready: true, unschedulable: false });
  },
  600_000,
);
