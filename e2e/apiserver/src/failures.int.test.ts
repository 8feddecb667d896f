/** What happens when an image is no good: the fleet stops, and everybody can read why. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { fastImage } from './fast-node/images.ts';
import { conditionOf, Scene } from './scene.fixture.ts';
import { until } from './until.fixture.ts';

const v1 = fastImage('KubeOS 1.0.0');
const v2 = fastImage('KubeOS 2.0.0');
const v3 = fastImage('KubeOS 3.0.0');

let scene: Scene;

beforeAll(async () => {
  scene = await Scene.open();
  await scene.startOperator();
}, 600_000);

afterAll(() => scene.close(), 180_000);

it.concurrent(
  'B-30: an image that cannot be installed stops the fleet after as many nodes as are allowed, and a retry lets it go on',
  async () => {
    const nodes = await scene.addNodes('digest', 3, { image: v1 });
    const budget = scene.watchBudget(nodes);
    // Of its own: the other tests put v2 back behind its URL.
    const wanted = fastImage(v2.version, { build: 3 });
    const upgrade = scene.upgradeTo(wanted);
    scene.images.offer(wanted.digest, fastImage(v2.version, { build: 2 }));
    await scene.createOs('digest', { ...upgrade, maxFailures: 2 });
    await scene.untilStopped('digest');

    const { status } = scene.os('digest') ?? {};
    expect(status).toMatchObject({ nodes: 3, updated: 0, failed: 2 });
    expect(conditionOf(status, 'Degraded')).toMatchObject({
      status: 'True',
      reason: 'NodesFailed',
      message: '2 node(s) failed: digest-1, digest-2',
    });
    expect(await scene.lastOf('digest-1')).toMatchObject({
      class: 'bad',
      reason: 'DigestMismatch',
    });
    expect(scene.instance('digest-1')?.status.agent?.lastFailure).toMatchObject({
      code: 'DIGEST_MISMATCH',
    });
    expect(scene.instance('digest-3')?.spec).toEqual({ nodestatus: 'idle' });
    expect(budget.most).toEqual([]);
    expect(nodes.map(({ boots }) => boots.length)).toEqual([1, 1, 1]);

    scene.images.offer(wanted.digest, wanted);
    for (const name of ['digest-1', 'digest-2']) {
      await scene.kubectl('annotate', 'node', name, `upgrade.openeuler.org/retry=${wanted.digest}`);
    }
    await scene.untilUpdated('digest');
    expect(conditionOf(scene.os('digest')?.status, 'Degraded')?.status).toBe('False');
    expect(budget.most).toHaveLength(1);
  },
  600_000,
);

it.concurrent.each([
  ['version', fastImage('KubeOS 2.0.1'), 'VersionMismatch'],
  ['agentless', fastImage(v2.version, { hasAgent: false }), 'NoAgent'],
] as const)(
  'B-03: an image that cannot be installed never reaches the boot loader, and the status says that the way back is gone (%s)',
  async (group, image, reason) => {
    const idle = { image: fastImage('KubeOS 0.9.0'), state: 'good' } as const;
    const [node] = await scene.addNodes(group, 1, { image: v1, idle });
    await scene.createOs(group, { ...scene.upgradeTo(image), osversion: v2.version });
    await scene.untilStopped(group);

    expect(await scene.lastOf(`${group}-1`)).toMatchObject({ class: 'bad', reason });
    expect(node?.boots).toHaveLength(1);
    expect(scene.node(`${group}-1`)?.unschedulable).toBe(false);
    expect(scene.instance(`${group}-1`)?.status.agent?.slots.B).toEqual({
      state: 'empty',
      sizeBytes: 64 * 1_048_576,
    });
  },
  600_000,
);

it.concurrent(
  'an image that cannot be installed is tried again by itself when it was only not there, and counts against nobody',
  async () => {
    await scene.addNodes('missing', 1, { image: v1 });
    const upgrade = { ...scene.upgradeTo(v2), imageurl: 'https://images.example.org/late' };
    await scene.createOs('missing', upgrade);
    await scene.untilOs('missing', 'the reason', (status) =>
      status.waiting?.some(({ reason }) => reason === 'SourceNotFound'),
    );
    expect(scene.os('missing')?.status).toMatchObject({ failed: 0, updated: 0 });
    expect((await scene.lastOf('missing-1'))?.message).toContain('404');

    scene.images.offer('late', v2);
    await scene.untilUpdated('missing');
  },
  600_000,
);

it.concurrent(
  'B-01: an image that does not come up is left after its boot attempts, one node is given back, and another image gets its chance',
  async () => {
    const nodes = await scene.addNodes('panic', 2, { image: v1 });
    const budget = scene.watchBudget(nodes);
    await scene.createOs('panic', scene.upgradeTo(fastImage(v2.version, { reaches: 'kernel' })));
    await scene.untilStopped('panic');

    const [first, second] = nodes;
    expect(first?.boots.map(({ slot, why }) => [slot, why])).toEqual([
      ['A', 'good'],
      ['B', 'trial'],
      ['B', 'trial'],
      ['B', 'trial'],
      ['A', 'good'],
    ]);
    expect(second?.boots).toHaveLength(1);
    expect(await scene.lastOf('panic-1')).toMatchObject({ class: 'bad', reason: 'BootFailed' });
    expect(scene.node('panic-1')).toMatchObject({ unschedulable: false, annotations: {} });
    expect(scene.instance('panic-1')?.status.agent).toMatchObject({
      bootedSlot: 'A',
      slots: { B: { state: 'failed' } },
      lastFailure: { evidence: { attemptsUsed: 3 } },
    });

    await scene.editOs('panic', scene.upgradeTo(v3));
    await scene.untilUpdated('panic');
    expect(nodes.map(({ running }) => running?.image)).toEqual([v3, v3]);
    expect(budget.most).toHaveLength(1);
  },
  600_000,
);

it.concurrent(
  'B-27: an image that does not come up is not confirmed without its kubelet, and the node returns by itself when its time is over',
  async () => {
    const [node] = await scene.addNodes('mute', 1, { image: v1 });
    await scene.createOs('mute', scene.upgradeTo(fastImage(v2.version, { reaches: 'agent' })));
    await until('the trial to run', () => node?.running?.why === 'trial');
    expect(scene.node('mute-1')?.unschedulable).toBe(true);
    node?.passTime(601);
    await scene.untilStopped('mute');

    expect(await scene.lastOf('mute-1')).toMatchObject({
      class: 'unconfirmed',
      reason: 'NotConfirmed',
    });
    expect(node?.running?.image).toBe(v1);
    expect(scene.instance('mute-1')?.status.agent?.slots.B.state).toBe('ready');
    expect(scene.node('mute-1')).toMatchObject({ unschedulable: false, ready: true });
  },
  600_000,
);
