import { setTimeout as delay } from 'node:timers/promises';

import { createAgentClient, type AgentClient } from '@kubeos/agent-api';
import { KubeosError } from '@kubeos/core';

import type { Machine, WaitOptions } from './contract.ts';

/** Port of the guest behind which the agent is. */
export const agentPort = 9000;
const bootSeconds = 180;
const pollMilliseconds = 250;
/** The agent is started by its first call, which takes a while where every instruction is computed. */
const attemptMilliseconds = 10_000;

/**
 * A client of the agent in the machine, which must forward port 9000 of the guest to the agent's socket. It connects with
 * the first call, and again after each start of the machine on the same port.
 */
export function agentOf(machine: Machine, guestPort = agentPort): AgentClient {
  return createAgentClient({ target: `127.0.0.1:${machine.hostPort(guestPort)}` });
}

/**
 * Waits until the agent of the machine answers; default deadline: 180 s. Throws `COMMAND_TIMEOUT`, and `COMMAND_FAILED`
 * when the machine is gone.
 */
export async function waitForAgent(
  machine: Machine,
  agent: Pick<AgentClient, 'isServing'>,
  options: WaitOptions = {},
): Promise<void> {
  const { deadlineSeconds = bootSeconds } = options;
  const deadline = AbortSignal.timeout(deadlineSeconds * 1000);
  for (;;) {
    if (!machine.isOn()) throw new KubeosError('COMMAND_FAILED', 'The machine is off');
    if (await answers(agent, deadline)) return;
    if (deadline.aborted)
      throw new KubeosError('COMMAND_TIMEOUT', notThere(machine, deadlineSeconds));
    // QEMU takes connections before the guest has a network, and then asks the guest ever more seldom.
    machine.endConnections();
    await delay(pollMilliseconds);
  }
}

async function answers(
  agent: Pick<AgentClient, 'isServing'>,
  deadline: AbortSignal,
): Promise<boolean> {
  try {
    return await agent.isServing(
      AbortSignal.any([deadline, AbortSignal.timeout(attemptMilliseconds)]),
    );
  } catch {
    return false;
  }
}

function notThere(machine: Machine, seconds: number): string {
  const lines = machine.console.text().trimEnd().split('\n').slice(-30);
  const said = ['The console said last:', ...lines.map((line) => `  ${line}`)].join('\n');
  return `The agent did not answer within ${seconds} s. ${said}`;
}
