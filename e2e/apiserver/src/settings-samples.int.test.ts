/** What users of upstream have in their files about settings, carried out. */
import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { FastNode } from './fast-node/fast-node.ts';
import { fastImage } from './fast-node/images.ts';
import { kubeletFilePath, readNodeFile } from './fast-node/system-root.ts';
import { conditionOf, Scene } from './scene.fixture.ts';
import { addNode, kernelLines, untilSettings } from './settings.fixture.ts';
import { until } from './until.fixture.ts';

const folder = resolve(import.meta.dirname, '../samples');
const label = 'upgrade.openeuler.org/node-selector';
const v2 = fastImage('KubeOS 2.0.0');
const offered = {
  ...fastImage('KubeOS 2.1.0'),
  digest: 'sha256:7ea1d2d1a0a4b1a5d2a3b5c8f9e00112233445566778899aabbccddeeff00112',
} as const;

let scene: Scene;
let plain: FastNode;
let empty: FastNode;

beforeAll(async () => {
  scene = await Scene.open();
  await scene.startOperator();
  plain = await addNode(scene, 'plain', { image: v2, labels: {} });
  empty = await addNode(scene, 'empty', { image: v2, labels: { [label]: '' } });
}, 600_000);

afterAll(() => scene.close(), 180_000);

async function apply(file: string): Promise<void> {
  await scene.kubectl('apply', '-n', 'default', '-f', resolve(folder, file));
}

async function remove(os: string): Promise<void> {
  await scene.kubectl('delete', 'os', os);
  await until('the object to go', () => scene.os(os) === undefined);
}

it('config-only.yaml: a parameter of the kernel on all nodes, without a break', async () => {
  await apply('config-only.yaml');
  await untilSettings(scene, 'os-config', 'Applied');
  await scene.untilUpdated('os-config');

  for (const { root } of [plain, empty]) {
    expect(await readNodeFile(root, 'proc/sys/vm/max_map_count')).toBe('262144\n');
  }
  expect(scene.os('os-config')?.status).toMatchObject({ nodes: 2, updated: 2 });
  await remove('os-config');
});

it('doc-config-short.yaml: a key of no meaning is refused, and the spelling is to be mended', async () => {
  await apply('doc-config-short.yaml');
  await untilSettings(scene, 'os-config-short', 'KeysRefused');
  await scene.untilUpdated('os-config-short');

  const { status } = scene.os('os-config-short') ?? {};
  expect(conditionOf(status, 'SettingsApplied')?.message).toContain('kubernetes.kubelet a.b');
  expect(conditionOf(status, 'SettingsWarning')?.status).toBe('True');
  await remove('os-config-short');
});

it('upgrade-with-settings.yaml: both sets go with the upgrade', async () => {
  scene.images.offerAt('registry.example.org/kubeos/upgrade:2.1.0', offered);
  await apply('upgrade-with-settings.yaml');
  await untilSettings(scene, 'os-settings', 'Applied');
  await scene.untilUpdated('os-settings');

  const { root, running } = empty;
  expect(running?.image.version).toBe('KubeOS 2.1.0');
  expect(await readNodeFile(root, '/etc/persist.conf')).toBe('kernel.panic=5\n');
  expect(await kernelLines(empty)).toEqual([
    'root=PARTLABEL=ROOT-A ro quiet selinux=0',
    'root=PARTLABEL=ROOT-B ro quiet panic=5',
  ]);
  const kubelet = await readNodeFile(root, kubeletFilePath);
  expect(kubelet).toMatch(/^maxPods: 200 /m);
  expect(kubelet).toContain('memory.available: 200Mi');
  expect(await readNodeFile(root, '/etc/containerd/config.toml')).toContain('level = "info"');
  expect(await readNodeFile(root, '/etc/security/limits.conf')).toContain('root hard nofile 65535');
  expect(scene.instance('empty-1')?.status.agent?.settings).toMatchObject({
    before: 'u1',
    after: 's1',
    refused: { total: 0 },
  });
}, 600_000);
