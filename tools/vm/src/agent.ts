import { setTimeout as delay } from 'node:timers/promises';

import { createAgentClient, type AgentClient } from '@kubeos/agent-api';
import { KubeosError } from '@kubeos/core';

import type { Machine, WaitOptions } from './contract.ts';

/** Port of the guest behind which the agent is. */
export const agentPort = 9000;
const bootSeconds = 180;
const pollMilliseconds = 250;

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
    if (deadline.aborted) {
      const end = machine.console.text().trimEnd().split('\n').slice(-30).join('\n');
      const text = `The agent did not answer within ${deadlineSeconds} s. The console said last:\n${end}`;
      throw new KubeosError('COMMAND_TIMEOUT', text);
    }
    await delay(pollMilliseconds);
  }
}

// QEMU takes the connection before the guest is there; the call then waits, and would wait long after the guest has come.
async function answers(
  agent: Pick<AgentClient, 'isServing'>,
  deadline: AbortSignal,
): Promise<boolean> {
  try {
    return await agent.isServing(AbortSignal.any([deadline, AbortSignal.timeout(5000)]));
  } catch {
    return false;
  }
}
