import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { otherSlot, type SlotName } from '../api/operation.ts';
import type { Agent } from './agent.ts';
import {
  activateRequest,
  digestOf,
  image,
  neverAborted,
  nodeWithV2,
  prepareRequest,
  type MemoryNode,
} from './memory-node.fixture.ts';

const ignore = (): void => undefined;

const calls = [
  'prepare',
  'prepareBroken',
  'activate',
  'rollback',
  'confirm',
  'cancel',
  'consoleRollback',
  'consoleConfirm',
  'release',
  'pass',
] as const;
type Call = (typeof calls)[number];
const events = ['reboot', 'rebootUnsaved', 'manualBoot', 'loseRecords', 'nextSeq', 'wait'] as const;

const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      call: fc.constantFrom(...calls),
      cutAfter: fc.option(fc.integer({ min: 1, max: 9 }), { freq: 1 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ event: fc.constantFrom(...events) }) },
);

/** The node with what a test has to remember beside it. */
class Walk {
  readonly node: MemoryNode = nodeWithV2();
  seq = 1;
  versions = 2;

  constructor() {
    this.node.sources.set('https://images/broken', image('v9', { hasAgent: false }));
  }

  async call(name: Call, cutAfter: number | null): Promise<void> {
    const { node } = this;
    if (cutAfter !== null) node.cutAfter = node.writes.length + cutAfter;
    await this.ask(node.agent(), name).catch(ignore);
    if (cutAfter === null) return;
    this.boot(true);
    await node.agent().start();
  }

  private async ask(agent: Agent, name: Call): Promise<unknown> {
    const { seq, node } = this;
    const named = prepareRequest(seq);
    const other = otherSlot(node.booted ?? 'A');
    const version = node.slots[other]?.version ?? 'v2';
    const requests: Record<Call, () => Promise<unknown>> = {
      prepare: () => agent.prepare(named, ignore, neverAborted),
      prepareBroken: () =>
        agent.prepare(
          { ...named, payload: { ...named.payload, url: 'https://images/broken' } },
          ignore,
          neverAborted,
        ),
      activate: () => agent.activate({ ...activateRequest(seq), target: { version } }),
      rollback: () =>
        agent.rollback({ ...named, type: 'rollback', version, confirmTimeoutSeconds: 300 }),
      confirm: () =>
        agent.confirm({
          ...named,
          bootId: node.bootId,
          slot: node.booted ?? 'A',
          slotDigest: node.installedDigest(node.booted ?? 'A'),
        }),
      cancel: () => agent.cancel(named),
      consoleRollback: () => agent.consoleRollback(),
      consoleConfirm: () => agent.consoleConfirm(),
      release: () => agent.release(),
      pass: () => agent.returnPass(),
    };
    return requests[name]();
  }

  async happen(name: (typeof events)[number]): Promise<void> {
    const { node } = this;
    if (name === 'nextSeq') this.seq += 1;
    else if (name === 'wait') await node.pass(301);
    else if (name === 'loseRecords') node.stateText = undefined;
    else {
      if (name === 'manualBoot') this.bootByHand(otherSlot(node.booted ?? 'A'));
      else this.boot(name === 'reboot');
      await node.agent().start();
    }
  }

  private boot(saveOk: boolean): void {
    this.node.boot(saveOk);
    if (this.node.booted === undefined) throw new Error('no slot boots');
  }

  private bootByHand(slot: SlotName): void {
    if (this.node.vars.slots[slot] !== 'empty') this.node.startIn(slot, 'manual');
  }

  /** Reboots that were ordered come, and time passes until the timer has nothing left to do. */
  async rest(): Promise<void> {
    const { node } = this;
    for (let round = 0; round < 3; round += 1) {
      if (node.rebooting) node.boot();
      await node.agent().start();
      await node.pass(3600);
      await node.agent().returnPass();
    }
    node.boot();
    await node.agent().start();
  }

  /** What must hold at every moment, whoever did what. */
  check(): void {
    const { node } = this;
    const { vars } = node;
    const candidate = otherSlot(vars.good);
    expect(vars.slots[vars.good]).toBe('good');
    expect(node.slots[vars.good]).toBeDefined();
    expect(vars.slots[node.booted ?? 'A']).not.toBe('empty');
    if (vars.slots[candidate] !== 'empty') {
      expect(node.slots[candidate]).toMatchObject({ hasAgent: true });
      expect(['v1', 'v2']).toContain(node.slots[candidate]?.version);
    }
    const isTrial = vars.slots[candidate] === 'trial';
    expect(vars.order).toEqual(isTrial ? [candidate, vars.good] : [vars.good]);
    if (!isTrial) expect(vars.left).toEqual({ A: 0, B: 0 });
  }
}

describe('the agent', () => {
  it('keeps a slot that boots and never boots what was not verified, whatever is asked and whenever the power fails', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const walk = new Walk();
        await walk.node.agent().start();
        for (const taken of steps) {
          if ('call' in taken) await walk.call(taken.call, taken.cutAfter);
          else await walk.happen(taken.event);
          walk.check();
        }
      }),
      { numRuns: 60 },
    );
  });

  it('always comes to rest: no trial outlives its clock', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const walk = new Walk();
        const { node } = walk;
        for (const taken of steps) {
          if ('call' in taken) await walk.call(taken.call, taken.cutAfter);
          else await walk.happen(taken.event);
        }
        await walk.rest();
        expect(node.booted).toBe(node.vars.good);
        expect(Object.values(node.vars.slots)).not.toContain('trial');
        await node.agent().release();
        const seq = walk.seq + 100;
        await node.agent().prepare(prepareRequest(seq), ignore, neverAborted);
        expect(node.status.operation).toMatchObject({
          seq,
          result: 'Prepared',
          slotDigest: digestOf('slot v2'),
        });
      }),
      { numRuns: 40 },
    );
  });
});
