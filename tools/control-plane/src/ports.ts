import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

import { KubeosError } from '@kubeos/core';

/**
 * Below the range from which the kernel gives ports to outgoing connections (32768 on, ip(7)): nobody else takes the
 * API server's port while it restarts.
 */
const firstPort = 20_000;
const lastPort = 32_000;
const attempts = 200;

/** Gives that many different loopback ports on which nobody listens at this moment. */
export async function pickPorts(count: number): Promise<readonly number[]> {
  const ports = new Set<number>();
  for (let attempt = 0; attempt < attempts && ports.size < count; attempt += 1) {
    const port = randomInt(firstPort, lastPort);
    if (await isFree(port)) ports.add(port);
  }
  if (ports.size < count) {
    throw new KubeosError(
      'UNSUPPORTED',
      `No ${String(count)} free loopback ports between ${String(firstPort)} and ${String(lastPort)}`,
    );
  }
  return [...ports];
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return false;
    throw error;
  } finally {
    server.close();
  }
}
