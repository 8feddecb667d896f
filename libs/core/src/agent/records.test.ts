import { describe, expect, it } from '@jest/globals';
import { createAgent } from './create-agent.ts';
import { KubeosError } from '../errors/index.ts';
import { freshVars, newBlock, parseBootBlock } from '../slots/index.ts';
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
const full = new KubeosError('STORAGE_FULL', 'no space left');
const warnings = (node: MemoryNode): readonly string[] =>
  node.status.warnings.map(({ reason }) => reason);

describe('a state file', () => {
  it.each([
    ['lost', undefined, 'RecordsLost'],
    ['broken', '{"schema":1,"cur', 'RecordsLost'],
    ['empty', '', 'RecordsLost'],
    ['of a newer agent', '{"schema":2,"current":{}}', 'RecordsLost'],
  ])('that is %s makes the prepared slot empty and says so', async (_name, text, reason) => {
    const node = nodeWithV2();
    await prepareV2(node);
    node.stateText = text;
    await node.agent().start();
    expect(warnings(node)).toEqual([reason]);
    expect(node.status).toMatchObject({
      seq: 1,
      slots: { A: { state: 'good', version: 'v1' }, B: { state: 'empty' } },
    });
    expect(node.slots.B).toBeUndefined();
    await node.agent().start();
    expect(warnings(node)).toEqual([reason]);
    await prepareV2(node, 2);
    expect(warnings(node)).toEqual([]);
  });

  it('of another node is not used', async () => {
    const node = nodeWithV2();
    await prepareV2(node);
    node.machineId = 'machine-2';
    await node.agent().start();
    expect(warnings(node)).toEqual(['RecordsForeign']);
    expect(node.vars.slots.B).toBe('empty');
  });

  it('that is lost leaves a good slot good, and its digest is taken anew', async () => {
    const node = nodeWithV2();
    const agent = await enterTrial(node);
    await agent.confirm(confirmRequest(node));
    node.stateText = undefined;
    await node.agent().start();
    expect(node.status.slots).toMatchObject({
      A: { state: 'good', version: 'v1', slotDigest: digestOf('slot v1') },
      B: { state: 'good', version: 'v2', slotDigest: digestOf('slot v2') },
    });
  });

  it('is no loss on a fresh node', async () => {
    const node = nodeWithV2();
    await node.agent().start();
    expect(warnings(node)).toEqual([]);
  });

  it('that cannot be read counts as lost, and the agent serves', async () => {
    const node = nodeWithV2();
    await prepareV2(node);
    const deps = node.deps();
    const broken = {
      ...deps.state,
      read: () => Promise.reject(new KubeosError('STORAGE_FAILED', 'EIO')),
    };
    const agent = createAgent({ ...deps, state: broken });
    await agent.start();
    await expect(agent.status()).resolves.toMatchObject({
      seq: 1,
      warnings: [{ reason: 'RecordsLost' }],
    });
  });
});

describe('a full PERSIST', () => {
  it('refuses Prepare and Activate before the sector is touched', async () => {
    const node = nodeWithV2();
    node.faults.state = full;
    const before = node.vars;
    await expect(prepareV2(node)).rejects.toMatchObject({ code: 'STORAGE_FULL' });
    expect(node.vars).toEqual(before);
    expect(warnings(node)).toEqual(['PersistFull']);
    node.faults = {};
    await prepareV2(node);
    node.faults.state = full;
    const ready = node.vars;
    await expect(node.agent().activate(activateRequest(1))).rejects.toMatchObject({
      code: 'STORAGE_FULL',
    });
    expect(node.vars).toEqual(ready);
    expect(node.reboots).toBe(0);
  });

  it('is told from one that cannot be written at all', async () => {
    const node = nodeWithV2();
    node.faults.state = new KubeosError('STORAGE_FAILED', 'EROFS: read-only file system');
    await expect(prepareV2(node)).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    expect(warnings(node)).toEqual(['PersistFailed']);
    expect(node.status.warnings[0]?.message).toContain('EROFS');
  });

  it('does not keep Confirm from committing, and the record follows the sector', async () => {
    const node = nodeWithV2();
    const agent = await enterTrial(node);
    node.faults.state = full;
    await expect(agent.confirm(confirmRequest(node))).resolves.toMatchObject({
      result: 'Committed',
    });
    expect(node.vars.good).toBe('B');
    expect(warnings(node)).toEqual(['PersistFull']);
    await expect(node.agent().confirm(confirmRequest(node))).resolves.toMatchObject({
      result: 'Committed',
    });
    node.faults = {};
    node.boot();
    await node.agent().start();
    expect(node.status.operation).toMatchObject({
      phase: 'Confirm',
      state: 'Done',
      result: 'Committed',
    });
    expect(warnings(node)).toEqual([]);
  });

  it('does not keep the timer from returning, and the record follows the sector', async () => {
    const node = nodeWithV2();
    await enterTrial(node);
    node.faults.state = full;
    await node.pass(300);
    await expect(node.agent().returnPass()).resolves.toBe('returned');
    node.boot();
    await node.agent().start();
    expect(node.status.operation).toMatchObject({
      result: 'Returned',
      failure: { code: 'NOT_CONFIRMED' },
    });
  });

  it('does not keep the boot loader from giving up', async () => {
    const node = nodeWithV2();
    await prepareV2(node);
    await node.agent().activate(activateRequest(1));
    node.faults.state = full;
    for (let boot = 0; boot < 4; boot += 1) node.boot();
    await node.agent().start();
    await node.agent().start();
    expect(node.vars.slots.B).toBe('failed');
    expect(node.status.operation).toMatchObject({
      result: 'Returned',
      failure: { code: 'BOOT_FAILED' },
    });
  });

  it('keeps a finished Prepare from counting: its slot is written anew', async () => {
    const node = nodeWithV2();
    node.sources.set('https://images/v2', async () => {
      node.faults.state = full;
      return image('v2');
    });
    await expect(prepareV2(node)).rejects.toMatchObject({ code: 'STORAGE_FULL' });
    expect(node.vars.slots.B).toBe('empty');
    node.faults = {};
    node.sources.set('https://images/v2', image('v2'));
    await prepareV2(node);
    expect(node.vars.slots.B).toBe('ready');
  });
});

