/** The life of a release on a real API server, with nodes at work: install, upgrade, rollback, uninstall, install again. */
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { chartFolder, Helm, operatorAccount, releaseName } from '@kubeos/chart';
import type { FastNode } from './fast-node/fast-node.ts';
import { fastImage } from './fast-node/images.ts';
import type { OperatorProgram } from './operator-program.fixture.ts';
import { lonelyPod } from './pods.fixture.ts';
import { playRetireJob } from './retire-job.fixture.ts';
import { Scene } from './scene.fixture.ts';
import { until } from './until.fixture.ts';

const v1 = fastImage('KubeOS 1.0.0');
const v2 = fastImage('KubeOS 2.0.0');
const v3 = fastImage('KubeOS 3.0.0');
const { namespace } = operatorAccount;
const inNamespace = `--namespace=${namespace}`;

let scene: Scene;
let helm: Helm;
let operator: OperatorProgram;
let web: FastNode[];

/** The chart of a release before this one: its definition of OS has a column less. */
async function earlierChart(folder: string): Promise<string> {
  const chart = join(folder, 'earlier');
  await cp(chartFolder, chart, { recursive: true });
  const file = join(chart, 'files/crds/os.yaml');
  const text = await readFile(file, 'utf8');
  const column = / {8}- name: MESSAGE\n(?: {10}.*\n)+/u;
  expect(text).toMatch(column);
  await writeFile(file, text.replace(column, ''));
  return chart;
}

async function columns(): Promise<string> {
  const path = 'jsonpath={.spec.versions[0].additionalPrinterColumns[*].name}';
  return scene.kubectl('get', 'crd', 'os.upgrade.openeuler.org', '-o', path);
}

/** What must outlive every change of the release. */
async function kept(): Promise<string> {
  const path = 'jsonpath={.items[*].metadata.uid}';
  return scene.kubectl('get', 'os,osinstances', '-n', 'default', '-o', path);
}

/** A changed DaemonSet gets new pods; the kubelet ends the old containers and starts new ones. */
async function replaceProxies(nodes: readonly FastNode[]): Promise<void> {
  await Promise.all(nodes.map((node) => node.stopProxy()));
  for (const node of nodes) node.startProxy();
}

beforeAll(async () => {
  scene = await Scene.openInstalled(async (plane) => {
    helm = await Helm.find(plane);
    await plane.run(['create', 'namespace', namespace]);
    const enforce = 'pod-security.kubernetes.io/enforce=restricted';
    await plane.run(['label', 'namespace', namespace, enforce]);
    await helm.run(['install', releaseName, await earlierChart(plane.folder), inNamespace]);
  });
  operator = await scene.startOperator();
  web = await scene.addNodes('web', 2, { image: v1 });
}, 600_000);

afterAll(() => scene.close(), 180_000);

it('pod security admits the operator where it is strictest, and the proxies in their own namespace', async () => {
  const pods = async (where: string): Promise<number> => {
    const names = await scene.kubectl('get', 'pods', '-n', where, '-o', 'name');
    return names.split('\n').filter((name) => name.includes('/os-') && !name.includes('played'))
      .length;
  };
  await until('both pods of the Deployment', async () => (await pods(namespace)) === 2);
  await until('a proxy on each node', async () => (await pods('kubeos-proxy')) === 2);
  const list = await scene.kubectl('get', 'pods', '-n', 'kubeos-proxy', '-o', 'json');
  const [{ spec }] = (JSON.parse(list) as { items: readonly [{ readonly spec: object }] }).items;
  const account = { serviceAccountName: 'default', serviceAccount: 'default' };
  const there = { metadata: { name: 'p', namespace }, spec: { ...spec, ...account } };
  const moved = JSON.stringify({ apiVersion: 'v1', kind: 'Pod', ...there });
  await expect(scene.plane.run(['create', '--dry-run=server', '-f', '-'], moved)).rejects.toThrow(
    'restricted volume type',
  );
});

