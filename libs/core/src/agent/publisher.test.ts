import { describe, expect, it } from '@jest/globals';
import type { AgentStatus } from '../api/agent-status.ts';
import { KubeosError } from '../errors/index.ts';
import type { AgentDeps } from './agent.ts';
import { createAgent } from './create-agent.ts';
import {
  enterTrial,
  nodeWithV2,
  prepareRequest,
  prepareV2,
  type MemoryNode,
} from './memory-node.fixture.ts';

const full = new KubeosError('STORAGE_FULL', 'no space left');

function expectToRise(node: MemoryNode): void {
  const ofThisBoot = node.snapshots.filter(({ bootId }) => bootId === node.bootId);
  const revisions = ofThisBoot.map(({ revision }) => revision);
  expect(revisions).toEqual([...new Set(revisions)].sort((a, b) => a - b));
}

/** Another agent process, whose look at what is published lets others work first. */
function slowProcess(node: MemoryNode, meanwhile: () => Promise<unknown>) {
  const deps = node.deps();
  let isFirst = true;
  const read: AgentDeps['snapshot']['read'] = async () => {
    if (isFirst) {
      isFirst = false;
      await meanwhile();
    }
    return deps.snapshot.read();
  };
  return createAgent({ ...deps, snapshot: { ...deps.snapshot, read } });
}

describe('a snapshot', () => {
  it('counts its revisions up, in one process and across processes of one boot', async () => {
    const node = nodeWithV2();
    const first = node.agent();
    await first.start();
    await prepareV2(node);
    await first.cancel(prepareRequest(1));
    await prepareV2(node, 2);
    const agent = node.agent();
    await agent.start();
    await agent.status();
    await first.cancel(prepareRequest(2));
    expect(node.status.operation?.result).toBe('Cancelled');
    expectToRise(node);
    expect(node.snapshots[0]?.revision).toBeGreaterThanOrEqual(100_000);
  });

  it('is not written again while nothing changes, whoever asks', async () => {
    const node = nodeWithV2();
    const agent = node.agent();
    await agent.start();
    const count = node.snapshots.length;
    for (const each of [agent, node.agent(), node.agent()]) {
      await expect(each.status()).resolves.toEqual(node.status);
    }
    expect(node.snapshots).toHaveLength(count);
  });

  it('counts on above what lies there, however high', async () => {
    const node = nodeWithV2();
    await node.agent().start();
    node.published = JSON.stringify({ ...node.status, held: true, revision: 5_000_000 });
    const agent = node.agent();
    await expect(agent.status()).resolves.toMatchObject({ held: false, revision: 5_000_001 });
    await prepareV2(node);
    expectToRise(node);
  });

  it('never goes back to what a slow process saw before another one changed it', async () => {
    const node = nodeWithV2();
    const agent = await enterTrial(node);
    const slow = slowProcess(node, () => agent.cancel(prepareRequest(1)));
    const count = node.snapshots.length;
    const status = await slow.status();
    expect(node.status).toEqual(status);
    expect(node.snapshots).toHaveLength(count + 1);
    expect(node.status.operation?.result).toBe('Cancelled');
    expectToRise(node);
  });

  it('is written again when another process has put older content in its place', async () => {
    const node = nodeWithV2();
    const agent = node.agent();
    const status = await agent.status();
    node.published = JSON.stringify({ ...status, held: true });
    await agent.status();
    const { revision, ...rest } = JSON.parse(node.published) as AgentStatus;
    expect({ ...rest, revision: status.revision }).toEqual(status);
    expect(revision).toBeGreaterThan(status.revision);
  });

  it('is written again when writing it failed', async () => {
    const node = nodeWithV2();
    const agent = node.agent();
    node.faults.snapshot = full;
    await agent.start();
    expect(node.snapshots).toEqual([]);
    node.faults = {};
    const status = await agent.status();
    expect(node.status).toEqual(status);
  });

  it.each(['', '{"bootId":1}', '{'])('is written again over %j', async (text) => {
    const node = nodeWithV2();
    node.published = text;
    await node.agent().status();
    expect(node.published).toBe(JSON.stringify(node.status));
  });

  it('is written again when nobody can read it', async () => {
    const node = nodeWithV2();
    const deps = node.deps();
    const read = () => Promise.reject(new KubeosError('STORAGE_FAILED', 'EIO'));
    await createAgent({ ...deps, snapshot: { ...deps.snapshot, read } }).status();
    expect(node.snapshots).toHaveLength(1);
  });

  it('is not what a caller gets its status from', async () => {
    const node = nodeWithV2();
    node.faults.publishLock = new KubeosError('BUSY', 'locked');
    await expect(node.agent().status()).resolves.toMatchObject({ version: 'v1' });
    expect(node.snapshots).toEqual([]);
  });

  it('is not written by somebody who only looks', async () => {
    const node = nodeWithV2();
    await expect(node.agent().look()).resolves.toMatchObject({ version: 'v1', revision: 0 });
    expect(node.snapshots).toEqual([]);
    const { revision } = await node.agent().status();
    await expect(node.agent().look()).resolves.toMatchObject({ revision });
  });

  it('is not written by a timer that finds nothing to do', async () => {
    const node = nodeWithV2();
    await node.agent().start();
    const count = node.snapshots.length;
    await node.agent().returnPass();
    expect(node.snapshots).toHaveLength(count);
  });
});
