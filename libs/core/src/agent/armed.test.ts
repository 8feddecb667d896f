import { describe, expect, it } from '@jest/globals';
import { KubeosError } from '../errors/index.ts';
import type { Agent } from './agent.ts';
import { createAgent } from './create-agent.ts';
import {
  activateRequest,
  confirmRequest,
  enterTrial,
  nodeWithV2,
  prepareRequest,
  prepareV2,
  type MemoryNode,
} from './memory-node.fixture.ts';

const refused = new KubeosError('REBOOT_FAILED', 'systemd did not accept the reboot');

/** A node that refuses to reboot, with a candidate armed by this agent. */
async function armedOnly(): Promise<{ readonly node: MemoryNode; readonly agent: Agent }> {
  const node = nodeWithV2();
  await prepareV2(node);
  node.faults.reboot = refused;
  const agent = node.agent();
  await expect(agent.activate(activateRequest(1))).rejects.toBe(refused);
  expect(node.vars.slots.B).toBe('trial');
  return { node, agent };
}

describe('an armed slot that nobody boots', () => {
  it('is watched also when Activate failed behind the arming', async () => {
    const { node, agent } = await armedOnly();
    expect(agent.isIdle()).toBe(false);
    await node.pass(301);
    expect(node.vars.slots.B).toBe('ready');
    expect(agent.isIdle()).toBe(true);
  });

  it('is watched once, and no longer when the agent is stopped', async () => {
    const { node, agent } = await armedOnly();
    node.faults = {};
    await expect(agent.activate(activateRequest(1))).resolves.toMatchObject({ result: 'Armed' });
    await agent.stop();
    await node.pass(301);
    expect(agent.isIdle()).toBe(true);
    expect(node.vars.slots.B).toBe('trial');
  });

  it('is watched on when it cannot be disarmed', async () => {
    const { node, agent } = await armedOnly();
    node.faults.lock = new KubeosError('BUSY', 'locked');
    await node.pass(301);
    node.faults.lock = undefined;
    expect(agent.isIdle()).toBe(false);
    await node.pass(60);
    expect(node.vars.slots.B).toBe('ready');
  });

  it('is disarmed by a pass when the process that armed it is killed', async () => {
    const node = nodeWithV2();
    await prepareV2(node);
    node.passesRun = false;
    const deps = node.deps();
    let passesRunBefore = false;
    let killed = (): void => undefined;
    const death = new Promise<void>((resolve) => (killed = resolve));
    const dying = createAgent({
      ...deps,
      lock: { exclusively: (work) => work() },
      env: {
        ...deps.env,
        writeSector: async (sector) => {
          passesRunBefore = node.passesRun;
          await deps.env.writeSector(sector);
          killed();
          return new Promise(() => undefined);
        },
      },
    });
    void dying.activate(activateRequest(1));
    await death;
    expect(passesRunBefore).toBe(true);
    await node.agent().returnPass();
    expect(node).toMatchObject({ passesRun: true, vars: { slots: { B: 'trial' } } });
    await node.pass(301);
    await node.agent().returnPass();
    expect(node).toMatchObject({ passesRun: false, vars: { slots: { B: 'ready' } } });
  });

  it('is armed also where the timer cannot be started', async () => {
    const node = nodeWithV2();
    await prepareV2(node);
    node.faults.timer = new KubeosError('COMMAND_FAILED', 'no systemctl');
    await expect(node.agent().activate(activateRequest(1))).resolves.toMatchObject({
      result: 'Armed',
    });
  });
});

describe('the timers of return passes', () => {
  it('are stopped by the first pass of a boot without a deadline', async () => {
    const node = nodeWithV2();
    await node.agent().returnPass();
    expect(node.passesRun).toBe(false);
  });

  it('run while the system is on trial, and end with its confirmation', async () => {
    const node = nodeWithV2();
    const agent = await enterTrial(node);
    await agent.returnPass();
    expect(node.passesRun).toBe(true);
    await agent.confirm(confirmRequest(node));
    await agent.returnPass();
    expect(node.passesRun).toBe(false);
  });

  it('run until a system that was given up has been left', async () => {
    const node = nodeWithV2();
    const agent = await enterTrial(node);
    await agent.cancel(prepareRequest(1));
    await agent.returnPass();
    expect(node.passesRun).toBe(true);
  });

  it('may go on where they cannot be stopped', async () => {
    const node = nodeWithV2();
    node.faults.timer = new KubeosError('COMMAND_FAILED', 'no systemctl');
    await expect(node.agent().returnPass()).resolves.toBe('nothing');
  });
});
