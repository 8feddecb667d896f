import { existsSync } from 'node:fs';

import { createAgentClient } from '@kubeos/agent-api';
import { KubeosError, type Payload as Source } from '@kubeos/core';
import { agentCommand, type NodeRoot } from '@kubeos/demo';

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

/** Starts an agent and lets it write the payload into the idle slot; its start is in the figures. */
export async function measurePrepare(run: PrepareRun): Promise<Cost> {
  const { node, bundle, folder, signal } = run;
  const command = [...agentCommand(bundle, node.root), 'serve', '--listen', node.socket];
  const env = { PATH: `${node.programs}:${process.env['PATH'] ?? ''}` };
  return costOf(command, { folder, env, signal }, async () => {
    await until('the agent listens', () => existsSync(node.socket), { signal, pollMs });
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
