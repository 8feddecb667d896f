/** People change their minds, and machines go, while nodes are at work. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { fastImage } from './fast-node/images.ts';
import { lonelyPod } from './pods.fixture.ts';
import { conditionOf, Scene } from './scene.fixture.ts';
import { until } from './until.fixture.ts';

const v1 = fastImage('KubeOS 1.0.0');
const v2 = fastImage('KubeOS 2.0.0');
const v3 = fastImage('KubeOS 3.0.0');
/** Keeps a pod from going until it is taken off. */
const finalizer = 'example.org/busy';

let scene: Scene;

/** A node whose drain lasts as long as the pod keeps its finalizer. */
async function addBusyNode(group: string): Promise<void> {
  await scene.apply(lonelyPod(`${group}-job`, `${group}-1`, [finalizer]));
  await until('the pod to run', () =>
    [...scene.pods.items()].some((pod) => pod.app === `${group}-job` && pod.isReady),
  );
}

async function finishJob(group: string): Promise<void> {
  const noFinalizers = JSON.stringify({ metadata: { finalizers: null } });
  await scene.kubectl('patch', 'pod', `${group}-job`, '--type=merge', `-p=${noFinalizers}`);
}

beforeAll(async () => {
  scene = await Scene.open();
  await scene.startOperator();
}, 600_000);

afterAll(() => scene.close(), 180_000);

it.concurrent(
  'B-26: an edit in mid Prepare stops the download and goes to the new image alone',
  async () => {
    const [node] = await scene.addNodes('change', 1, { image: v1 });
    const upgrade = scene.upgradeTo(fastImage(v2.version, { build: 7 }));
    scene.images.hold(upgrade.imageurl);
    await scene.createOs('change', upgrade);
    await until('the download', () => scene.images.fetches.includes(upgrade.imageurl));
    await scene.editOs('change', scene.upgradeTo(v3));
    await scene.untilUpdated('change');

    expect(node?.boots.map(({ version }) => version)).toEqual([v1.version, v3.version]);
    expect(scene.instance('change-1')?.spec.history?.seq).toBe(2);
  },
  600_000,
);

it.concurrent(
  'an edit in mid Drain gives the node back before it starts anew',
  async () => {
    const [node] = await scene.addNodes('swap', 1, { image: v1 });
    await addBusyNode('swap');
    await scene.createOs('swap', { ...scene.upgradeTo(v2), evictpodforce: true });
    await scene.untilPhase('swap-1', 'Drain');
    await until('the cordon', () => scene.node('swap-1')?.unschedulable);
    let wasGivenBack = false;
    scene.onChange(() => (wasGivenBack ||= scene.node('swap-1')?.unschedulable === false));
    await scene.editOs('swap', scene.upgradeTo(v3));
    await until('the next operation', () => scene.instance('swap-1')?.spec.history?.seq === 2);

    // Nodes and operations are followed apart; the next operation gets no further than its own drain.
    await until('the node to be given back', () => wasGivenBack);
    expect(node?.boots).toHaveLength(1);
    await finishJob('swap');
    await scene.untilUpdated('swap');
    expect(node?.boots.map(({ version }) => version)).toEqual([v1.version, v3.version]);
  },
  600_000,
);

it.concurrent(
  'B-28: an object that is deleted in mid Prepare leaves its nodes as they were',
  async () => {
    const [node] = await scene.addNodes('drop', 1, { image: v1 });
    const upgrade = scene.upgradeTo(fastImage(v2.version, { build: 8 }));
    scene.images.hold(upgrade.imageurl);
    await scene.createOs('drop', upgrade);
    await until('the download', () => scene.images.fetches.includes(upgrade.imageurl));
    await scene.kubectl('delete', 'os', 'drop', '--timeout=60s');

    await scene.untilPhase('drop-1', undefined);
    expect(scene.instance('drop-1')).toMatchObject({
      finalizers: [],
      spec: { nodestatus: 'idle' },
    });
    expect(scene.node('drop-1')).toMatchObject({ unschedulable: false, annotations: {} });
    expect(node?.running?.image).toBe(v1);
  },
  600_000,
);

it.concurrent(
  'B-28: an object that is deleted in mid Drain stays until its node is through',
  async () => {
    const [node] = await scene.addNodes('last', 1, { image: v1 });
    await addBusyNode('last');
    await scene.createOs('last', { ...scene.upgradeTo(v2), evictpodforce: true });
    await scene.untilPhase('last-1', 'Drain');
    await scene.kubectl('delete', 'os', 'last', '--wait=false');
    await until('the deletion', () => scene.os('last')?.deleting);
    await finishJob('last');
    await until('the object to go', () => scene.os('last') === undefined);

    expect(node?.running?.image).toBe(v2);
    expect(scene.instance('last-1')?.status.agent?.slots.B.state).toBe('good');
    expect(scene.node('last-1')).toMatchObject({ unschedulable: false, annotations: {} });
    expect(Object.keys(scene.node('last-1')?.labels ?? {})).toHaveLength(1);
  },
  600_000,
);

