/** What an admin asks for when all is well: nodes move to another version and back. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { waitReasons } from '@kubeos/core';
import { fastImage } from './fast-node/images.ts';
import { daemonSet, deployment, disruptionBudget } from './pods.fixture.ts';
import { conditionOf, Scene } from './scene.fixture.ts';
import { until } from './until.fixture.ts';

const v1 = fastImage('KubeOS 1.0.0');
const v2 = fastImage('KubeOS 2.0.0');

let scene: Scene;

beforeAll(async () => {
  scene = await Scene.open();
  await scene.startOperator();
}, 600_000);

afterAll(() => scene.close(), 180_000);

it.concurrent(
  'B-04, B-06: an upgrade moves three nodes one by one, pods first, and the service keeps its budget',
  async () => {
    const nodes = await scene.addNodes('calm', 3, { image: v1 });
    await scene.apply(
      deployment('web', 'calm', 6),
      disruptionBudget('web', 5),
      daemonSet('logs', 'calm'),
    );
    const serving = (app: string): number =>
      [...scene.pods.items()].filter((pod) => pod.app === app && pod.isReady).length;
    await until('pods to run', () => serving('web') === 6 && serving('logs') === 3);
    let fewest = serving('web');
    scene.pods.subscribe(() => (fewest = Math.min(fewest, serving('web'))));
    const budget = scene.watchBudget(nodes);

    await scene.createOs('calm', scene.upgradeTo(v2));
    await scene.untilUpdated('calm');

    expect(nodes.map(({ running }) => running?.image.version)).toEqual(Array(3).fill(v2.version));
    expect(nodes.map(({ boots }) => boots.length)).toEqual([2, 2, 2]);
    expect(budget.most).toHaveLength(1);
    expect(fewest).toBe(5);
    const shutdowns = scene.shutdowns.filter(({ node }) => node.startsWith('calm-'));
    expect(shutdowns).toEqual(
      nodes.map(({ name }) => ({ node: name, wasCordoned: true, pods: [] })),
    );
  },
  600_000,
);

it.concurrent(
  'B-17: an upgrade leaves no mark behind, and says what it did',
  async () => {
    const [node] = await scene.addNodes('clean', 1, { image: v1 });
    await scene.createOs('clean', scene.upgradeTo(v2));
    await scene.untilPhase('clean-1', 'Drain');
    await until('the label of upstream', () =>
      Object.hasOwn(scene.node('clean-1')?.labels ?? {}, 'upgrade.openeuler.org/upgrading'),
    );
    expect(scene.instance('clean-1')).toMatchObject({
      finalizers: ['upgrade.openeuler.org/operation'],
      spec: { nodestatus: 'upgrade', namespacedname: { name: 'clean', namespace: 'default' } },
    });
    await scene.untilUpdated('clean');

    const left = scene.node('clean-1');
    expect(left).toMatchObject({ unschedulable: false, annotations: {} });
    expect(Object.keys(left?.labels ?? {})).toEqual(['upgrade.openeuler.org/node-selector']);
    expect(scene.instance('clean-1')).toMatchObject({ finalizers: [] });
    expect(scene.instance('clean-1')?.spec).toMatchObject({ nodestatus: 'idle' });
    expect(scene.instance('clean-1')?.spec).not.toHaveProperty('operation');
    expect(scene.os('clean')?.status).toMatchObject({ nodes: 1, updated: 1, failed: 0 });
    expect(node?.boots.at(-1)).toEqual({ slot: 'B', why: 'trial', version: v2.version });
    const ofNode = (await scene.eventsOf('Node', 'clean-1')).filter(
      (reason) => reason === 'Preparing' || reason === 'Admitted',
    );
    expect(ofNode).toEqual(['Preparing', 'Admitted']);
    // What it waited for on a busy machine may have been told as well.
    const steps = (await scene.eventsOf('OSInstance', 'clean-1')).filter(
      (reason) => !Object.hasOwn(waitReasons, reason),
    );
    expect(steps).toEqual(['Prepare', 'Activate', 'After', 'Confirmed']);
  },
  600_000,
);

it.concurrent(
  'B-13: an upgrade works for an object outside namespace default too, in serial mode',
  async () => {
    const nodes = await scene.addNodes('team', 2, { image: v1 });
    const budget = scene.watchBudget(nodes);
    await scene.kubectl('create', 'namespace', 'team');
    const serial = { executionmode: 'serial', maxunavailable: 2 };
    await scene.createOs('team', { ...scene.upgradeTo(v2), ...serial }, 'team');
    await scene.untilUpdated('team');

    expect(nodes.map(({ running }) => running?.image.version)).toEqual([v2.version, v2.version]);
    expect(budget.most).toHaveLength(1);
    expect(scene.instance('team-1')?.spec).toMatchObject({ nodestatus: 'idle' });
  },
  600_000,
);

it.concurrent(
  'an upgrade waits for the canary before it takes many nodes at once',
  async () => {
    const nodes = await scene.addNodes('mine', 3, { image: v1 });
    const order: number[] = [];
    scene.onChange(() => {
      const out = nodes.filter(({ name }) => scene.node(name)?.unschedulable === true).length;
      if (out > 0 && order.at(-1) !== out) order.push(out);
    });
    await scene.createOs('mine', { ...scene.upgradeTo(v2), canary: 1, maxunavailable: '100%' });
    await until('the canary to be given back', () => scene.os('mine')?.status.updated === 1);
    const [canary, ...others] = nodes;

    expect(canary?.running?.image.version).toBe(v2.version);
    expect(others.map(({ boots }) => boots.length)).toEqual([1, 1]);
    await scene.untilUpdated('mine');
    expect(order.slice(0, 1)).toEqual([1]);
    expect(Math.max(...order)).toBe(2);
  },
  600_000,
);

it.concurrent(
  'B-36: a rollback goes back to the other slot without a download, and is called one by the agent',
  async () => {
    const idle = { image: v1, state: 'good' } as const;
    const nodes = await scene.addNodes('back', 2, { image: v2, idle });
    const fetches = scene.images.fetches.length;
    await scene.createOs('back', {
      opstype: 'rollback',
      osversion: v1.version,
      maxunavailable: 2,
    });
    await scene.untilUpdated('back');

    expect(nodes.map(({ running }) => running?.image)).toEqual([v1, v1]);
    expect(nodes.map(({ boots }) => boots.length)).toEqual([2, 2]);
    expect(scene.images.fetches.slice(fetches)).not.toContain(v1.digest);
    expect(scene.instance('back-1')?.status.agent?.operation).toMatchObject({
      type: 'rollback',
      result: 'Committed',
    });
  },
  600_000,
);

it.concurrent.each([
  ['bare', 'empty', undefined],
  ['other', 'good', { image: fastImage('KubeOS 0.9.0'), state: 'good' }],
  ['broken', 'failed', { image: v1, state: 'failed' }],
] as const)(
  'B-02: a rollback is refused with its reason where the other slot cannot serve (%s: %s)',
  async (group, state, idle) => {
    const [node] = await scene.addNodes(group, 1, {
      image: v2,
      ...(idle === undefined ? {} : { idle }),
    });
    await scene.createOs(group, { opstype: 'rollback', osversion: v1.version });
    await scene.untilOs(group, 'a reason', (status) =>
      status.waiting?.some(({ reason }) => reason === 'RollbackImpossible'),
    );

    const ready = conditionOf(scene.os(group)?.status, 'Ready');
    expect(ready).toMatchObject({ status: 'False', reason: 'RollbackImpossible' });
    expect(ready?.message).toContain(`${group}-1`);
    expect(scene.instance(`${group}-1`)?.spec).toEqual({ nodestatus: 'idle' });
    expect(scene.instance(`${group}-1`)?.status.agent?.slots.B.state).toBe(state);
    expect(scene.node(`${group}-1`)).toMatchObject({ unschedulable: false, annotations: {} });
    expect(node?.boots).toHaveLength(1);
  },
  600_000,
);
