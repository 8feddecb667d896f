import { describe, expect, it } from '@jest/globals';
import { KubeosError } from '../errors/index.ts';
import {
  activateRequest,
  confirmRequest,
  enterTrial,
  neverAborted,
  nodeWithV2,
  prepareRequest,
  prepareV2,
} from './memory-node.fixture.ts';

const ignore = (): void => undefined;

describe('a person at the console', () => {
  it('ends a trial, holds the node, and releases it', async () => {
    const node = nodeWithV2();
    const agent = await enterTrial(node);
    await expect(node.agent().consoleRollback()).resolves.toEqual({
      result: 'Returned',
      slot: 'A',
      version: 'v1',
      reboots: true,
    });
    expect(node.vars).toMatchObject({ good: 'A', slots: { B: 'ready' } });
    expect(node.status).toMatchObject({
      held: true,
      operation: { result: 'Returned', failure: { code: 'HELD', class: 'blocked' } },
    });
    expect(node.reboots).toBe(2);
    await expect(agent.confirm(confirmRequest(node))).resolves.toMatchObject({
      result: 'Returned',
    });
    node.boot();
    const held = { code: 'HELD' };
    const after = node.agent();
    await expect(after.prepare(prepareRequest(2), ignore, neverAborted)).rejects.toMatchObject(
      held,
    );
    await expect(after.activate(activateRequest(2))).rejects.toMatchObject(held);
    await expect(after.cancel(prepareRequest(2))).resolves.toMatchObject({ result: 'Cancelled' });
    await after.release();
    expect(node.status.held).toBe(false);
    await prepareV2(node, 3);
  });

  it('goes back to the slot that was confirmed before', async () => {
    const node = nodeWithV2();
    const agent = await enterTrial(node);
    await agent.confirm(confirmRequest(node));
    await expect(agent.consoleRollback()).resolves.toMatchObject({
      result: 'Returned',
      slot: 'A',
      version: 'v1',
    });
    expect(node.vars).toMatchObject({
      good: 'A',
      order: ['A'],
      left: { A: 0, B: 0 },
      slots: { A: 'good', B: 'good' },
    });
    node.boot();
    await node.agent().start();
    expect(node.status).toMatchObject({
      bootedSlot: 'A',
      held: true,
      operation: { result: 'Committed' },
    });
  });

  it('ends an open operation with the rollback', async () => {
    const node = nodeWithV2();
    const agent = await enterTrial(node);
    await agent.confirm(confirmRequest(node));
    await agent.activate(activateRequest(2, { target: { version: 'v2' } }));
    await agent.consoleRollback();
    expect(node.status.operation).toMatchObject({
      seq: 2,
      result: 'Returned',
      failure: { code: 'HELD' },
    });
  });

  it('disarms a candidate that was not booted yet', async () => {
    const node = nodeWithV2();
    await prepareV2(node);
    await node.agent().activate(activateRequest(1));
    await expect(node.agent().consoleRollback()).resolves.toMatchObject({
      result: 'Returned',
      slot: 'A',
      reboots: false,
    });
    expect(node.vars).toMatchObject({ order: ['A'], slots: { B: 'ready' } });
    expect(node.status.held).toBe(true);
  });

  it('B-02: cannot go back to a slot that was never confirmed', async () => {
    const node = nodeWithV2();
    await prepareV2(node);
    await expect(node.agent().consoleRollback()).rejects.toMatchObject({
      code: 'ROLLBACK_IMPOSSIBLE',
    });
    expect(node.vars.good).toBe('A');
  });

  it('commits the running trial and ends its operation', async () => {
    const node = nodeWithV2();
    const agent = await enterTrial(node);
    await expect(node.agent().consoleConfirm()).resolves.toMatchObject({
      result: 'Committed',
      slot: 'B',
    });
    expect(node.vars).toMatchObject({ good: 'B', slots: { A: 'good', B: 'good' } });
    await expect(agent.confirm(confirmRequest(node))).resolves.toMatchObject({
      result: 'Committed',
    });
    await expect(node.agent().consoleConfirm()).resolves.toMatchObject({ result: 'Committed' });
  });

  it('commits a trial of which no record is left', async () => {
    const node = nodeWithV2();
    await enterTrial(node);
    node.stateText = undefined;
    await expect(node.agent().consoleConfirm()).resolves.toEqual({
      result: 'Committed',
      slot: 'B',
      version: 'v2',
    });
    expect(node.vars.good).toBe('B');
  });

  it('has nothing to commit in a slot booted by hand', async () => {
    const node = nodeWithV2();
    await prepareV2(node);
    node.startIn('B', 'manual');
    await expect(node.agent().consoleConfirm()).rejects.toMatchObject({ code: 'CONFIRM_MISMATCH' });
    await expect(node.agent().confirm(confirmRequest(node))).rejects.toMatchObject({
      code: 'CONFIRM_MISMATCH',
    });
  });

  it('cannot be told that the node is released when PERSIST does not take it', async () => {
    const node = nodeWithV2();
    await enterTrial(node);
    await node.agent().consoleRollback();
    node.faults.state = new KubeosError('STORAGE_FULL', 'full');
    await expect(node.agent().release()).rejects.toMatchObject({ code: 'STORAGE_FULL' });
    expect(node.status.held).toBe(true);
    node.faults = {};
    await node.agent().release();
    await node.agent().release();
    expect(node.status.held).toBe(false);
  });
});
