import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeAgentCalls } from '@kubeos/testing';
import { createAgentClient } from './client.ts';
import { createAgentServer } from './server.ts';

describeAgentCalls('over a Unix socket', async (agent, deadlines) => {
  const folder = await mkdtemp(join(tmpdir(), 'agent-api-'));
  const path = join(folder, 'agent.sock');
  const server = createAgentServer(agent);
  const listener = createServer((connection) => server.accept(connection)).listen(path);
  await once(listener, 'listening');
  const calls = createAgentClient({ target: `unix:${path}`, deadlines });
  return {
    calls,
    close: async () => {
      calls.close();
      listener.close();
      await server.close(0);
      await rm(folder, { recursive: true });
    },
  };
});
