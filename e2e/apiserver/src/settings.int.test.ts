/** Settings that interrupt nothing: applied, refused, watched. */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { fastImage } from './fast-node/images.ts';
import { kubeletFilePath, limitsPath, readNodeFile } from './fast-node/system-root.ts';
import { lonelyPod } from './pods.fixture.ts';
import { conditionOf, Scene } from './scene.fixture.ts';
import {
  addNode,
  entry,
  followCourse,
  kernelLines,
  untilReported,
  untilSettings,
} from './settings.fixture.ts';
import { until } from './until.fixture.ts';

const v1 = fastImage('KubeOS 1.0.0');
const config = { opstype: 'config', osversion: v1.version };
const swappiness = 'proc/sys/vm/swappiness';

let scene: Scene;

beforeAll(async () => {
  scene = await Scene.open();
  await scene.startOperator();
}, 600_000);

afterAll(() => scene.close(), 180_000);

it.concurrent(
  'B-16: a configuration of all models reaches a node that goes on serving, and is known in full',
  async () => {
    const node = await addNode(scene, 'calm', { image: v1 });
    await scene.apply(lonelyPod('guest', 'calm-1'));
    await until('the pod', () => scene.podsOn('calm-1').length === 1);
    const course = followCourse(scene, 'calm-1');
    const sysconfigs = {
      version: 's1',
      configs: [
        entry('kernel.sysctl', { 'vm.swappiness': 10 }),
        entry(
          'kernel.sysctl.persist',
          { 'vm.swappiness': 10 },
          { configpath: '/etc/sysctl.d/90-web.conf' },
        ),
        entry('grub.cmdline.current', { audit: 1 }),
        entry('grub.cmdline.next', { panic: 5 }),
        entry('kubernetes.kubelet', { maxPods: 200 }),
        entry('container.containerd', { 'debug.level': 'info' }),
        entry('pam.limits', { root: 'hard.nofile.65535' }),
      ],
    };
    await scene.createOs('calm', { ...config, sysconfigs });
    await scene.untilUpdated('calm');
    await untilSettings(scene, 'calm', 'Applied');

    const read = (path: string): Promise<string> => readNodeFile(node.root, path);
    expect(await read(swappiness)).toBe('10\n');
    expect(await read('/etc/sysctl.d/90-web.conf')).toBe('vm.swappiness=10\n');
    expect(await kernelLines(node)).toEqual([
      'root=PARTLABEL=ROOT-A ro quiet audit=1',
      'root=PARTLABEL=ROOT-B ro quiet panic=5',
    ]);
    expect(await read(kubeletFilePath)).toBe('maxPods: 200 # enough for everybody\n');
    expect(await read('/etc/containerd/config.toml')).toContain('level = "info"');
    expect(await read(limitsPath)).toBe('# limits\nroot hard nofile 65535\n');

    const { status } = scene.instance('calm-1') ?? {};
    expect(status?.sysconfigs).toEqual(sysconfigs);
    expect(status?.agent?.settings).toMatchObject({ after: 's1', refused: { total: 0 } });
    expect(conditionOf(status, 'ConfigApplied')).toMatchObject({
      status: 'True',
      reason: 'Applied',
    });
    expect(conditionOf(status, 'RebootPending')).toMatchObject({
      status: 'True',
      reason: 'SettingsPending',
    });
    expect(course).toMatchObject({ phases: ['Prepare', 'After', 'GiveBack'], wasOut: false });
    expect([...course.labels]).toEqual(['configuring']);
    expect(Object.keys(scene.node('calm-1')?.labels ?? {})).not.toContain(
      'upgrade.openeuler.org/configuring',
    );
    expect(scene.podsOn('calm-1')).toEqual(['guest']);
    expect(node.boots).toHaveLength(1);
  },
  600_000,
);

