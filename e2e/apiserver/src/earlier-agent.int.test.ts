/**
 * Operator and proxy of today with nodes whose agent is of before settings and registries: a rollback boots such a one,
 * and a fleet is upgraded from it. What is of then is all that goes over the socket, and the snapshot beside it.
 */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createAgentClient } from '@kubeos/agent-api';
import type { AgentStatus } from '@kubeos/core';
import type { FastNode } from './fast-node/fast-node.ts';
import { fastImage } from './fast-node/images.ts';
import { conditionOf, Scene } from './scene.fixture.ts';
import { addNode, entry } from './settings.fixture.ts';

const v1 = fastImage('KubeOS 1.0.0', { agent: 'earlier' });
const v2 = fastImage('KubeOS 2.0.0');
const fix = fastImage('KubeOS 1.0.1', { agent: 'earlier' });
const earlier = { agentVersion: 'before-settings', capabilities: ['disk', 'rollback'] };
const sysconfigs = { version: 's1', configs: [entry('kernel.sysctl', { 'vm.swappiness': 10 })] };

let scene: Scene;

function agentOf(node: string): AgentStatus | undefined {
  return scene.instance(node)?.status.agent;
}

function versionsOf(node: FastNode): readonly (string | undefined)[] {
  return node.boots.map(({ version }) => version);
}

async function untilReason(os: string, reason: string): Promise<void> {
  await scene.untilOs(os, reason, (status) => conditionOf(status, 'Ready')?.reason === reason);
}

/** Back to the first version, from the group's one node that was upgraded before. */
async function rollBack(os: string): Promise<void> {
  await scene.editOs(os, { opstype: 'rollback', osversion: v1.version });
  // The status speaks of the upgrade for a moment yet.
  await scene.untilPhase(`${os}-1`, 'Activate');
  await scene.untilUpdated(os);
}

beforeAll(async () => {
  scene = await Scene.open();
  await scene.startOperator();
}, 600_000);

afterAll(() => scene.close(), 180_000);

it.concurrent(
  'the earlier agent takes the node to today, and that of today takes it back to the earlier one',
  async () => {
    const node = await addNode(scene, 'across', { image: v1 });
    expect(agentOf('across-1')).toMatchObject(earlier);
    await scene.createOs('across', scene.upgradeTo(v2));
    await scene.untilUpdated('across');
    expect(node.running?.image).toBe(v2);
    expect(agentOf('across-1')?.capabilities).toContain('settings');

    await rollBack('across');
    expect(agentOf('across-1')).toMatchObject({ ...earlier, bootedSlot: 'A', version: v1.version });
    expect(agentOf('across-1')?.slots).toMatchObject({
      A: { state: 'good' },
      B: { state: 'good' },
    });
    expect(agentOf('across-1')).not.toHaveProperty('settings');
    expect(scene.node('across-1')).toMatchObject({ unschedulable: false, annotations: {} });
    expect(versionsOf(node)).toEqual([v1.version, v2.version, v1.version]);
  },
  600_000,
);

it.concurrent(
  'earlier agents alone are upgraded and rolled back as ever',
  async () => {
    const node = await addNode(scene, 'then', { image: v1 });
    await scene.createOs('then', scene.upgradeTo(fix));
    await scene.untilUpdated('then');
    expect(agentOf('then-1')).toMatchObject({ ...earlier, version: fix.version });

    await rollBack('then');
    expect(agentOf('then-1')).toMatchObject({ ...earlier, version: v1.version });
    expect(versionsOf(node)).toEqual([v1.version, fix.version, v1.version]);
  },
  600_000,
);

it.concurrent(
  'an image that no agent of then can fetch, and settings, wait for another agent and touch nothing',
  async () => {
    const node = await addNode(scene, 'cannot', { image: v1 });
    await scene.createOs('cannot', {
      opstype: 'upgrade',
      osversion: v2.version,
      imagetype: 'oci',
      containerimage: `registry.example.org/kubeos/os@${v2.digest}`,
      checksum: v2.digest.slice('sha256:'.length),
    });
    await untilReason('cannot', 'ImageTypeUnsupported');
    await scene.editOs('cannot', { ...scene.upgradeTo(v2), containerimage: null, sysconfigs });
    await untilReason('cannot', 'SettingsUnsupported');
    expect(conditionOf(scene.os('cannot')?.status, 'Ready')?.message).toContain('cannot-1');
    expect(scene.instance('cannot-1')?.spec).toEqual({ nodestatus: 'idle' });
    expect(scene.node('cannot-1')).toMatchObject({ unschedulable: false, annotations: {} });
    expect(node.boots).toHaveLength(1);

    await scene.editOs('cannot', { sysconfigs: null });
    await scene.untilUpdated('cannot');
    expect(node.running?.image).toBe(v2);
  },
  600_000,
);

it.concurrent(
  'a rollback that brings settings for an agent of then leaves the node where it was, and says why',
  async () => {
    const idle = { image: v1, state: 'good' } as const;
    const node = await addNode(scene, 'brings', { image: v2, idle });
    await scene.createOs('brings', { opstype: 'rollback', osversion: v1.version, sysconfigs });
    await scene.untilStopped('brings');
    expect(await scene.lastOf('brings-1')).toMatchObject({ reason: 'Unsupported' });
    expect(versionsOf(node)).toEqual([v2.version, v1.version, v2.version]);
    expect(scene.node('brings-1')).toMatchObject({ ready: true, unschedulable: false });
  },
  600_000,
);

it.concurrent(
  'a call that came later is answered with UNSUPPORTED',
  async () => {
    await scene.addNodes('asked', 1, { image: v1 });
    const socket = join(scene.plane.folder, 'nodes/asked-1/os-agent.sock');
    const client = createAgentClient({ target: `unix:${socket}` });
    const signal = AbortSignal.timeout(20_000);
    await expect(client.getStatus(signal)).resolves.toMatchObject(earlier);
    const asked = client.previewSettings(sysconfigs, signal);
    await expect(asked).rejects.toMatchObject({ code: 'UNSUPPORTED' });
    client.close();
  },
  600_000,
);
