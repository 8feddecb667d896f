/** A server that is told to end while a call is at work: systemd stops the agent that has just asked it for a reboot. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { PhaseAnswer } from '@kubeos/core';
import { stubAgent } from '@kubeos/testing';
import { createAgentClient, type AgentClient } from './client.ts';
import { createAgentServer, type AgentServer } from './server.ts';

const operation = { id: 'a/b/1', seq: 1, type: 'upgrade' } as const;
const request = { ...operation, target: { version: 'KubeOS 2' }, confirmTimeoutSeconds: 600 };

let folder: string;
let server: AgentServer;
let listener: Server;
let client: AgentClient;
let begun: PromiseWithResolvers<void>;
let answer: PromiseWithResolvers<PhaseAnswer>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'agent-api-'));
  begun = Promise.withResolvers();
  answer = Promise.withResolvers();
  server = createAgentServer(
    stubAgent({
      activate: () => {
        begun.resolve();
        return answer.promise;
      },
    }),
  );
  listener = createServer((connection) => server.accept(connection));
  listener.listen(join(folder, 'agent.sock'));
  await once(listener, 'listening');
  client = createAgentClient({ target: `unix:${join(folder, 'agent.sock')}` });
});

afterEach(async () => {
  client.close();
  await rm(folder, { recursive: true });
});

describe('close', () => {
  it('lets a running call answer', async () => {
    const calling = client.activate(request, AbortSignal.timeout(10_000));
    await begun.promise;
    listener.close();
    const closing = server.close(10_000);
    await new Promise((resolve) => setImmediate(resolve));
    answer.resolve({ result: 'Armed' });
    expect(await calling).toMatchObject({ result: 'Armed' });
    await closing;
  });

  it('ends only after it', async () => {
    const calling = client.activate(request, AbortSignal.timeout(10_000));
    await begun.promise;
    listener.close();
    let isOver = false;
    const closing = server.close(10_000).then(() => (isOver = true));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(isOver).toBe(false);
    answer.resolve({ result: 'Armed' });
    await Promise.all([calling, closing]);
  });

  it('cuts what does not answer in time', async () => {
    const gone = new AbortController();
    const calling = client.activate(request, gone.signal);
    await begun.promise;
    listener.close();
    await server.close(50);
    // The client would call again as long as somebody wants to know.
    gone.abort(new Error('enough'));
    await expect(calling).rejects.toThrow('enough');
    answer.resolve({ result: 'Armed' });
  });

  it('does not wait for callers who want nothing', async () => {
    const calling = client.activate(request, AbortSignal.timeout(10_000));
    answer.resolve({ result: 'Armed' });
    await calling;
    listener.close();
    await server.close(60_000);
  });
});
