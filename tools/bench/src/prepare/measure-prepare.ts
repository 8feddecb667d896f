import { existsSync } from 'node:fs';

import { createAgentClient } from '@kubeos/agent-api';
import { KubeosError, type Payload as Source } from '@kubeos/core';
import { agentCommand, folderVariable, type NodeRoot } from '@kubeos/demo';
import { exec } from '@kubeos/host';

import { costOf, type Cost, type RunOptions } from '../measure/run.ts';
import { until } from '../until.ts';

/** One Prepare through the real agent. */
export interface PrepareRun extends RunOptions {
  readonly bundle: string;
  readonly node: NodeRoot;
  readonly version: string;
  readonly source: Source;
}

const pollMs = 2;

/**
 * Starts an agent on a booted node and lets it write the payload into the idle slot. Its start is told apart: others wait
 * for it only where no agent runs yet.
 */
export async function measurePrepare(run: PrepareRun): Promise<Cost> {
  const { node, bundle, folder, signal } = run;
  const [program = '', ...args] = agentCommand(bundle, node.root);
  const env = { PATH: `${node.programs}:${process.env['PATH'] ?? ''}`, [folderVariable]: folder };
  // What os-agent-boot.service does at boot, long before anybody asks for an image.
  await exec(program, [...args, 'boot'], { env, signal });
  const ready = (): Promise<void> =>
    until('the agent listens', () => existsSync(node.socket), { signal, pollMs });
  const command = [program, ...args, 'serve', '--listen', node.socket];
  return costOf(command, { folder, env, signal, ready }, async () => {
    const client = createAgentClient({ target: `unix:${node.socket}` });
    try {
      const operation = { id: 'bench/node/1', seq: 1, type: 'upgrade' } as const;
      const request = { ...operation, version: run.version, payload: run.source };
      const { result } = await client.prepare(request, () => undefined, signal);
      if (result !== 'Prepared') throw new KubeosError('BUG', `Prepare ended with ${result}`);
    } finally {
      client.close();
    }
  });
}
