import { describe, expect, it } from '@jest/globals';
import type { OperationProgress } from '../api/agent-status.ts';
import { KubeosError } from '../errors/index.ts';
import type { InstallWatch, SlotStore } from '../ports/node.ts';
import { createAgent } from './create-agent.ts';
import {
  activateRequest,
  confirmRequest,
  enterTrial,
  image,
  neverAborted,
  nodeWithV2,
  prepareRequest,
  prepareV2,
  settle,
  type Image,
  type MemoryNode,
} from './memory-node.fixture.ts';

const ignore = (): void => undefined;

/** A node whose download waits until it is let go. */
function slowNode(): { readonly node: MemoryNode; readonly finish: () => void } {
  const node = nodeWithV2();
  let resolve: (found: Image) => void = ignore;
  node.sources.set(
    'https://images/v2',
    (watch) =>
      new Promise((whole, broken) => {
        resolve = whole;
        watch.signal.addEventListener('abort', () => {
          broken(new Error('aborted'));
        });
      }),
  );
  return {
    node,
    finish: () => {
      resolve(image('v2'));
    },
  };
}

describe('operations in their order', () => {
  it('refuses lower numbers, earlier phases and other ids of the same number', async () => {
    const node = nodeWithV2();
    await prepareV2(node, 4);
    await node.agent().activate(activateRequest(4));
    node.rebooting = false;
    const agent = node.agent();
    const stale = { code: 'STALE' };
    await expect(agent.prepare(prepareRequest(3), ignore, neverAborted)).rejects.toMatchObject(
      stale,
    );
    await expect(agent.prepare(prepareRequest(4), ignore, neverAborted)).rejects.toMatchObject(
      stale,
    );
    await expect(agent.activate(activateRequest(4, { id: 'other/node/4' }))).rejects.toMatchObject(
      stale,
    );
    await expect(agent.cancel(prepareRequest(3))).rejects.toMatchObject(stale);
  });

  it('remembers the highest number although PERSIST is lost', async () => {
    const node = nodeWithV2();
    await prepareV2(node, 4);
    node.stateText = undefined;
    await expect(prepareV2(node, 3)).rejects.toMatchObject({ code: 'STALE' });
  });

  it('lets Prepare outlive its caller and attaches the same id again', async () => {
    const { node, finish } = slowNode();
    const agent = node.agent();
    const caller = new AbortController();
    const first = agent.prepare(prepareRequest(1), ignore, caller.signal);
    first.catch(ignore);
    await settle();
    expect(agent.isIdle()).toBe(false);
    caller.abort();
    await expect(first).rejects.toMatchObject({ code: 'CANCELLED' });
    await expect(agent.prepare(prepareRequest(1), ignore, caller.signal)).rejects.toMatchObject({
      code: 'CANCELLED',
    });
    const seen: OperationProgress[] = [];
    const both = [1, 2].map(() =>
      agent.prepare(prepareRequest(1), (at) => seen.push(at), neverAborted),
    );
    await settle();
    expect(node.status.operation?.progress).toMatchObject({ bytesDone: 512 });
    finish();
    await expect(Promise.all(both)).resolves.toMatchObject([
      { result: 'Prepared' },
      { result: 'Prepared' },
    ]);
    expect(seen).toHaveLength(2);
    expect(node.installs).toBe(1);
    expect(agent.isIdle()).toBe(true);
    expect(node.status.operation?.progress).toBeUndefined();
  });

  it('starts one installation for two callers at the same moment', async () => {
    const node = nodeWithV2();
    const agent = node.agent();
    await Promise.all([1, 2].map(() => agent.prepare(prepareRequest(1), ignore, neverAborted)));
    expect(node.installs).toBe(1);
  });

  it('ends a Prepare of a lower number for a higher one', async () => {
    const { node, finish } = slowNode();
    const agent = node.agent();
    const first = agent.prepare(prepareRequest(1), ignore, neverAborted);
    first.catch(ignore);
    await settle();
    const second = agent.prepare(prepareRequest(2), ignore, neverAborted);
    await expect(first).rejects.toMatchObject({ code: 'CANCELLED' });
    await settle();
    finish();
    await expect(second).resolves.toMatchObject({ result: 'Prepared' });
    expect(node.status).toMatchObject({ seq: 2, operation: { seq: 2, result: 'Prepared' } });
  });

  it('cancels a Prepare at work: the slot is empty and the number is used up', async () => {
    const { node } = slowNode();
    const agent = node.agent();
    const work = agent.prepare(prepareRequest(1), ignore, neverAborted);
    work.catch(ignore);
    await settle();
    await expect(agent.cancel(prepareRequest(1))).resolves.toMatchObject({ result: 'Cancelled' });
    await expect(work).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(node.vars).toMatchObject({ slots: { B: 'empty' }, seq: 1 });
    expect(node.slots.B).toBeUndefined();
    await expect(prepareV2(node)).rejects.toMatchObject({ code: 'STALE' });
  });

  it('cancels what was prepared and what it has never heard of', async () => {
    const node = nodeWithV2();
    await prepareV2(node);
    await expect(node.agent().cancel(prepareRequest(1))).resolves.toMatchObject({
      result: 'Cancelled',
    });
    expect(node.vars.slots.B).toBe('ready');
    await expect(node.agent().cancel(prepareRequest(7))).resolves.toMatchObject({
      result: 'Cancelled',
    });
    expect(node.status).toMatchObject({ seq: 7, operation: { seq: 7, phase: 'Cancel' } });
    await expect(prepareV2(node, 7)).rejects.toMatchObject({ code: 'STALE' });
  });

  it('does not claim to have cancelled what may have been confirmed', async () => {
    const node = nodeWithV2();
    const agent = await enterTrial(node);
    await agent.confirm(confirmRequest(node));
    node.stateText = undefined;
    for (let call = 0; call < 2; call += 1) {
      await expect(node.agent().cancel(prepareRequest(1))).rejects.toMatchObject({
        code: 'STATE_UNREADABLE',
      });
    }
    expect(node.status.operation).toMatchObject({
      phase: 'Cancel',
      state: 'Failed',
      failure: { class: 'lost' },
    });
    expect(node.vars).toMatchObject({ good: 'B', slots: { A: 'good', B: 'good' } });
    await prepareV2(node, 2);
  });

  it('begins nothing while the node reboots into an armed slot', async () => {
    const node = nodeWithV2();
    await prepareV2(node);
    await node.agent().activate(activateRequest(1));
    const busy = { code: 'BUSY' };
    const preparing = node.agent().prepare(prepareRequest(2), ignore, neverAborted);
    await expect(preparing).rejects.toMatchObject(busy);
    const settings = { version: 's1', configs: [] };
    const plan = { id: 'os/node/2', seq: 2, type: 'config', phase: 'Prepare', settings } as const;
    const configuring = node.agent().configure({ ...plan, confirmTimeoutSeconds: 300 });
    await expect(configuring).rejects.toMatchObject(busy);
  });

  it('disarms for Cancel, and for a higher number unless the node is rebooting', async () => {
    const node = nodeWithV2();
    await prepareV2(node);
    await node.agent().activate(activateRequest(1));
    await expect(prepareV2(node, 2)).rejects.toMatchObject({ code: 'BUSY' });
    node.rebooting = false;
    await prepareV2(node, 2);
    expect(node.vars).toMatchObject({ order: ['A'], slots: { B: 'ready' }, seq: 2 });
    await node.agent().activate(activateRequest(2));
    await expect(node.agent().cancel(prepareRequest(2))).resolves.toMatchObject({
      result: 'Cancelled',
    });
    expect(node.vars).toMatchObject({ order: ['A'], left: { B: 0 }, slots: { B: 'ready' } });
    node.boot();
    expect(node.booted).toBe('A');
  });

  it('does not activate while it prepares, and a stopped process leaves the work to the next', async () => {
    const { node, finish } = slowNode();
    const agent = node.agent();
    const work = agent.prepare(prepareRequest(1), ignore, neverAborted);
    work.catch(ignore);
    await settle();
    await expect(agent.activate(activateRequest(1))).rejects.toMatchObject({
      code: 'SLOT_REFUSED',
    });
    await agent.stop();
    await expect(work).rejects.toMatchObject({ code: 'CANCELLED' });
    const next = node.agent().prepare(prepareRequest(1), ignore, neverAborted);
    await settle();
    finish();
    await expect(next).resolves.toMatchObject({ result: 'Prepared' });
  });

  it('gives up a source that sends nothing for ten minutes', async () => {
    const { node } = slowNode();
    const work = node.agent().prepare(prepareRequest(1), ignore, neverAborted);
    work.catch(ignore);
    await settle();
    await node.pass(601);
    await expect(work).rejects.toMatchObject({ code: 'STALLED' });
    expect(node.status.operation).toMatchObject({
      result: 'Failed',
      failure: { code: 'STALLED', class: 'transient' },
    });
  });

  it('follows and ends the reading of a slot that was kept', async () => {
    const node = nodeWithV2();
    await prepareV2(node, 1);
    let watch: InstallWatch | undefined;
    const deps = node.deps();
    const digest: SlotStore['digest'] = (_slot, given) =>
      new Promise((_resolve, reject) => {
        watch = given;
        given?.signal.addEventListener('abort', () => reject(new Error('stopped')));
      });
    const agent = createAgent({ ...deps, slots: { ...deps.slots, digest } });
    const work = agent.prepare(prepareRequest(2), ignore, neverAborted);
    work.catch(ignore);
    for (const bytesDone of [1, 2]) {
      await settle();
      watch?.onProgress({ step: 'Verifying', bytesDone });
      await node.pass(400);
    }
    expect(node.status.operation).not.toHaveProperty('result');
    await expect(agent.cancel(prepareRequest(2))).resolves.toMatchObject({ result: 'Cancelled' });
    await expect(work).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  it('is busy when work does not react to being stopped', async () => {
    const node = nodeWithV2();
    node.sources.set('https://images/v2', () => new Promise(() => undefined));
    const agent = node.agent();
    agent.prepare(prepareRequest(1), ignore, neverAborted).catch(ignore);
    await settle();
    const cancel = agent.cancel(prepareRequest(1));
    cancel.catch(ignore);
    await settle();
    await node.pass(31);
    await expect(cancel).rejects.toMatchObject({ code: 'BUSY' });
  });

  it('blocks writes while another disk carries the same labels, and says so', async () => {
    const node = nodeWithV2();
    const agent = node.agent();
    await agent.start();
    node.ambiguous = true;
    await expect(agent.prepare(prepareRequest(1), ignore, neverAborted)).rejects.toMatchObject({
      code: 'AMBIGUOUS_DISK',
    });
    expect(node.vars.seq).toBe(0);
    await expect(agent.status()).resolves.toMatchObject({
      warnings: [{ reason: 'AmbiguousDisk' }],
    });
    node.ambiguous = false;
    await agent.prepare(prepareRequest(1), ignore, neverAborted);
    expect(node.status.warnings).toEqual([]);
  });

  it('arms nothing while another disk carries the same labels', async () => {
    const node = nodeWithV2();
    await prepareV2(node);
    const before = node.vars;
    node.ambiguous = true;
    await expect(node.agent().activate(activateRequest(1))).rejects.toMatchObject({
      code: 'AMBIGUOUS_DISK',
    });
    expect(node.vars).toEqual(before);
    expect(node.reboots).toBe(0);
    node.ambiguous = false;
    await expect(node.agent().activate(activateRequest(1))).resolves.toMatchObject({
      result: 'Armed',
    });
  });

  it('B-21: serves again after a call that could not get the lock', async () => {
    const node = nodeWithV2();
    const agent = node.agent();
    node.faults.lock = new KubeosError('BUSY', 'locked');
    await agent.start();
    await expect(agent.prepare(prepareRequest(1), ignore, neverAborted)).rejects.toMatchObject({
      code: 'BUSY',
    });
    node.faults = {};
    await expect(agent.prepare(prepareRequest(1), ignore, neverAborted)).resolves.toMatchObject({
      result: 'Prepared',
    });
  });

  it('B-21: keeps the outcome to itself when the lock cannot be had at the end, and is asked again', async () => {
    const { node, finish } = slowNode();
    const agent = node.agent();
    const work = agent.prepare(prepareRequest(1), ignore, neverAborted);
    work.catch(ignore);
    await settle();
    node.faults.lock = new KubeosError('BUSY', 'locked');
    finish();
    await expect(work).rejects.toMatchObject({ code: 'BUSY' });
    node.faults = {};
    const again = agent.prepare(prepareRequest(1), ignore, neverAborted);
    await settle();
    finish();
    await expect(again).resolves.toMatchObject({ result: 'Prepared' });
  });
});
