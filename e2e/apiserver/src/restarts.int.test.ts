/** Operator and API server end in mid work; whoever comes next finds everything it needs. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { fastImage } from './fast-node/images.ts';
import { kubeletFilePath, readNodeFile } from './fast-node/system-root.ts';
import type { OperatorProgram } from './operator-program.fixture.ts';
import { lonelyPod } from './pods.fixture.ts';
import { Scene } from './scene.fixture.ts';
import { addNode, entry, untilSettings } from './settings.fixture.ts';
import { until } from './until.fixture.ts';

const v1 = fastImage('KubeOS 1.0.0');
const v2 = fastImage('KubeOS 2.0.0');

let scene: Scene;
let operator: OperatorProgram;

beforeAll(async () => {
  scene = await Scene.open();
  operator = await scene.startOperator('first');
}, 600_000);

afterAll(() => scene.close(), 180_000);

it('an operator killed in mid Drain and in mid Confirm is followed by one that goes on', async () => {
  const [draining] = await scene.addNodes('draining', 1, { image: v1 });
  const [confirming] = await scene.addNodes('confirming', 1, { image: v1 });
  const finalizers = ['example.org/busy'];
  await scene.apply(lonelyPod('job', 'draining-1', finalizers));
  await until('the pod', () => scene.podsOn('draining-1').length === 1);
  await scene.createOs('draining', { ...scene.upgradeTo(v2), evictpodforce: true });
  await scene.createOs('confirming', scene.upgradeTo(v2));
  await scene.untilPhase('confirming-1', 'After');
  await until(
    'the phase to be read',
    () => scene.instance('confirming-1')?.status.acknowledged?.phase === 'After',
  );
  await confirming?.stopProxy();
  await scene.untilPhase('confirming-1', 'Confirm');
  await until('the cordon', () => scene.node('draining-1')?.unschedulable);
  expect(scene.instance('draining-1')?.spec.operation?.phase).toBe('Drain');

  await operator.kill();
  operator = await scene.startOperator('second');
  confirming?.startProxy();
  await scene.kubectl('patch', 'pod', 'job', '--type=json', `-p=${removeFinalizers}`);
  await scene.untilUpdated('confirming');
  await scene.untilUpdated('draining');
  expect(draining?.boots.map(({ version }) => version)).toEqual([v1.version, v2.version]);
  expect(confirming?.boots.map(({ version }) => version)).toEqual([v1.version, v2.version]);
  expect(scene.shutdowns.map(({ pods }) => pods)).toEqual([[], []]);
}, 600_000);

it('settings go on where they stood when operator and proxy are away in mid After', async () => {
  const tuned = await addNode(scene, 'tuned', { image: v1 });
  const moved = await addNode(scene, 'moved', { image: v1 });
  const configs = [entry('kubernetes.kubelet', { maxPods: 200 }, { restart: true })];
  const sysconfigs = { version: 's1', configs };
  await scene.createOs('tuned', { opstype: 'config', osversion: v1.version, sysconfigs });
  await scene.createOs('moved', { ...scene.upgradeTo(v2), minReadySeconds: 10, sysconfigs });
  await scene.untilPhase('tuned-1', 'Drain');
  await tuned.stopProxy();
  await scene.untilPhase('tuned-1', 'After');
  await until(
    'the settings of the trial',
    () => scene.instance('moved-1')?.status.agent?.operation?.result === 'Configured',
  );

  await operator.kill();
  operator = await scene.startOperator('third');
  await until('a leader', () => operator.leads());
  expect(await readNodeFile(tuned.root, kubeletFilePath)).toMatch(/^maxPods: 110 /);
  tuned.startProxy();
  await moved.stopProxy();
  moved.startProxy();
  for (const [group, node] of [
    ['tuned', tuned],
    ['moved', moved],
  ] as const) {
    await untilSettings(scene, group, 'Applied');
    await scene.untilUpdated(group);
    expect(await readNodeFile(node.root, kubeletFilePath)).toMatch(/^maxPods: 200 /);
    expect(scene.os(group)?.status).toMatchObject({ failed: 0, updated: 1 });
    expect(scene.instance(`${group}-1`)?.spec.history?.seq).toBe(1);
  }
  expect(tuned.boots).toHaveLength(1);
  expect(moved.boots).toHaveLength(2);
}, 600_000);

it('an API server that is away in mid Drain and in the trial breaks nothing', async () => {
  const [node] = await scene.addNodes('outage', 1, { image: v1 });
  await scene.createOs('outage', scene.upgradeTo(v2));
  await scene.untilPhase('outage-1', 'Drain');
  await scene.plane.restartApiServer();
  await until('the trial', () => node?.running?.why === 'trial');
  await scene.plane.restartApiServer();
  await scene.untilUpdated('outage');

  expect(operator.isRunning()).toBe(true);
  expect(node?.boots.map(({ version }) => version)).toEqual([v1.version, v2.version]);
}, 600_000);

it('a trial that ended while the API server was away for longer than the lease is blamed on nobody', async () => {
  const [node] = await scene.addNodes('away', 1, { image: v1 });
  await scene.createOs('away', { ...scene.upgradeTo(v2), minReadySeconds: 120 });
  await scene.untilPhase('away-1', 'After');
  await scene.plane.stopApiServer();
  await until('the lease to be lost', async () => !(await operator.leads()));
  node?.passTime(601);
  await until('the return', () => node?.running?.image === v1);
  await scene.plane.startApiServer();
  await scene.untilPhase('away-1', undefined);

  const last = scene.instance('away-1')?.spec.history?.entries.at(-1)?.last;
  expect(last).toMatchObject({ class: 'interrupted', reason: 'Interrupted' });
  expect(scene.os('away')?.status).toMatchObject({ failed: 0 });
  // The watches of nodes and instances come back one after the other.
  await until('the node to be given back', () => scene.node('away-1')?.unschedulable === false);
}, 600_000);

const removeFinalizers = JSON.stringify([{ op: 'remove', path: '/metadata/finalizers' }]);
