import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { once } from 'node:events';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createAgentClient } from '@kubeos/agent-api';
import type { AgentClient } from '@kubeos/agent-api';
import type { AgentStatus } from '@kubeos/core';
import { agentCommand, logged, start } from './agent-process.ts';
import type { TestImage } from './loop-node.ts';
import type { NodeRoot } from './node-root.ts';

const unending = new AbortController().signal;

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Serves the images under their numbers. */
export async function serveImages(
  images: readonly TestImage[],
): Promise<{ readonly url: string; close(): void }> {
  const bodies = await Promise.all(images.map(({ file }) => readFile(file)));
  const server: Server = createServer((request, response) => {
    response.end(bodies[Number(request.url?.slice(1))]);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** One agent process with its client. */
export interface LivingAgent {
  readonly client: AgentClient;
  readonly status: AgentStatus;
  /** Settles when the process is gone, whoever ended it. */
  readonly ended: Promise<unknown>;
  kill(): Promise<void>;
}

/** Starts an agent on the node and asks for its status. */
export async function startAgent(node: NodeRoot): Promise<LivingAgent> {
  const { child, ended } = start(node, agentCommand(node, 'serve', '--listen', node.socket));
  child.stdout?.resume();
  await logged(child, 'Serving');
  const client = createAgentClient({ target: `unix:${node.socket}` });
  const kill = async () => {
    child.kill('SIGKILL');
    await ended;
    client.close();
  };
  try {
    return { client, kill, ended, status: await settledStatus(client) };
  } catch (thrown) {
    await kill();
    throw thrown;
  }
}

/** The node with agents that can be killed at a write of theirs, once `before` says at which. */
export interface DeadlyNode {
  readonly node: NodeRoot;
  /** The next write is 1. A write of content is killed when half of it is in the file, all others before they begin. */
  before(write: number): Promise<void>;
  /** From here on nothing is killed. */
  spare(): Promise<void>;
}

export function killAtWrite(node: NodeRoot): DeadlyNode {
  const order = `${node.root}.kill`;
  const preloaded = join(import.meta.dirname, 'kill-at-write.ts');
  return {
    node: {
      ...node,
      env: { ...node.env, KILL_FILE: order, NODE_OPTIONS: `--import=${preloaded}` },
    },
    before: (write) => writeFile(order, String(write)),
    spare: () => rm(order),
  };
}

/** The status once the agent has put its records in order: it then knows what every slot holds that can be booted. */
async function settledStatus(client: AgentClient): Promise<AgentStatus> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const status = await client.getStatus(unending);
    const { state, slotDigest } = status.slots.B;
    if (state === 'empty' || slotDigest !== undefined) return status;
    if (Date.now() > deadline) throw new Error('The agent does not learn what is in slot B');
    await sleep(10);
  }
}
