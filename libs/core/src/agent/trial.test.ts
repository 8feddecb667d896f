import { describe, expect, it } from '@jest/globals';
import { KubeosError } from '../errors/index.ts';
import {
  activateRequest,
  confirmRequest,
  digestOf,
  enterTrial,
  image,
  neverAborted,
  nodeWithV2,
  prepareRequest,
  prepareV2,
  type MemoryNode,
} from './memory-node.fixture.ts';

const ignore = (): void => undefined;

async function armed(options: Parameters<typeof activateRequest>[1] = {}): Promise<MemoryNode> {
  const node = nodeWithV2();
  await prepareV2(node);
  await node.agent().activate(activateRequest(1, options));
  return node;
}

describe('a trial', () => {
  it('is returned by the timer when nobody confirms it in time', async () => {
    const node = nodeWithV2();
    const agent = await enterTrial(node);
    await node.pass(279);
    await expect(agent.returnPass()).resolves.toBe('nothing');
    await node.pass(1);
    await expect(node.agent().returnPass()).resolves.toBe('returned');
    expect(node.vars).toMatchObject({ good: 'A', order: ['A'], slots: { A: 'good', B: 'ready' } });
    expect(node.reboots).toBe(2);
    const returned = {
      result: 'Returned',
      failure: {
        code: 'NOT_CONFIRMED',
        class: 'unconfirmed',
        evidence: { lastStage: 'agent', bootIds: ['boot-2'], attemptsUsed: 1 },
      },
    };
    expect(node.status).toMatchObject({ bootedSlot: 'B', operation: returned, warnings: [] });
    node.boot();
    const after = node.agent();
    await after.start();
    expect(node.status).toMatchObject({ bootedSlot: 'A', operation: returned });
    await expect(after.confirm(confirmRequest(node))).resolves.toMatchObject({
      result: 'Returned',
    });
    await expect(after.activate(activateRequest(1))).resolves.toMatchObject({ result: 'Returned' });
    await expect(after.cancel(prepareRequest(1))).resolves.toMatchObject({ result: 'Returned' });
  });

  it('counts uptime from the start of each boot', async () => {
    const node = nodeWithV2();
    await enterTrial(node);
    await node.pass(200);
    node.boot();
    await node.pass(200);
    await expect(node.agent().returnPass()).resolves.toBe('nothing');
  });

  it('lasts 600 s when its record is lost', async () => {
    const node = nodeWithV2();
    await enterTrial(node);
    node.stateText = undefined;
    await node.pass(579);
    await expect(node.agent().returnPass()).resolves.toBe('nothing');
    await node.pass(1);
    await expect(node.agent().returnPass()).resolves.toBe('returned');
  });

  it('is left even when the order to reboot was lost', async () => {
    const node = nodeWithV2();
    await enterTrial(node);
    await node.pass(300);
    node.faults.reboot = new KubeosError('REBOOT_FAILED', 'no');
    await expect(node.agent().returnPass()).rejects.toMatchObject({ code: 'REBOOT_FAILED' });
    node.faults = {};
    expect(node.vars.slots.B).toBe('ready');
    await node.agent().returnPass();
    expect(node.reboots).toBe(2);
    await node.agent().returnPass();
    expect(node.reboots).toBe(2);
  });

  it('B-01: is given up by the boot loader when the agent is never reached, and says why', async () => {
    const node = await armed();
    for (let boot = 0; boot < 4; boot += 1) node.boot();
    const agent = node.agent();
    await agent.start();
    expect(node.vars).toMatchObject({ good: 'A', order: ['A'], slots: { A: 'good', B: 'failed' } });
    expect(node.status.operation).toMatchObject({
      state: 'Failed',
      result: 'Returned',
      failure: {
        code: 'BOOT_FAILED',
        class: 'bad',
        evidence: {
          attemptsUsed: 3,
          lastStage: 'kernel',
          bootIds: [],
          journalTail: 'the end of the journal',
        },
      },
    });
    expect(node.status.lastFailure).toMatchObject({ seq: 1, class: 'bad' });
    expect(node.reboots).toBe(1);
  });

  it('is unconfirmed when the attempts are used up although the agent was reached', async () => {
    const node = nodeWithV2();
    await enterTrial(node);
    for (let boot = 0; boot < 3; boot += 1) node.boot();
    await node.agent().start();
    expect(node.vars.slots.B).toBe('ready');
    expect(node.status.operation?.failure).toMatchObject({
      class: 'unconfirmed',
      evidence: { bootIds: ['boot-2'] },
    });
  });

  it('names every boot that reached the agent', async () => {
    const node = nodeWithV2();
    await enterTrial(node);
    node.boot();
    await node.agent().start();
    await node.pass(300);
    await node.agent().returnPass();
    expect(node.status.lastFailure?.evidence).toMatchObject({
      bootIds: ['boot-2', 'boot-3'],
      attemptsUsed: 2,
    });
  });

  it('is interrupted when the count could not be saved', async () => {
    const node = await armed();
    node.boot(false);
    await node.agent().start();
    expect(node.vars.slots.B).toBe('ready');
    expect(node.status.operation?.failure).toMatchObject({
      code: 'TRIAL_INTERRUPTED',
      class: 'interrupted',
      evidence: { attemptsUsed: 0 },
    });
  });

  it('is interrupted when somebody boots the default by hand', async () => {
    const node = await armed();
    node.boot();
    node.startIn('A', 'manual');
    await node.agent().start();
    expect(node.vars.slots.B).toBe('ready');
    expect(node.status.lastFailure).toMatchObject({ class: 'interrupted' });
  });

  it('fails at once when the boot loader cannot load the candidate', async () => {
    const node = await armed();
    node.slots.B = image('v2', { loads: false });
    node.boot();
    await node.agent().start();
    expect(node.vars.slots.B).toBe('failed');
    expect(node.status.lastFailure).toMatchObject({
      class: 'bad',
      evidence: { lastStage: 'loader', attemptsUsed: 1 },
    });
  });

  it('is lost when nobody knows any more how far it came', async () => {
    const node = await armed();
    for (let boot = 0; boot < 4; boot += 1) node.boot();
    node.stateText = undefined;
    await node.agent().start();
    expect(node.vars).toMatchObject({ slots: { B: 'failed' }, seq: 1 });
    expect(node.status).toMatchObject({ seq: 1, lastFailure: { seq: 1, class: 'lost' } });
    expect(node.status.operation).toBeUndefined();
  });

  it('is returned first even when the journal cannot be read', async () => {
    const node = await armed();
    node.boot(false);
    node.faults.journal = new KubeosError('COMMAND_FAILED', 'no journal');
    await node.agent().start();
    expect(node.vars.slots.B).toBe('ready');
  });

  it.each([
    ['seq', { id: 'os/node/2', seq: 2 }, 'BUSY'],
    ['boot id', { bootId: 'boot-1' }, 'CONFIRM_MISMATCH'],
    ['slot', { slot: 'A' as const }, 'CONFIRM_MISMATCH'],
    ['digest', { slotDigest: digestOf('other') }, 'CONFIRM_MISMATCH'],
  ])('is not confirmed by a request with another %s', async (_name, other, code) => {
    const node = nodeWithV2();
    const agent = await enterTrial(node);
    await expect(agent.confirm({ ...confirmRequest(node), ...other })).rejects.toMatchObject({
      code,
    });
    expect(node.vars.slots.B).toBe('trial');
  });

  it('is confirmed although the records are lost, on the digest of the slot itself', async () => {
    const node = nodeWithV2();
    await enterTrial(node);
    node.stateText = '{"schema": 2}';
    const agent = node.agent();
    await expect(agent.confirm(confirmRequest(node))).resolves.toMatchObject({
      result: 'Committed',
    });
    expect(node.vars.good).toBe('B');
    expect(node.status.warnings).toEqual([]);
  });

  it('answers a repeated Confirm with its outcome, also after a reboot', async () => {
    const node = nodeWithV2();
    const agent = await enterTrial(node);
    const request = confirmRequest(node);
    await agent.confirm(request);
    node.boot();
    await expect(node.agent().confirm(request)).resolves.toMatchObject({ result: 'Committed' });
    await expect(node.agent().cancel(prepareRequest(1))).resolves.toMatchObject({
      result: 'Committed',
    });
    await expect(node.agent().returnPass()).resolves.toBe('nothing');
  });

  it('keeps other operations away', async () => {
    const node = nodeWithV2();
    const agent = await enterTrial(node);
    const busy = { code: 'BUSY' };
    await expect(agent.prepare(prepareRequest(2), ignore, neverAborted)).rejects.toMatchObject(
      busy,
    );
    await expect(
      agent.activate({ ...activateRequest(2), target: { version: 'v1' } }),
    ).rejects.toMatchObject(busy);
    await expect(agent.cancel(prepareRequest(2))).rejects.toMatchObject(busy);
  });

  it('ends with Cancel: returned, rebooted, and final', async () => {
    const node = nodeWithV2();
    const agent = await enterTrial(node);
    await expect(agent.cancel(prepareRequest(1))).resolves.toMatchObject({ result: 'Cancelled' });
    expect(node.vars).toMatchObject({ good: 'A', slots: { B: 'ready' } });
    expect(node.reboots).toBe(2);
    node.boot();
    await node.agent().start();
    expect(node.status.operation).toMatchObject({
      phase: 'Cancel',
      state: 'Done',
      result: 'Cancelled',
    });
    await expect(node.agent().confirm(confirmRequest(node))).rejects.toMatchObject({
      code: 'STALE',
    });
    await expect(node.agent().activate(activateRequest(1))).rejects.toMatchObject({
      code: 'STALE',
    });
    await expect(node.agent().cancel(prepareRequest(1))).resolves.toMatchObject({
      result: 'Cancelled',
    });
  });
});

