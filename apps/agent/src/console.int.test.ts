import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { changeSlots, freshVars, newBlock, parseBootBlock } from '@kubeos/core';
import { defaultBootDir, exec, readTextIfThere } from '@kubeos/host';
import { agentCommand } from '../test/agent-process.ts';
import { layOutNode } from '../test/node-root.ts';
import type { NodeRoot } from '../test/node-root.ts';

describe('a node on trial in slot B', () => {
  let node: NodeRoot;
  beforeEach(async () => {
    node = await layOutNode({});
    const armed = changeSlots(changeSlots(freshVars('A', 1), 'endPrepare'), 'arm');
    const afterOneBoot = { ...armed, left: { A: 0, B: 2 } };
    await writeFile(join(node.root, defaultBootDir, 'grubenv'), newBlock(afterOneBoot));
    await node.write('proc/cmdline', 'quiet kubeos.slot=B kubeos.why=trial\n');
    await node.write('etc/os-release', 'PRETTY_NAME="KubeOS 2"\n');
    const order = `echo "$*" >> ${join(node.root, 'orders')}`;
    await node.write('usr/bin/systemctl', `#!/bin/sh\n${order}\n`, 0o755);
  });
  afterEach(() => node.remove());

  const agent = async (command: string) => {
    const [program = '', ...args] = agentCommand(node, command);
    const codes = { okExitCodes: [0, 64, 65, 75, 77], env: node.env };
    const { stdout, exitCode } = await exec(program, args, codes);
    return { stdout, exitCode };
  };
  const uptime = (seconds: number) => node.write('proc/uptime', `${seconds}.00 1.00\n`);
  const orders = async () => (await readTextIfThere(join(node.root, 'orders'))) ?? '';
  const bootVars = async () => {
    const block = parseBootBlock(await readFile(join(node.root, defaultBootDir, 'grubenv')));
    return block.kind === 'ok' ? block.vars : undefined;
  };

  it('goes on while its time is not over', async () => {
    await uptime(599);
    expect(await agent('return')).toEqual({ stdout: '', exitCode: 0 });
    expect(await orders()).not.toMatch(/reboot|stop/);
    expect(await bootVars()).toMatchObject({ good: 'A', slots: { B: 'trial' } });
  });

  it('goes back to slot A when its time is over', async () => {
    await uptime(601);
    expect((await agent('return')).stdout).toContain('going back to what was before');
    expect(await orders()).toMatch(/^reboot$/m);
    expect(await bootVars()).toMatchObject({ good: 'A', left: { B: 0 }, slots: { B: 'ready' } });
  });

  it('stays once a person has confirmed it, and its timer ends', async () => {
    await uptime(300);
    expect((await agent('status')).stdout).toContain('on trial, not confirmed yet, running now');
    expect(await agent('confirm')).toMatchObject({ exitCode: 0 });
    await uptime(900);
    expect(await agent('return')).toEqual({ stdout: '', exitCode: 0 });
    expect(await orders()).toMatch(/^stop .*os-agent-return\.timer$/m);
    expect(await orders()).not.toContain('reboot');
    expect(await bootVars()).toMatchObject({ good: 'B', slots: { A: 'good', B: 'good' } });
  });

  it('goes back when a person says so, and is held until release', async () => {
    await uptime(300);
    expect(await agent('rollback')).toMatchObject({ exitCode: 0 });
    expect(await orders()).toMatch(/^reboot$/m);
    expect((await agent('status')).stdout).toContain('This node is held');
    expect(await agent('release')).toMatchObject({ exitCode: 0 });
    expect((await agent('status')).stdout).not.toContain('This node is held');
  });
});
