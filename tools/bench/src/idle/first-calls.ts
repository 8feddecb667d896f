import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { createAgentClient } from '@kubeos/agent-api';
import { agentCommand, folderVariable, programsOf, type NodeRoot } from '@kubeos/demo';

import type { CaseContext } from '../case.ts';
import { startProgram } from '../program.ts';
import { atMost, figure, median, type Result } from '../result.ts';
import { until } from '../until.ts';

const rounds = 5;
const mostMs = 150;

/**
 * Calls an agent that is not there: its socket starts it, and when nobody calls any more it goes. Each round waits until
 * it is gone and counts what is left of it.
 */
export async function measureFirstCalls(
  context: CaseContext,
  node: NodeRoot,
  bundle: string,
): Promise<readonly Result[]> {
  const folder = join(node.root, '..');
  const command = [
    'systemd-socket-activate',
    `--listen=${node.socket}`,
    // It hands its environment on only as far as it is told to.
    `--setenv=PATH=${node.programs}:${process.env['PATH'] ?? ''}`,
    `--setenv=${folderVariable}=${folder}`,
    // As in os-agent.service.
    `--setenv=NODE_COMPILE_CACHE=${join(folder, 'compiled')}`,
    ...[...agentCommand(bundle, node.root), 'serve'],
  ];
  const times: number[] = [];
  let left = 0;
  for (let round = 0; round < rounds; round += 1) {
    context.say(`first call, round ${round + 1} of ${rounds}`);
    await rm(node.socket, { force: true });
    const listener = await startProgram(context, 'os-agent', command);
    try {
      await until('the socket is there', () => existsSync(node.socket), context);
      times.push(await timeOneCall(node.socket, context.signal));
      // The agent takes the place of the program that listened.
      await until('the agent is gone', () => !listener.isRunning(), context);
      left = Math.max(left, (await programsOf(folder)).length);
    } finally {
      await listener.stop();
    }
  }
  return [
    atMost('agent idle: processes', left, '', 0),
    atMost('agent: first call after idle, median', median(times), 'ms', mostMs),
    figure('agent: first call after idle, fastest', Math.min(...times), 'ms'),
  ];
}

async function timeOneCall(socket: string, signal: AbortSignal): Promise<number> {
  const client = createAgentClient({ target: `unix:${socket}` });
  const begin = performance.now();
  try {
    await client.getStatus(signal);
    return performance.now() - begin;
  } finally {
    client.close();
  }
}
