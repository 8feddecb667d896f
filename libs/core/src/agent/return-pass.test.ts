import { describe, expect, it } from '@jest/globals';
import { KubeosError } from '../errors/index.ts';
import { newBlock, type BootVars } from '../slots/index.ts';
import type { AgentDeps } from './agent.ts';
import { createAgent } from './create-agent.ts';
import { enterTrial, nodeWithV2, type MemoryNode } from './memory-node.fixture.ts';

const readOnly = new KubeosError('STORAGE_FAILED', 'EROFS: read-only file system');
const fails = (): Promise<never> => Promise.reject(readOnly);

/** A block in which GRUB finds no slot of ours and we find no room. */
function blockOfOthers(): Uint8Array {
  const text = `# GRUB Environment Block\nx=${'y'.repeat(460)}\n`.padEnd(1024, '#');
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function pass(node: MemoryNode, change: (deps: AgentDeps) => Partial<AgentDeps> = () => ({})) {
  const deps = node.deps();
  return createAgent({ ...deps, ...change(deps) }).returnPass();
}

describe('a return pass that cannot do its work', () => {
  const cannotRead = (deps: AgentDeps) => ({ env: { ...deps.env, read: fails } });

  it.each([
    ['the boot partition is read-only and the sector is lost', undefined, undefined],
    ['variables of others leave no room', blockOfOthers(), undefined],
    ['the boot partition cannot be read', undefined, cannotRead],
  ])('does not reboot a good node: %s', async (_why, block, change) => {
    const node = nodeWithV2();
    await node.agent().start();
    node.block = block;
    node.startIn('A', 'lastresort');
    if (block === undefined) node.faults.env = readOnly;
    await expect(pass(node, change)).resolves.toBe('nothing');
  });

  it('does not reboot a good node whose lock somebody holds', async () => {
    const node = nodeWithV2();
    node.startIn('A', 'manual');
    node.faults.lock = new KubeosError('BUSY', 'locked');
    await expect(pass(node)).resolves.toBe('nothing');
  });

  it.each([
    ['cannot be returned', undefined],
    ['is in a sector that cannot be read', cannotRead],
    [
      'is in a sector that cannot be read, and the records are lost',
      (deps: AgentDeps) => ({
        ...cannotRead(deps),
        state: { ...deps.state, read: async () => undefined },
      }),
    ],
    [
      'may be what runs, if only that could be read',
      (deps: AgentDeps) => ({ machine: { ...deps.machine, facts: fails } }),
    ],
  ])('reboots a trial that %s', async (_what, change) => {
    const node = nodeWithV2();
    await enterTrial(node);
    await node.pass(300);
    node.faults.env = readOnly;
    await expect(pass(node, change)).rejects.toBe(readOnly);
  });

  it.each(['trial', 'ready'] as const)(
    'reboots a system in neither slot only if it may be on trial (%s)',
    async (state) => {
      const node = nodeWithV2();
      const vars: BootVars = {
        good: 'A',
        order: ['A'],
        left: { A: 0, B: 0 },
        slots: { A: 'good', B: state },
        seq: 1,
      };
      node.block = newBlock(vars);
      node.startIn(undefined, 'manual');
      if (state === 'ready') await expect(pass(node)).resolves.toBe('nothing');
      else await expect(pass(node)).rejects.toMatchObject({ code: 'SLOT_NOT_FOUND' });
    },
  );
});
