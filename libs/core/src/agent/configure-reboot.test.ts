import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { entry, limits, request } from './configure.fixture.ts';
import type { ActivateRequest, ConfirmRequest } from './agent.ts';
import { confirmRequest, digestOf, MemoryNode } from './memory-node.fixture.ts';

const audit = entry('grub.cmdline.current', { audit: 1 }, { reboot: 'ifNeeded' });
const wanted = [audit, limits];
const menu = '/boot/grub.cfg';

const lineOf = (node: MemoryNode, slot: 'A' | 'B') =>
  node.settings.files
    .get(menu)
    ?.split('\n')
    .find((line) => line.includes(`ROOT-${slot}`))
    ?.trim();
const oldLine = (slot: string) => `linux /vmlinuz root=PARTLABEL=ROOT-${slot} ro quiet`;

const activate: ActivateRequest = {
  ...{ id: 'os/node/1', seq: 1, type: 'config' as const, confirmTimeoutSeconds: 300 },
  target: { version: 'v1', slot: 'B', slotDigest: digestOf('slot v1') },
};

const confirm = (node: MemoryNode): ConfirmRequest => ({
  ...confirmRequest(node),
  type: 'config',
  slotDigest: digestOf('slot v1'),
});

async function inTrial(): Promise<MemoryNode> {
  const node = new MemoryNode();
  await node.agent().start();
  await node.agent().configure(request(wanted, { phase: 'Prepare' }));
  await node.agent().activate(activate);
  node.boot();
  await node.agent().start();
  return node;
}

describe('a kernel line with the reboot that it needs', () => {
  it('is prepared in a copy of the running slot', async () => {
    const node = new MemoryNode();
    await node.agent().start();
    const answer = await node.agent().configure(request(wanted, { phase: 'Prepare' }));
    expect(answer).toMatchObject({
      result: 'Prepared',
      slot: 'B',
      slotDigest: digestOf('slot v1'),
      report: { disruption: 'reboot' },
    });
    expect(node.slots.B).toEqual(node.slots.A);
    expect(lineOf(node, 'A')).toBe(oldLine('A'));
    expect(lineOf(node, 'B')).toBe(`${oldLine('B')} audit=1`);
    expect(node.settings.files.get('/etc/security/limits.conf')).not.toContain('alice');
    expect(node.status.operation).toMatchObject({ result: 'Prepared', disruption: 'reboot' });
  });

  it('stays once the copy is confirmed, with all other settings of the set', async () => {
    const node = await inTrial();
    expect(node.booted).toBe('B');
    await expect(node.agent().configure(request(wanted))).resolves.toMatchObject({
      result: 'Configured',
      report: { models: [{ settings: [{ outcome: 'unchanged' }] }, {}] },
    });
    await expect(node.agent().confirm(confirm(node))).resolves.toMatchObject({
      result: 'Committed',
    });
    expect(node.vars.good).toBe('B');
    expect(lineOf(node, 'B')).toBe(`${oldLine('B')} audit=1`);
    expect(node.settings.files.get('/etc/security/limits.conf')).toContain('alice');
    expect(node.status.settings).toMatchObject({ after: 's1', rebootPending: false });
  });

  it.each([
    ['before it is activated', async () => undefined],
    [
      'while it is armed',
      async (node: MemoryNode) => {
        await node.agent().activate(activate);
      },
    ],
  ])('goes when it is cancelled %s', async (_name, happens) => {
    const node = new MemoryNode();
    await node.agent().start();
    await node.agent().configure(request(wanted, { phase: 'Prepare' }));
    await happens(node);
    await node.agent().cancel(request([], { seq: 1 }));
    // A reboot that is under way leaves it to the next boot.
    node.boot();
    await node.agent().start();
    expect(node.booted).toBe('A');
    expect(lineOf(node, 'B')).toBe(oldLine('B'));
    expect(node.settings.stateText).not.toContain('undo');
  });

  it('goes with the trial, and the other settings with it', async () => {
    const node = await inTrial();
    await node.agent().configure(request(wanted));
    await node.pass(300);
    await node.agent().returnPass();
    node.boot();
    await node.agent().start();
    expect(node.booted).toBe('A');
    expect(lineOf(node, 'B')).toBe(oldLine('B'));
    expect(node.settings.files.get('/etc/security/limits.conf')).not.toContain('alice');
    expect(node.status.settings).not.toHaveProperty('after');
  });

  it('needs no copy when the running line has it', async () => {
    const node = await inTrial();
    await node.agent().configure(request(wanted));
    await node.agent().confirm(confirm(node));
    const again = request(wanted, { phase: 'Prepare', seq: 2 });
    await expect(node.agent().configure(again)).resolves.toMatchObject({
      report: { disruption: 'none' },
    });
  });

  it('is found as it was, or as a whole trial, after a power cut at any write', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(24), async (cut) => {
        const node = new MemoryNode();
        await node.agent().start();
        node.cutAfter = node.writes.length + cut;
        try {
          await node.agent().configure(request(wanted, { phase: 'Prepare' }));
          await node.agent().activate(activate);
        } catch {
          // The power is off.
        }
        node.boot();
        await node.agent().start();
        const isTried = node.booted === 'B';
        expect(lineOf(node, 'A')).toBe(oldLine('A'));
        if (isTried) expect(lineOf(node, 'B')).toBe(`${oldLine('B')} audit=1`);
      }),
    );
  });
});