it('an upgrade and a rollback of the release in mid rollout leave the rollout alone', async () => {
  await scene.createOs('web', { ...scene.upgradeTo(v2), minReadySeconds: 5 });
  await scene.untilPhase('web-1', 'After');
  const objects = await kept();
  expect(await columns()).not.toContain('MESSAGE');

  const values = ['--set=operator.logLevel=debug,proxy.logLevel=debug'];
  await helm.run(['upgrade', releaseName, chartFolder, inNamespace, ...values]);
  expect(await columns()).toContain('MESSAGE');
  await replaceProxies(web);
  await scene.untilPhase('web-2', 'Drain');

  await helm.run(['rollback', releaseName, '1', inNamespace]);
  expect(await columns()).not.toContain('MESSAGE');
  await replaceProxies(web);
  await scene.untilUpdated('web');
  expect(await kept()).toBe(objects);
  expect(web.map(({ boots }) => boots.map(({ version }) => version))).toEqual([
    [v1.version, v2.version],
    [v1.version, v2.version],
  ]);
  await helm.run(['upgrade', releaseName, chartFolder, inNamespace]);
}, 600_000);

it('an uninstall in mid rollout ends it first: no node stays cordoned, every object is kept', async () => {
  const [held] = await scene.addNodes('held', 1, { image: v1 });
  await scene.apply(lonelyPod('job', 'held-1', ['example.org/busy']));
  await until('the pod', () => scene.podsOn('held-1').length === 1);
  await scene.createOs('held', { ...scene.upgradeTo(v2), evictpodforce: true });
  await scene.untilPhase('held-1', 'Drain');
  await until('the cordon', () => scene.node('held-1')?.unschedulable);
  await scene.editOs('web', { ...scene.upgradeTo(v3), minReadySeconds: 20 });
  await scene.untilPhase('web-1', 'After');
  const objects = await kept();

  const uninstalled = helm.run(['uninstall', releaseName, inNamespace]);
  const { exitCode, log } = await playRetireJob(scene);
  expect(log).toContain('Took the lease');
  expect(exitCode).toBe(0);
  await uninstalled;
  await operator.stop();

  for (const name of ['web-1', 'web-2', 'held-1']) {
    const node = scene.node(name);
    expect([name, node?.unschedulable, node?.annotations]).toEqual([name, false, {}]);
    expect(Object.keys(node?.labels ?? {})).toEqual(['upgrade.openeuler.org/node-selector']);
    expect(scene.instance(name)?.spec.operation).toBeUndefined();
  }
  // What had changed its node was seen through, what had not was cancelled, and nothing was begun.
  expect(web.map(({ running }) => running?.image.version)).toEqual([v3.version, v2.version]);
  expect(held?.boots).toHaveLength(1);
  expect(await scene.eventsOf('OSInstance', 'held-1')).toContain('Retiring');
  expect(await kept()).toBe(objects);
  expect([scene.os('web')?.finalizers, scene.os('held')?.finalizers]).toEqual([[], []]);
  const mine = 'deployments,jobs,serviceaccounts,clusterroles,validatingadmissionpolicies';
  const left = ['get', mine, '-A', '-l', 'app.kubernetes.io/part-of=kubeos', '-o', 'name'];
  expect(await scene.kubectl(...left)).toBe('');
}, 600_000);

it('an install after that goes on where the rollout was ended', async () => {
  await scene.kubectl(
    'patch',
    'pod',
    'job',
    '--type=json',
    '-p=[{"op":"remove","path":"/metadata/finalizers"}]',
  );
  await until('the namespace of the proxies to be gone', async () => {
    const found = await scene.kubectl(
      'get',
      'namespace',
      'kubeos-proxy',
      '--ignore-not-found',
      '-o',
      'name',
    );
    return found === '';
  });
  await helm.run(['install', releaseName, chartFolder, inNamespace]);
  await replaceProxies(web);
  await scene.editOs('web', { minReadySeconds: 1 });
  operator = await scene.startOperator('next');
  await scene.untilUpdated('web');
  expect(web.map(({ running }) => running?.image.version)).toEqual([v3.version, v3.version]);
}, 600_000);
