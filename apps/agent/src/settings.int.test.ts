import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import type { SettingsSet } from '@kubeos/core';
import { exec, readTextIfThere } from '@kubeos/host';
import { agentCommand } from '../test/agent-process.ts';
import { startAgent } from '../test/kill-run.ts';
import { layOutNode } from '../test/node-root.ts';
import type { NodeRoot } from '../test/node-root.ts';

const unending = new AbortController().signal;

describe('settings of a node', () => {
  let node: NodeRoot;
  beforeEach(async () => {
    node = await layOutNode({});
    await node.write('proc/sys/vm/swappiness', '100\n');
    await node.write('etc/sysctl.conf', '# Of this node.\nvm.swappiness = 100\n');
  });
  afterEach(() => node.remove());

  const run = async (command: string) => {
    const [program = '', ...args] = agentCommand(node, command);
    return (await exec(program, args, { env: node.env })).stdout;
  };
  const textOf = (path: string) => readTextIfThere(join(node.root, path));
  const apply = async (drift: 'report' | 'heal') => {
    const contents = [{ key: 'vm.swappiness', value: 5 }];
    const settings: SettingsSet = {
      version: 's1',
      drift,
      configs: [
        { model: 'kernel.sysctl.persist', contents },
        { model: 'kernel.sysctl', contents: [...contents, { key: 'vm.absent', value: 1 }] },
      ],
    };
    const operation = { id: 'os/node/1', seq: 1, type: 'config' as const };
    const agent = await startAgent(node);
    try {
      return await agent.client.configure(
        { ...operation, phase: 'After', settings, confirmTimeoutSeconds: 600 },
        unending,
      );
    } finally {
      await agent.kill();
    }
  };
  const tamper = async () => {
    await node.write('etc/sysctl.conf', 'vm.swappiness = 60\n');
    await node.write('proc/sys/vm/swappiness', '60\n');
  };

  it('are made, and what was refused is told at the console', async () => {
    expect(await apply('report')).toMatchObject({ result: 'Committed' });
    expect(await textOf('etc/sysctl.conf')).toBe('# Of this node.\nvm.swappiness = 5\n');
    expect(await textOf('proc/sys/vm/swappiness')).toBe('5\n');
    const told = await run('settings');
    expect(told).toContain('sysconfigs: version "s1"; what is changed by others is reported.\n');
    expect(told).toContain('Could not be made:\n  kernel.sysctl vm.absent: ');
    expect(await run('drift')).toBe('');
  });

  it('are told of when others change them', async () => {
    await apply('report');
    await tamper();
    const told = await run('drift');
    expect(told).toMatch(/^Changed by others:\n {2}kernel\.sysctl/);
    expect(told).not.toContain('60');
    expect(await textOf('etc/sysctl.conf')).toBe('vm.swappiness = 60\n');
    expect(await run('settings')).toContain(told);
  });

  it('come back where that is asked for', async () => {
    await apply('heal');
    await tamper();
    expect(await run('drift')).toBe('');
    expect(await textOf('etc/sysctl.conf')).toBe('vm.swappiness = 5\n');
    expect(await textOf('proc/sys/vm/swappiness')).toBe('5\n');
  });
});