describe('the default slot', () => {
  it('moves to the other good slot when it cannot be loaded', async () => {
    const node = nodeWithV2();
    const agent = await enterTrial(node);
    await agent.confirm(confirmRequest(node));
    node.slots.B = image('v2', { loads: false });
    node.boot();
    await node.agent().start();
    expect(node.vars).toMatchObject({ good: 'A', order: ['A'], slots: { A: 'good', B: 'failed' } });
    expect(node.status).toMatchObject({ bootWhy: 'fallback', warnings: [{ reason: 'FellBack' }] });
  });

  it('is not written over while another slot runs by hand', async () => {
    const node = nodeWithV2();
    const agent = await enterTrial(node);
    await agent.confirm(confirmRequest(node));
    node.startIn('A', 'manual');
    const refused = { code: 'BOOTED_SLOT_NOT_GOOD' };
    await expect(prepareV2(node, 2)).rejects.toMatchObject(refused);
    await expect(node.agent().consoleRollback()).rejects.toMatchObject({
      code: 'ROLLBACK_IMPOSSIBLE',
      message: 'The running slot A is not the default: a reboot goes to slot B',
    });
    expect(node.vars.slots).toEqual({ A: 'good', B: 'good' });
  });

  it('shows a boot of a slot that should not boot', async () => {
    const node = nodeWithV2();
    await prepareV2(node);
    node.startIn('B', 'manual');
    await node.agent().start();
    expect(node.status.warnings).toMatchObject([{ reason: 'ForeignBoot' }]);
    await expect(prepareV2(node, 2)).rejects.toMatchObject({ code: 'BOOTED_SLOT_NOT_GOOD' });
  });
});
