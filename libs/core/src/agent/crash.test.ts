import { describe, expect, it } from '@jest/globals';
import { otherSlot } from '../api/operation.ts';
import type { Agent } from './agent.ts';
import {
  activateRequest,
  confirmRequest,
  enterTrial,
  image,
  neverAborted,
  nodeWithV2,
  prepareRequest,
  prepareV2,
  type MemoryNode,
} from './memory-node.fixture.ts';

const ignore = (): void => undefined;

interface Story {
  readonly name: string;
  /** Brings the node to where the story begins. */
  readonly before: (node: MemoryNode) => Promise<unknown>;
  /** What the power cut interrupts, and what is asked again afterwards. */
  readonly act: (node: MemoryNode, agent: Agent) => Promise<unknown>;
  /** What holds once it was carried out in full. */
  readonly after: (node: MemoryNode) => void;
  /** The power cut ends the story: asking again is not what anybody would do. */
  readonly onlyOnce?: boolean;
}

const stories: readonly Story[] = [
  {
    name: 'start',
    before: async () => undefined,
    act: (_node, agent) => agent.start(),
    after: (node) => {
      expect(node.status.slots.A.state).toBe('good');
    },
  },
  {
    name: 'Prepare',
    before: async () => undefined,
    act: (_node, agent) => agent.prepare(prepareRequest(1), ignore, neverAborted),
    after: (node) => {
      expect(node.vars.slots.B).toBe('ready');
      expect(node.slots.B?.version).toBe('v2');
    },
  },
  {
    name: 'Prepare over a confirmed slot',
    before: async (node) => {
      const agent = await enterTrial(node);
      await agent.confirm(confirmRequest(node));
      node.sources.set('https://images/v2', image('v3'));
    },
    act: (_node, agent) =>
      agent.prepare(prepareRequest(2, { version: 'v3' }), ignore, neverAborted),
    after: (node) => {
      expect(node.vars).toMatchObject({ good: 'B', slots: { A: 'ready' } });
    },
  },
  {
    name: 'Activate',
    before: (node) => prepareV2(node),
    act: (_node, agent) => agent.activate(activateRequest(1)),
    after: (node) => {
      node.boot();
      expect(node.booted).toBe('B');
    },
  },
  {
    name: 'Confirm',
    before: (node) => enterTrial(node),
    act: (node, agent) => agent.confirm(confirmRequest(node)),
    after: (node) => {
      expect(node.vars).toMatchObject({ good: 'B', slots: { A: 'good', B: 'good' } });
      expect(node.status.operation).toMatchObject({ result: 'Committed' });
    },
  },
  {
    name: 'Return',
    before: async (node) => {
      await enterTrial(node);
      await node.pass(300);
    },
    act: async (node, agent) => {
      if (node.uptimeSeconds < 300) await node.pass(300);
      await agent.returnPass();
    },
    after: (node) => {
      expect(node.vars).toMatchObject({ good: 'A', slots: { B: 'ready' } });
      expect(node.status.operation).toMatchObject({
        result: 'Returned',
        failure: { class: 'unconfirmed' },
      });
    },
  },
  {
    name: 'giving up after the last attempt',
    before: async (node) => {
      await prepareV2(node);
      await node.agent().activate(activateRequest(1));
      for (let boot = 0; boot < 4; boot += 1) node.boot();
    },
    act: (_node, agent) => agent.start(),
    after: (node) => {
      expect(node.vars.slots.B).toBe('failed');
      expect(node.status.operation).toMatchObject({
        result: 'Returned',
        failure: { class: 'bad' },
      });
    },
  },
  {
    name: 'Cancel in the trial',
    before: (node) => enterTrial(node),
    act: (_node, agent) => agent.cancel(prepareRequest(1)),
    after: (node) => {
      expect(node.vars).toMatchObject({ good: 'A', slots: { B: 'ready' } });
      expect(node.status.operation?.result).toBe('Cancelled');
    },
  },
  {
    name: 'a rollback at the console',
    before: async (node) => {
      const agent = await enterTrial(node);
      await agent.confirm(confirmRequest(node));
    },
    act: (_node, agent) => agent.consoleRollback(),
    after: (node) => {
      expect(node.vars).toMatchObject({ good: 'A', slots: { A: 'good', B: 'good' } });
    },
    onlyOnce: true,
  },
  {
    name: 'the discovery that a slot has changed',
    before: async (node) => {
      await prepareV2(node);
      node.slots.B = image('v2 with a scar');
    },
    act: (_node, agent) => agent.activate(activateRequest(1)).catch(ignore),
    after: (node) => {
      expect(node.vars.slots.B).toBe('empty');
    },
  },
];

/** How many writes the story makes when nothing happens to it. */
async function writesOf(story: Story): Promise<number> {
  const node = nodeWithV2();
  await story.before(node);
  const before = node.writes.length;
  await story.act(node, node.agent());
  story.after(node);
  return node.writes.length - before;
}

/** The power fails right after this write of the story; the node boots and its agent starts. */
async function cutAt(story: Story, write: number): Promise<MemoryNode> {
  const node = nodeWithV2();
  await story.before(node);
  node.cutAfter = node.writes.length + write;
  await story.act(node, node.agent()).catch(ignore);
  node.boot();
  await node.agent().start();
  return node;
}

function expectSound(node: MemoryNode): void {
  const { vars } = node;
  expect(node.booted).toBeDefined();
  expect(vars.slots[vars.good]).toBe('good');
  expect(vars.slots[node.booted ?? 'A']).not.toBe('empty');
  // The slot that is not the default is loadable only as what the sector calls it.
  const other = otherSlot(vars.good);
  if (vars.slots[other] === 'ready') expect(node.slots[other]).toBeDefined();
  expect(node.status.seq).toBe(Math.max(vars.seq, node.status.seq));
  const { operation } = node.status;
  if (operation?.result === 'Committed') expect(vars.slots[operation.slot ?? 'B']).toBe('good');
  if (operation?.result === 'Returned') expect(vars.slots[operation.slot ?? 'A']).not.toBe('trial');
  if (operation?.result === 'Prepared') expect(vars.slots[operation.slot ?? 'A']).toBe('ready');
}

describe.each(stories)('B-01: a power cut during $name', (story) => {
  it('leaves a slot that boots and records that agree, after every single write', async () => {
    const writes = await writesOf(story);
    expect(writes).toBeGreaterThan(0);
    for (let write = 1; write <= writes; write += 1) expectSound(await cutAt(story, write));
  });

  it('does not keep it from being carried out when it is asked for again', async () => {
    if (story.onlyOnce === true) return;
    const writes = await writesOf(story);
    for (let write = 1; write <= writes; write += 1) {
      const node = await cutAt(story, write);
      await story.act(node, node.agent());
      story.after(node);
      expectSound(node);
    }
  });

  it('may come twice', async () => {
    const writes = await writesOf(story);
    for (let first = 1; first <= writes; first += 1) {
      for (let second = 1; second <= 4; second += 1) {
        const node = await cutAt(story, first);
        node.cutAfter = node.writes.length + second;
        await story.act(node, node.agent()).catch(ignore);
        node.boot();
        await node.agent().start();
        expectSound(node);
      }
    }
  });
});