it.concurrent(
  'B-29: a Node that is deleted in mid Drain takes its operation along, and its successor starts afresh',
  async () => {
    const [node] = await scene.addNodes('again', 1, { image: v1 });
    await addBusyNode('again');
    await scene.createOs('again', { ...scene.upgradeTo(v2), evictpodforce: true });
    await scene.untilPhase('again-1', 'Drain');
    await until('the cordon', () => scene.node('again-1')?.unschedulable);
    const before = { node: scene.node('again-1'), instance: scene.instance('again-1') };
    await scene.kubectl('delete', 'node', 'again-1');
    await until('the instance to go', () => scene.instance('again-1') === undefined);
    await finishJob('again');
    await node?.restartKubelet();
    await scene.untilUpdated('again');

    expect(scene.node('again-1')?.uid).not.toBe(before.node?.uid);
    expect(scene.instance('again-1')?.uid).not.toBe(before.instance?.uid);
    expect(node?.boots.map(({ version }) => version)).toEqual([v1.version, v2.version]);
  },
  600_000,
);

it.concurrent(
  'B-20: a drain that does not end is given up, and names the pods that stayed',
  async () => {
    const [node] = await scene.addNodes('stuck', 1, { image: v1 });
    await addBusyNode('stuck');
    await scene.createOs('stuck', {
      ...scene.upgradeTo(v2),
      evictpodforce: true,
      drainTimeoutSeconds: 3,
    });
    await scene.untilPhase('stuck-1', 'Drain');
    await scene.untilPhase('stuck-1', undefined);

    await scene.untilOs('stuck', 'the reason', (status) => {
      const ready = conditionOf(status, 'Ready');
      return ready?.reason === 'DrainTimeout' && ready.message.includes('default/stuck-job');
    });
    expect(scene.os('stuck')?.status).toMatchObject({ failed: 0, working: 0 });
    expect(scene.node('stuck-1')).toMatchObject({ unschedulable: false, annotations: {} });
    expect(node?.boots).toHaveLength(1);
    await finishJob('stuck');
  },
  600_000,
);

it.concurrent(
  'a power cut in the trial only makes the confirmation start anew',
  async () => {
    const [node] = await scene.addNodes('flash', 1, { image: v1 });
    await scene.createOs('flash', { ...scene.upgradeTo(v2), minReadySeconds: 4 });
    await scene.untilPhase('flash-1', 'After');
    const first = node?.running?.bootId;
    node?.reset();
    await scene.untilUpdated('flash');

    expect(node?.running?.bootId).not.toBe(first);
    expect(node?.boots.map(({ slot, why }) => [slot, why])).toEqual([
      ['A', 'good'],
      ['B', 'trial'],
      ['B', 'trial'],
    ]);
  },
  600_000,
);

it.concurrent(
  'a rollback at the console ends the trial, and the node is left alone until it is released',
  async () => {
    const [node] = await scene.addNodes('console', 1, { image: v1 });
    await scene.createOs('console', { ...scene.upgradeTo(v2), minReadySeconds: 60 });
    await scene.untilPhase('console-1', 'After');
    await node?.agent?.consoleRollback();
    await scene.untilPhase('console-1', undefined);

    expect(node?.running?.image).toBe(v1);
    expect(scene.instance('console-1')?.status.agent?.held).toBe(true);
    await scene.untilOs('console', 'the reason', (status) =>
      status.waiting?.some(({ reason }) => reason === 'Held'),
    );
    expect(conditionOf(scene.os('console')?.status, 'Ready')?.status).toBe('False');
    expect(scene.node('console-1')).toMatchObject({ unschedulable: false, annotations: {} });
  },
  600_000,
);

it.concurrent(
  'B-19: a proxy that comes back in mid Prepare finds the download still going on',
  async () => {
    const [node] = await scene.addNodes('fetch', 1, { image: v1 });
    const upgrade = scene.upgradeTo(fastImage(v2.version, { build: 2 }));
    scene.images.hold(upgrade.imageurl);
    await scene.createOs('fetch', upgrade);
    await until('the download', () => scene.images.fetches.includes(upgrade.imageurl));
    await node?.stopProxy();
    node?.startProxy();
    await until(
      'its progress to be told',
      () => scene.instance('fetch-1')?.status.agent?.operation?.progress !== undefined,
    );
    scene.images.letGo(upgrade.imageurl);
    await scene.untilUpdated('fetch');

    expect(scene.images.fetches.filter((url) => url === upgrade.imageurl)).toHaveLength(1);
    expect(node?.boots).toHaveLength(2);
  },
  600_000,
);
