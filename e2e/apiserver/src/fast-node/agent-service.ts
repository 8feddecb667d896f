/** What a boot's agent shows to its proxy: a socket and a snapshot beside it. */
import { mkdir, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createAgentServer, type ServedAgent } from '@kubeos/agent-api';
import { createSnapshotFile } from '@kubeos/host';

/** Where a node's agent is found. */
export interface RunFolder {
  readonly socket: string;
  publish(text: string): Promise<void>;
}

/** An empty `/run/os-agent`, as every boot has it. */
export async function openRunFolder(path: string): Promise<RunFolder> {
  await rm(path, { recursive: true, force: true });
  await mkdir(path, { recursive: true });
  const snapshot = createSnapshotFile(join(path, 'status.json'));
  return {
    socket: join(path, 'os-agent.sock'),
    publish: (text) => snapshot.publish(text),
  };
}

/** Serves until the signal; calls that are at work then are cut, as by the end of the machine. */
export async function serveAgent(
  agent: ServedAgent,
  socket: string,
  signal: AbortSignal,
): Promise<void> {
  const server = createAgentServer(agent);
  const listener = createServer((connection) => server.accept(connection));
  listener.listen(socket);
  if (!signal.aborted) await once(signal, 'abort');
  listener.close();
  await server.close(0);
}
