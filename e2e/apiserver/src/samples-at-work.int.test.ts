/** What users of upstream have in their files, under a running operator: it says what it makes of each. */
import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { FastNode } from './fast-node/fast-node.ts';
import { fastImage } from './fast-node/images.ts';
import type { OperatorProgram } from './operator-program.fixture.ts';
import { conditionOf, Scene } from './scene.fixture.ts';
import { until } from './until.fixture.ts';

const folder = resolve(import.meta.dirname, '../samples');
/** Of an agent of before, that fetches no image from a registry. */
const capabilities = ['disk', 'rollback', 'settings'] as const;
const label = 'upgrade.openeuler.org/node-selector';

let scene: Scene;
let operator: OperatorProgram;
let nodes: readonly FastNode[];

beforeAll(async () => {
  scene = await Scene.open();
  operator = await scene.startOperator('operator', zoneWhereItIsNoon(new Date().getUTCHours()));
  const image = fastImage('KubeOS 1.0.0');
  nodes = [
    ...(await scene.addNodes('plain', 1, { image, capabilities, labels: {} })),
    ...(await scene.addNodes('edge', 1, { image, capabilities, labels: { [label]: 'edge' } })),
    ...(await scene.addNodes('empty', 1, { image, capabilities, labels: { [label]: '' } })),
  ];
}, 600_000);

afterAll(() => scene.close(), 180_000);

/** The window of a sample is at night. The signs of these names are turned round. */
function zoneWhereItIsNoon(hour: number): string {
  return `Etc/GMT${hour < 12 ? '-' : '+'}${String(Math.abs(hour - 12))}`;
}

const samples = [
  ['config-only.yaml', 'os-config', 'VersionDiffers', 3],
  ['doc-config-short.yaml', 'os-config-short', 'VersionDiffers', 1],
  ['doc-rollback-short.yaml', 'os-rollback-short', 'AllNodesUpdated', 1],
  ['rollback.yaml', 'os-rollback', 'AllNodesUpdated', 1],
  ['upgrade-container.yaml', 'os-sample', 'ImageTypeUnsupported', 1],
  ['upgrade-disk-mtls.yaml', 'os-disk', 'OutsideTimeWindow', 1],
  ['upgrade-with-settings.yaml', 'os-settings', 'ImageTypeUnsupported', 1],
] as const;

it.each(samples)(
  '%s: %s speaks of its nodes alone and says %s',
  async (file, name, reason, count) => {
    await scene.kubectl('apply', '-n', 'default', '-f', resolve(folder, file));
    await scene.untilOs(name, reason, (status) => conditionOf(status, 'Ready')?.reason === reason);
    expect(scene.os(name)?.status).toMatchObject({ nodes: count, working: 0, failed: 0 });
    await scene.kubectl('delete', 'os', name);
    await until('the object to go', () => scene.os(name) === undefined);
  },
);

it('B-24: all of them together leave every node alone, and each says why', async () => {
  await scene.kubectl('apply', '-n', 'default', '-f', folder);
  for (const [, name] of samples) {
    await scene.untilOs(name, 'a word', (status) => {
      const ready = conditionOf(status, 'Ready');
      return ready?.observedGeneration === 1 && ready.reason !== '' && ready.message !== '';
    });
  }
  // Creation times have only seconds: one that comes later in the second of another may be the older one of both.
  await until('all conflicts to be told', () => {
    const reasons = samples.map(([, name]) => conditionOf(scene.os(name)?.status, 'Ready')?.reason);
    return reasons.filter((reason) => reason === 'SelectorConflict').length > 3;
  });
  expect(nodes.map(({ boots }) => boots.length)).toEqual([1, 1, 1]);
  for (const { name } of nodes) {
    expect(scene.node(name)).toMatchObject({ unschedulable: false, annotations: {} });
    expect(scene.instance(name)?.spec).toEqual({ nodestatus: 'idle' });
  }
});

it('none of them makes the operator fail', async () => {
  expect(operator.isRunning()).toBe(true);
  expect((await operator.get('/healthz')).status).toBe(200);
  const log = await operator.log();
  expect(log.filter(({ level }) => level >= 40)).toEqual([]);
});