it.concurrent(
  'B-31, B-48: keys that are refused are named everywhere, and all others are applied',
  async () => {
    const node = await addNode(scene, 'partial', { image: v1 });
    const sysconfigs = {
      version: 's1',
      configs: [
        entry('kernel.sysctl', { 'vm.swappines': 10, 'net.ipv4.ip_forward': 1 }),
        entry('kubernetes.kubelet', { maxPods: 'many', podsPerCore: 8 }),
      ],
    };
    await scene.createOs('partial', { ...config, sysconfigs });
    await untilSettings(scene, 'partial', 'KeysRefused');
    await scene.untilUpdated('partial');

    const refused = scene.instance('partial-1')?.status.agent?.settings?.refused;
    expect(refused?.total).toBe(2);
    expect(refused?.first.map(({ model, key }) => [model, key])).toEqual([
      ['kernel.sysctl', 'vm.swappines'],
      ['kubernetes.kubelet', 'maxPods'],
    ]);
    const told = conditionOf(scene.instance('partial-1')?.status, 'ConfigApplied');
    expect(told).toMatchObject({ status: 'False', reason: 'KeysRefused' });
    expect(told?.message).toContain('vm.swappines');
    const applied = conditionOf(scene.os('partial')?.status, 'SettingsApplied');
    expect(applied).toMatchObject({ status: 'False' });
    expect(applied?.message).toMatch(/1 node\(s\), partial-1 first: kernel.sysctl vm.swappines/);
    expect(scene.os('partial')?.status).toMatchObject({ failed: 0 });

    const { root } = node;
    expect(await readNodeFile(root, 'proc/sys/net/ipv4/ip_forward')).toBe('1\n');
    expect(await readNodeFile(root, kubeletFilePath)).toBe(
      'maxPods: 110 # enough for everybody\npodsPerCore: 8\n',
    );
  },
  600_000,
);

it.concurrent(
  'B-53: a set that names a file of somebody else is refused as a whole, until a new version names its own',
  async () => {
    const nodes = await scene.addNodes('astray', 2, { image: v1 });
    const course = followCourse(scene, 'astray-1');
    const stray = (configpath: string): object => ({
      version: `into ${configpath}`,
      configs: [
        entry('kernel.sysctl', { 'vm.swappiness': 10 }),
        entry('kernel.sysctl.persist', { 'vm.swappiness': 10 }, { configpath }),
      ],
    });
    await scene.createOs('astray', { ...config, sysconfigs: stray('/etc/cron.d/evil.conf') });
    await scene.untilStopped('astray');

    const last = await scene.lastOf('astray-1');
    expect(last).toMatchObject({ class: 'bad', reason: 'SettingsRefused' });
    expect(last?.message).toContain('/etc/cron.d/evil.conf');
    for (const { root } of nodes) expect(await readNodeFile(root, swappiness)).toBe('60\n');
    expect(course).toMatchObject({ wasOut: false });
    expect(scene.instance('astray-1')?.status.sysconfigs).toBeUndefined();
    expect(scene.instance('astray-2')?.spec).toEqual({ nodestatus: 'idle' });

    await scene.editOs('astray', { sysconfigs: stray('/etc/sysctl.d/90-web.conf') });
    await scene.untilUpdated('astray');
    for (const { root } of nodes) expect(await readNodeFile(root, swappiness)).toBe('10\n');
  },
  600_000,
);

it.concurrent(
  'a node whose file cannot be edited is left alone until somebody asks for one more attempt',
  async () => {
    const { root } = await addNode(scene, 'lacking', { image: v1 });
    await rm(join(root, limitsPath));
    const configs = [
      entry('kernel.sysctl', { 'vm.swappiness': 10 }),
      entry('pam.limits', { root: 'hard.nofile.65535' }),
    ];
    await scene.createOs('lacking', { ...config, sysconfigs: { version: 's1', configs } });
    await scene.untilStopped('lacking');

    const last = await scene.lastOf('lacking-1');
    expect(last).toMatchObject({ class: 'bad', reason: 'SettingsUnreadable' });
    expect(last?.message).toContain(limitsPath);
    expect(await readNodeFile(root, swappiness)).toBe('60\n');

    await writeFile(join(root, limitsPath), '# limits\n');
    await scene.kubectl('annotate', 'node', 'lacking-1', 'upgrade.openeuler.org/retry=s1');
    await untilSettings(scene, 'lacking', 'Applied');
    expect(await readNodeFile(root, limitsPath)).toMatch(/^root hard nofile 65535$/m);
  },
  600_000,
);

