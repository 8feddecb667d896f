import { describe, expect, it } from '@jest/globals';
import { KubeosError } from '../errors/index.ts';
import {
  digestOf,
  activateRequest,
  confirmRequest,
  enterTrial,
  image,
  neverAborted,
  nodeWithV2,
  prepareRequest,
  prepareV2,
  settle,
} from './memory-node.fixture.ts';

const ignore = (): void => undefined;

describe('an upgrade on the node', () => {
  it('B-01: prepares, arms, boots on trial and commits', async () => {
    const node = nodeWithV2();
    const agent = node.agent();
    await agent.start();
    await expect(agent.prepare(prepareRequest(1), ignore, neverAborted)).resolves.toEqual({
      result: 'Prepared',
      slot: 'B',
      slotDigest: digestOf('slot v2'),
      version: 'v2',
    });
    expect(node.vars).toMatchObject({ good: 'A', slots: { A: 'good', B: 'ready' }, seq: 1 });
    await expect(agent.activate(activateRequest(1))).resolves.toMatchObject({ result: 'Armed' });
    expect(node.vars).toMatchObject({ good: 'A', order: ['B', 'A'], left: { B: 3 } });
    expect(node.reboots).toBe(1);
    node.boot();
    const after = node.agent();
    await after.start();
    expect(node.status).toMatchObject({
      bootedSlot: 'B',
      bootWhy: 'trial',
      seq: 1,
      slots: { B: { state: 'trial', version: 'v2', slotDigest: digestOf('slot v2') } },
      operation: { phase: 'Activate', state: 'Done', result: 'Booted' },
    });
    await expect(after.confirm(confirmRequest(node))).resolves.toMatchObject({
      result: 'Committed',
    });
    expect(node.vars).toMatchObject({ good: 'B', order: ['B'], slots: { A: 'good', B: 'good' } });
    expect(node.status.operation).toMatchObject({ phase: 'Confirm', result: 'Committed' });
  });

  it('names the operation in what it says, by the id under which the cluster knows it', async () => {
    const node = nodeWithV2();
    node.sources.set('https://images/v2', () => Promise.reject(new Error('gone')));
    const failing = node.agent().prepare(prepareRequest(1), ignore, neverAborted);
    await expect(failing).rejects.toThrow();
    await settle();

    // Before that the node was put in order, for no operation.
    const said = node.said.filter(([, { seq }]) => seq === 1);
    expect(said.map(([message]) => message)).toEqual([
      'Changing the node',
      'Changing the node',
      'Prepare did not succeed',
    ]);
    for (const [, fields] of said) {
      expect(fields).toMatchObject({ operation: prepareRequest(1).id, seq: 1 });
    }
  });

  it('takes the slot out of use before the first byte, and shows progress', async () => {
    const node = nodeWithV2();
    const seen: string[] = [];
    node.sources.set('https://images/v2', async () => {
      seen.push(node.vars.slots.B, /"state":"(\w+)"/.exec(node.stateText ?? '')?.[1] ?? '-');
      return image('v2');
    });
    const progress: number[] = [];
    await node
      .agent()
      .prepare(prepareRequest(1), (at) => progress.push(at.bytesDone), neverAborted);
    expect(seen).toEqual(['empty', 'Running']);
    expect(progress).toEqual([512]);
  });

  it.each([
    ['another version inside', image('v3'), 'VERSION_MISMATCH'],
    ['no agent inside', image('v2', { hasAgent: false }), 'NO_AGENT'],
    ['nothing behind the URL', undefined, 'SOURCE_NOT_FOUND'],
  ])('leaves the slot empty with %s', async (_name, found, code) => {
    const node = nodeWithV2();
    if (found === undefined) node.sources.clear();
    else node.sources.set('https://images/v2', found);
    const agent = node.agent();
    await expect(agent.prepare(prepareRequest(1), ignore, neverAborted)).rejects.toMatchObject({
      code,
    });
    expect(node.vars.slots.B).toBe('empty');
    expect(node.slots.B).toBeUndefined();
    expect(node.status).toMatchObject({
      operation: { state: 'Failed', result: 'Failed', failure: { code, seq: 1 } },
      lastFailure: { code },
    });
    await expect(agent.activate(activateRequest(1))).rejects.toMatchObject({
      code: 'SLOT_REFUSED',
    });
  });

  it.each([
    ['a payload that cannot be asked for', 'upgrade', 'INSECURE_SOURCE'],
    ['an operation that writes no slot', 'rollback', 'INVALID_ARGUMENT'],
    ['an operation that writes no slot', 'config', 'INVALID_ARGUMENT'],
  ] as const)('keeps the slot for a rollback from %s (%s)', async (_name, type, code) => {
    const node = nodeWithV2();
    const agent = await enterTrial(node);
    await agent.confirm(confirmRequest(node));
    if (type === 'upgrade') node.faults.check = new KubeosError('INSECURE_SOURCE', 'http');
    const before = node.vars;
    const request = prepareRequest(2, { type, version: 'v3' });
    await expect(agent.prepare(request, ignore, neverAborted)).rejects.toMatchObject({ code });
    expect(node.vars).toEqual(before);
    expect(node.slots.A).toEqual(image('v1'));
  });

  it('B-19: a repeated Prepare answers with its outcome, also after a reboot', async () => {
    const node = nodeWithV2();
    await prepareV2(node);
    node.boot();
    await prepareV2(node);
    expect(node.installs).toBe(1);
  });

  it('B-19: a failed Prepare is not tried again under the same number', async () => {
    const node = nodeWithV2();
    node.sources.clear();
    for (let call = 0; call < 3; call += 1) {
      await expect(prepareV2(node)).rejects.toMatchObject({ code: 'SOURCE_NOT_FOUND' });
    }
    expect(node.installs).toBe(1);
  });

  it('B-19: the next operation takes what lies in the slot, if it still is what was verified', async () => {
    const node = nodeWithV2();
    await prepareV2(node, 1);
    await prepareV2(node, 2);
    expect(node.installs).toBe(1);
    node.slots.B = image('v2 with a scar');
    await prepareV2(node, 3);
    expect(node.installs).toBe(2);
    expect(node.vars).toMatchObject({ slots: { B: 'ready' }, seq: 3 });
  });

  it('writes a slot anew that was tried before', async () => {
    const node = nodeWithV2();
    const agent = await enterTrial(node);
    await node.pass(400);
    await agent.returnPass();
    node.boot();
    await prepareV2(node, 2);
    expect(node.installs).toBe(2);
  });

  it('B-27: answers Booted without a reboot where the node runs the target already', async () => {
    const node = nodeWithV2();
    const trial = await enterTrial(node);
    await expect(trial.activate(activateRequest(1))).resolves.toMatchObject({ result: 'Booted' });
    await trial.confirm(confirmRequest(node));
    const next = { ...activateRequest(2), target: { version: 'v2' } };
    await expect(trial.activate(next)).resolves.toMatchObject({ result: 'Booted', slot: 'B' });
    expect(node.reboots).toBe(1);
    expect(node.status.operation).toMatchObject({ seq: 2, result: 'Booted' });
  });

  it('arms only what was verified: a changed slot becomes empty', async () => {
    const node = nodeWithV2();
    await prepareV2(node);
    node.slots.B = image('v2 with a scar');
    const agent = node.agent();
    for (let call = 0; call < 2; call += 1) {
      await expect(agent.activate(activateRequest(1))).rejects.toMatchObject({
        code: 'SLOT_CHANGED',
      });
    }
    expect(node.vars.slots.B).toBe('empty');
    expect(node.slots.B).toBeUndefined();
    expect(node.reboots).toBe(0);
  });

  it.each([
    ['another version', { version: 'v3' }, 'VERSION_MISMATCH'],
    ['another content', { version: 'v2', slotDigest: digestOf('other') }, 'SLOT_REFUSED'],
    ['another payload', { version: 'v2', payloadDigest: digestOf('other') }, 'SLOT_REFUSED'],
    ['the running slot', { version: 'v2', slot: 'A' as const }, 'SLOT_REFUSED'],
  ])('refuses to activate %s', async (_name, target, code) => {
    const node = nodeWithV2();
    await prepareV2(node);
    const request = { ...activateRequest(1), target };
    await expect(node.agent().activate(request)).rejects.toMatchObject({ code });
    expect(node.vars.slots.B).toBe('ready');
  });

  it('activates what nobody knows the payload of', async () => {
    const node = nodeWithV2();
    const trial = await enterTrial(node);
    await trial.confirm(confirmRequest(node));
    const target = { version: 'v1', payloadDigest: digestOf('payload v1') };
    await expect(trial.activate(activateRequest(2, { target }))).resolves.toMatchObject({
      result: 'Armed',
    });
  });

  it('orders the reboot again when Activate comes again', async () => {
    const node = nodeWithV2();
    await prepareV2(node);
    const agent = node.agent();
    await agent.activate(activateRequest(1));
    await agent.activate(activateRequest(1));
    expect(node.reboots).toBe(1);
    node.rebooting = false;
    await expect(agent.activate(activateRequest(1))).resolves.toMatchObject({ result: 'Armed' });
    expect(node.reboots).toBe(2);
  });

  it('disarms a candidate that nobody boots, and arms it again when asked again', async () => {
    const node = nodeWithV2();
    await prepareV2(node);
    const agent = node.agent();
    await agent.activate(activateRequest(1));
    node.rebooting = false;
    expect(agent.isIdle()).toBe(false);
    await node.pass(299);
    expect(node.vars.slots.B).toBe('trial');
    await node.pass(2);
    expect(node.vars).toMatchObject({ slots: { B: 'ready' }, left: { B: 0 } });
    expect(node.status.operation).toMatchObject({
      result: 'Failed',
      failure: { code: 'REBOOT_FAILED' },
    });
    expect(agent.isIdle()).toBe(true);
    await expect(agent.activate(activateRequest(1))).resolves.toMatchObject({ result: 'Armed' });
    expect(node.vars.slots.B).toBe('trial');
  });

  it('goes on watching an armed candidate after its process has died', async () => {
    const node = nodeWithV2();
    await prepareV2(node);
    await node.agent().activate(activateRequest(1));
    node.rebooting = false;
    const next = node.agent();
    await next.start();
    expect(next.isIdle()).toBe(false);
    await node.pass(301);
    expect(node.vars.slots.B).toBe('ready');
    await next.stop();
  });

  it('B-02: rolls back only to a slot of the wanted version', async () => {
    const node = nodeWithV2();
    const call = { id: 'os/node/5', seq: 5, type: 'rollback' as const, confirmTimeoutSeconds: 300 };
    const agent = node.agent();
    await agent.start();
    await expect(agent.rollback({ ...call, version: 'v0' })).rejects.toMatchObject({
      code: 'ROLLBACK_IMPOSSIBLE',
    });
    const trial = await enterTrial(node);
    await trial.confirm(confirmRequest(node));
    await expect(trial.rollback({ ...call, version: 'v0' })).rejects.toMatchObject({
      code: 'ROLLBACK_IMPOSSIBLE',
    });
    expect(node.reboots).toBe(1);
    await expect(trial.rollback({ ...call, version: 'v1' })).resolves.toMatchObject({
      result: 'Armed',
      slot: 'A',
    });
    node.boot();
    const after = node.agent();
    await after.start();
    expect(node.status).toMatchObject({
      bootedSlot: 'A',
      slots: { A: { state: 'trial', slotDigest: digestOf('slot v1') } },
    });
    const confirm = {
      ...confirmRequest(node, 5),
      slot: 'A' as const,
      slotDigest: digestOf('slot v1'),
    };
    await expect(after.confirm(confirm)).resolves.toMatchObject({ result: 'Committed' });
    await expect(
      after.rollback({ ...call, seq: 6, id: 'os/node/6', version: 'v1' }),
    ).resolves.toMatchObject({ result: 'Booted' });
  });

  it('B-02: refuses a slot that failed or was emptied', async () => {
    const node = nodeWithV2();
    await prepareV2(node);
    await node.agent().activate(activateRequest(1));
    node.slots.B = image('v2', { loads: false });
    node.boot();
    await node.agent().start();
    expect(node.vars.slots.B).toBe('failed');
    const call = { id: 'os/node/5', seq: 5, type: 'rollback' as const, confirmTimeoutSeconds: 300 };
    await expect(node.agent().rollback({ ...call, version: 'v2' })).rejects.toMatchObject({
      code: 'ROLLBACK_IMPOSSIBLE',
    });
  });

  it('adopts the digest of a slot that somebody else wrote', async () => {
    const node = nodeWithV2();
    await node.agent().start();
    expect(node.status.slots.A).toMatchObject({ state: 'good', slotDigest: digestOf('slot v1') });
  });

  it('B-21: a caller that fails, and a port that throws anything, poison nothing', async () => {
    const node = nodeWithV2();
    const agent = node.agent();
    node.sources.set('https://images/v2', async () => {
      throw new RangeError('a bug in an adapter');
    });
    const careless = (): void => {
      throw new Error('a caller');
    };
    await expect(agent.prepare(prepareRequest(1), careless, neverAborted)).rejects.toMatchObject({
      code: 'BUG',
    });
    node.sources.set('https://images/v2', image('v2'));
    await expect(agent.prepare(prepareRequest(2), careless, neverAborted)).resolves.toMatchObject({
      result: 'Prepared',
    });
    expect(agent.isIdle()).toBe(true);
    await settle();
  });
});
