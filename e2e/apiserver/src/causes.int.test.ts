/** Why work waits or fails: each cause is brought about, and condition, event and plugin have the same word for it. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fastImage } from './fast-node/images.ts';
import { Plugin } from './plugin.fixture.ts';
import { disruptionBudget, lonelyPod } from './pods.fixture.ts';
import { Scene, type GroupOptions } from './scene.fixture.ts';
import { Told } from './told.fixture.ts';
import { until } from './until.fixture.ts';

const v1 = fastImage('KubeOS 1.0.0');
const v2 = fastImage('KubeOS 2.0.0');

let scene: Scene;
let told: Told;

beforeAll(async () => {
  scene = await Scene.open();
  told = new Told(scene, await Plugin.install(scene.plane));
  await scene.startOperator();
}, 600_000);

afterAll(async () => {
  await told.close();
  await scene.close();
}, 60_000);

/** One cause: what is there, and what is asked for. */
interface Scenery {
  /** Nodes; default one. */
  readonly nodes?: number;
  readonly options?: Partial<GroupOptions>;
  /** Brings the cause about, before the object is created. */
  readonly before?: (group: string) => Promise<void>;
  /** Added to an upgrade to the second version. */
  readonly spec?: object;
  /** The same, made when its turn comes. */
  readonly specOf?: () => object;
  /** The reason is that of the object, not of its first node. */
  readonly isOfObject?: true;
}

const knobs = [{ model: 'kernel.sysctl', contents: [{ key: 'a', value: 1 }] }];
const settings = {
  opstype: 'config',
  osversion: v1.version,
  sysconfigs: { version: 's', configs: knobs },
};
const running = (app: string): Promise<void> =>
  until(`pod ${app} to run`, () =>
    [...scene.pods.items()].some((pod) => pod.app === app && pod.isReady),
  );

/** An upgrade whose server gives another image than the one that is announced. */
function upgradeTo(wanted: ReturnType<typeof fastImage>, given = wanted): object {
  const upgrade = scene.upgradeTo(wanted);
  scene.images.offer(wanted.digest, given);
  return upgrade;
}

/** Causes by the reason that all three have. */
const causes: Readonly<Record<string, Scenery>> = {
  // What holds up the object.
  Paused: { spec: { paused: true } },
  OutsideTimeWindow: {
    spec: { timewindow: { starttime: '2020-01-01 00:00:00', endtime: '2020-01-02 00:00:00' } },
  },
  MaxUnavailableZero: { spec: { maxunavailable: 0 } },
  InvalidSpec: {
    spec: { sysconfigs: { version: 's', configs: [{ ...knobs[0], model: 'no.such.model' }] } },
  },
  SelectorConflict: {
    before: async (group) => {
      await scene.createOs(`${group}-older`, { ...scene.upgradeTo(v1), nodeselector: group });
      await scene.untilUpdated(`${group}-older`);
    },
    isOfObject: true,
  },
  BudgetSpentOnBrokenNodes: {
    nodes: 2,
    before: (group) => cordon(`${group}-1`),
    isOfObject: true,
  },
  CanaryPending: {
    nodes: 2,
    before: (group) => hold(`${group}-1`),
    spec: { canary: 1 },
    isOfObject: true,
  },
  MaxFailuresReached: {
    nodes: 2,
    specOf: () => upgradeTo(ownImage(), fastImage('KubeOS 2.0.0', { build: 99 })),
    isOfObject: true,
  },
  // What holds up a node.
  Held: { before: (group) => hold(`${group}-1`) },
  ForeignCordon: { before: (group) => cordon(`${group}-1`) },
  EvictionBlocked: {
    before: async (group) => {
      await scene.apply(lonelyPod(`${group}-db`, `${group}-1`), disruptionBudget(`${group}-db`, 1));
      await running(`${group}-db`);
    },
    spec: { evictpodforce: true },
  },
  PodBlocksDrain: {
    before: async (group) => {
      await scene.apply(lonelyPod(`${group}-tool`, `${group}-1`));
      await running(`${group}-tool`);
    },
  },
  RollbackImpossible: { spec: { opstype: 'rollback', osversion: 'KubeOS 0.0.0' } },
  SettingsUnsupported: { options: { capabilities: ['disk', 'rollback'] }, spec: settings },
  ImageTypeUnsupported: { options: { capabilities: ['rollback'] } },
  VersionDiffers: { spec: { ...settings, osversion: v2.version } },
  // What goes on at a node.
  Preparing: {
    specOf: () => {
      const upgrade = scene.upgradeTo(ownImage());
      scene.images.hold(upgrade.imageurl);
      return upgrade;
    },
  },
  Draining: {
    before: async (group) => {
      await scene.apply(lonelyPod(`${group}-job`, `${group}-1`, ['example.org/busy']));
      await running(`${group}-job`);
    },
    spec: { evictpodforce: true },
  },
  Rebooting: { specOf: () => scene.upgradeTo(fastImage(v2.version, { reaches: 'agent' })) },
  MinReadySeconds: { spec: { minReadySeconds: 300 } },
  // What failed at a node.
  DigestMismatch: {
    specOf: () => upgradeTo(ownImage(), fastImage('KubeOS 2.0.0', { build: 98 })),
  },
  VersionMismatch: {
    specOf: () => ({ ...scene.upgradeTo(fastImage('KubeOS 2.0.1')), osversion: v2.version }),
  },
  NoAgent: { specOf: () => scene.upgradeTo(fastImage(v2.version, { hasAgent: false })) },
  SourceNotFound: { spec: { imageurl: 'https://images.example.org/nothing' } },
  BootFailed: { specOf: () => scene.upgradeTo(fastImage(v2.version, { reaches: 'kernel' })) },
};