it.concurrent(
  'a setting that somebody changes by hand is reported, or put back where the set asks for it',
  async () => {
    const node = await addNode(scene, 'drifting', { image: v1 });
    const { root } = node;
    const configs = [
      entry('kernel.sysctl', { 'vm.swappiness': 10 }),
      entry('kubernetes.kubelet', { maxPods: 200 }),
    ];
    const spoil = async (): Promise<void> => {
      await writeFile(join(root, swappiness), '60\n');
      await writeFile(join(root, kubeletFilePath), 'maxPods: 20\n');
      await node.agent?.checkDrift();
    };
    await scene.createOs('drifting', { ...config, sysconfigs: { version: 's1', configs } });
    await scene.untilUpdated('drifting');
    await spoil();
    await untilSettings(scene, 'drifting', 'Drifted');

    const told = conditionOf(scene.instance('drifting-1')?.status, 'ConfigApplied');
    expect(told).toMatchObject({ status: 'False', reason: 'Drifted' });
    expect(told?.message).toMatch(/^2 setting\(s\) .*vm.swappiness.*maxPods/);
    expect(await readNodeFile(root, swappiness)).toBe('60\n');

    const healing = { version: 's2', drift: 'heal', configs };
    await scene.editOs('drifting', { sysconfigs: healing });
    await untilSettings(scene, 'drifting', 'Applied');
    await scene.untilUpdated('drifting');
    await spoil();
    expect(await readNodeFile(root, swappiness)).toBe('10\n');
    expect(await readNodeFile(root, kubeletFilePath)).toBe('maxPods: 200\n');
    await untilReported(scene, 'drifting-1', 'RebootPending', 'RestartPending');
    expect(conditionOf(scene.os('drifting')?.status, 'SettingsApplied')?.status).toBe('True');
  },
  600_000,
);

it.concurrent(
  'another content under the same version text moves nothing, and the status says so',
  async () => {
    const node = await addNode(scene, 'renamed', { image: v1 });
    const { root } = node;
    const setTo = (version: string, value: number): object => ({
      sysconfigs: { version, configs: [entry('kernel.sysctl', { 'vm.swappiness': value })] },
    });
    await scene.createOs('renamed', { ...config, ...setTo('s1', 10) });
    await untilSettings(scene, 'renamed', 'Applied');
    await scene.editOs('renamed', setTo('s1', 20));
    await untilSettings(scene, 'renamed', 'ContentDiffers');
    expect(await readNodeFile(root, swappiness)).toBe('10\n');
    expect(scene.instance('renamed-1')?.spec.history?.seq).toBe(1);

    await scene.editOs('renamed', setTo('s2', 20));
    await untilSettings(scene, 'renamed', 'Applied');
    expect(await readNodeFile(root, swappiness)).toBe('20\n');
  },
  600_000,
);

it.concurrent(
  "upstream's spelling of a model is applied, and asks to be mended",
  async () => {
    const node = await addNode(scene, 'alias', { image: v1 });
    const configs = [entry('kuberntes.kubelet', { maxPods: 200 })];
    await scene.createOs('alias', { ...config, sysconfigs: { version: 's1', configs } });
    await untilSettings(scene, 'alias', 'Applied');

    expect(await readNodeFile(node.root, kubeletFilePath)).toMatch(/^maxPods: 200 /);
    expect(conditionOf(scene.os('alias')?.status, 'SettingsWarning')).toMatchObject({
      status: 'True',
      message:
        'spec.sysconfigs.configs[0].model: "kuberntes.kubelet" is read as "kubernetes.kubelet"',
    });
  },
  600_000,
);

it.concurrent(
  'B-40: a set that a power cut interrupts is in place in the end, and is blamed on nobody',
  async () => {
    const node = await addNode(scene, 'cut', { image: v1 });
    const configs = [
      entry('kubernetes.kubelet', { maxPods: 200 }),
      entry('pam.limits', { root: 'hard.nofile.65535' }),
    ];
    let isCut = false;
    scene.onChange(() => {
      if (isCut || scene.instance('cut-1')?.spec.operation?.phase !== 'After') return;
      isCut = true;
      node.reset();
    });
    await scene.createOs('cut', { ...config, sysconfigs: { version: 's1', configs } });
    await untilSettings(scene, 'cut', 'Applied');
    await scene.untilUpdated('cut');

    const { root } = node;
    expect(await readNodeFile(root, kubeletFilePath)).toMatch(/^maxPods: 200 /);
    expect(await readNodeFile(root, limitsPath)).toMatch(/nofile 65535$/m);
    expect(node.boots).toHaveLength(2);
    expect(scene.os('cut')?.status).toMatchObject({ failed: 0 });
  },
  600_000,
);