describe('a boot sector', () => {
  it('that is lost is rebuilt from the last result', async () => {
    const node = nodeWithV2();
    const agent = await enterTrial(node);
    await agent.confirm(confirmRequest(node));
    const before = node.vars;
    node.block = undefined;
    node.startIn('B', 'lastresort');
    await node.agent().start();
    expect(node.vars).toEqual(before);
    expect(warnings(node)).toEqual(['BootEnvRebuilt']);
  });

  it('that is lost together with the records leaves the running slot', async () => {
    const node = nodeWithV2();
    const agent = await enterTrial(node);
    await agent.confirm(confirmRequest(node));
    node.block = new Uint8Array(1024);
    node.stateText = undefined;
    node.startIn('A', 'lastresort');
    await node.agent().start();
    expect(node.vars).toEqual(freshVars('A', 0));
    expect(warnings(node)).toEqual(['BootEnvRebuilt']);
  });

  it('that is lost is never rebuilt from an intent', async () => {
    const node = nodeWithV2();
    await prepareV2(node);
    node.cutAfter = node.writes.length + 1;
    const { stateText } = node;
    await expect(node.agent().activate(activateRequest(1))).rejects.toThrow();
    expect(node.stateText).not.toEqual(stateText);
    expect(node.stateText).toContain('"intent"');
    node.block = undefined;
    node.startIn('A', 'lastresort');
    await node.agent().start();
    expect(node.vars).toMatchObject({ good: 'A', order: ['A'], slots: { B: 'ready' } });
  });

  it.each([
    ['goes back', 'A', 'lastresort', { good: 'A', slots: { A: 'good', B: 'ready' } }],
    ['goes on', 'B', 'trial', { good: 'A', slots: { A: 'good', B: 'trial' } }],
    [
      'keeps what can be loaded',
      'B',
      'lastresort',
      { good: 'B', slots: { A: 'empty', B: 'good' } },
    ],
  ] as const)('that was lost in a trial %s in slot %s (%s)', async (_what, slot, why, vars) => {
    const node = nodeWithV2();
    await enterTrial(node);
    node.block = undefined;
    node.startIn(slot, why);
    await node.agent().start();
    expect(node.vars).toMatchObject(vars);
  });

  it('full of foreign variables is left alone, and the agent still tells its status', async () => {
    const node = nodeWithV2();
    const text = `# GRUB Environment Block\ngood=A\nslot_a=good\nx=${'y'.repeat(440)}\n`.padEnd(
      1024,
      '#',
    );
    const block = Uint8Array.from(text, (character) => character.charCodeAt(0));
    node.block = block;
    await expect(prepareV2(node)).rejects.toMatchObject({ code: 'BOOT_SECTOR_FULL' });
    expect(node.block).toEqual(block);
    await expect(node.agent().status()).resolves.toMatchObject({
      slots: { B: { state: 'empty' } },
    });
  });

  it('of upstream is adopted: the entry follows, and no way back by itself is claimed', async () => {
    const node = nodeWithV2();
    const text = '# GRUB Environment Block\nsaved_entry=A\n'.padEnd(1024, '#');
    node.block = Uint8Array.from(text, (character) => character.charCodeAt(0));
    node.why = 'unknown';
    await node.agent().start();
    expect(node.vars).toEqual(freshVars('A', 0));
    expect(warnings(node)).toEqual(['UpstreamBootEnv']);
    await prepareV2(node);
    await node.agent().activate(activateRequest(1));
    const entry = (): string =>
      /saved_entry=(.)/.exec(String.fromCharCode(...(node.block ?? [])))?.[1] ?? '-';
    expect(entry()).toBe('B');
    node.startIn('B', 'unknown');
    await node.agent().start();
    expect(node.status).toMatchObject({ slots: { B: { state: 'trial' } } });
    await node.pass(300);
    await expect(node.agent().returnPass()).resolves.toBe('returned');
    expect(entry()).toBe('A');
  });
});

describe('a node whose running slot nobody can tell', () => {
  it('is shown and not touched', async () => {
    const node = nodeWithV2();
    node.booted = undefined;
    const agent = node.agent();
    await agent.start();
    expect(warnings(node)).toEqual(['ForeignBoot']);
    expect(node.status.bootedSlot).toBeUndefined();
    await expect(agent.prepare(prepareRequest(1), ignore, neverAborted)).rejects.toMatchObject({
      code: 'SLOT_NOT_FOUND',
    });
    node.block = undefined;
    await agent.start();
    expect(parseBootBlock(node.block).kind).toBe('unreadable');
    expect(node.block).toBeUndefined();
    node.block = newBlock(freshVars('A', 0));
  });
});

describe('a status asked for in the middle of a change', () => {
  it('never mixes the record of one moment with the sector of another', async () => {
    const node = nodeWithV2();
    const agent = await enterTrial(node);
    const deps = node.deps();
    const onlooker = createAgent({
      ...deps,
      env: {
        ...deps.env,
        read: async () => {
          const block = await deps.env.read();
          await agent.cancel(prepareRequest(1));
          return block;
        },
      },
    });
    const status = await onlooker.look();
    expect(status).toMatchObject({
      operation: { result: 'Cancelled' },
      slots: { B: { state: 'ready' } },
    });
  });
});