let builds = 100;

/** An image that no other cause speaks of. */
function ownImage(): ReturnType<typeof fastImage> {
  builds += 1;
  return fastImage(v2.version, { build: builds });
}

async function cordon(node: string): Promise<void> {
  await scene.kubectl('cordon', node);
  await until(`the cordon of ${node}`, () => scene.node(node)?.unschedulable);
}

async function hold(node: string): Promise<void> {
  await scene.kubectl('annotate', 'node', node, 'upgrade.openeuler.org/hold=mine');
  await until(
    `the hold of ${node}`,
    () => Object.keys(scene.node(node)?.annotations ?? {}).length > 0,
  );
}

describe('condition, event and plugin have the same word', () => {
  it.concurrent.each(Object.entries(causes))(
    '%s',
    async (reason, { nodes = 1, options, before, spec, specOf, isOfObject }) => {
      const group = reason.toLowerCase();
      await scene.addNodes(group, nodes, { image: v1, ...options });
      await before?.(group);
      const wanted = { ...spec, ...specOf?.() };
      await scene.createOs(group, { ...scene.upgradeTo(v2), ...wanted });
      const node = isOfObject === true ? {} : { node: `${group}-1` };
      expect(await told.expect(reason, { os: group, ...node })).toContain(reason);
    },
    600_000,
  );

  it.concurrent(
    'NoNodes',
    async () => {
      await scene.createOs('nonodes', scene.upgradeTo(v2));
      expect(await told.expect('NoNodes', { os: 'nonodes' })).toContain('Nodes:          0:');
    },
    600_000,
  );

  it.concurrent(
    'NoProxy and NotReady',
    async () => {
      const [silent, dark] = await scene.addNodes('quiet', 2, { image: v1 });
      await silent?.stopProxy();
      await scene.kubectl('delete', 'osinstance', 'quiet-1');
      await dark?.powerOff();
      await until('the loss', () => scene.node('quiet-2')?.ready === false);
      const label = 'upgrade.openeuler.org/node-selector';
      await scene.kubectl('label', 'node', 'quiet-2', '--overwrite', `${label}=off`);
      await scene.createOs('quiet', scene.upgradeTo(v2));
      await scene.createOs('off', scene.upgradeTo(v2));
      await told.expect('NoProxy', { os: 'quiet', node: 'quiet-1' });
      await told.expect('NotReady', { os: 'off', node: 'quiet-2' });
    },
    600_000,
  );

  it('for more than twenty causes', () => {
    expect(Object.keys(causes).length).toBeGreaterThan(20);
  });
});
