/** The agent's listening socket: handed over by systemd, or made here. */
import { once } from 'node:events';
import { chownSync, lstatSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { Server } from 'node:net';
import { dirname } from 'node:path';
import { KubeosError } from '@kubeos/core';
import type { Clock } from '@kubeos/core';
import { sleepOrStop } from './quiet.ts';
import { kubeosGid, makeGroupFolder } from './folders.ts';

/** First descriptor that systemd hands over, sd_listen_fds(3). */
const firstDescriptor = 3;

/** Where to listen. */
export type ListenAt =
  | { readonly kind: 'inherited'; readonly fd: number }
  | { readonly kind: 'path'; readonly path: string };

/**
 * Decides where to listen: on the path that was asked for, else on the socket that systemd handed over. Throws
 * `INVALID_ARGUMENT` when there is neither, and `INVALID_CONFIGURATION` when there is more than one.
 *
 * @param env the variables of sd_listen_fds(3)
 * @param pid this process: the variables of another one are not ours
 */
export function whereToListen(
  listen: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
  pid: number,
): ListenAt {
  if (listen !== undefined) return { kind: 'path', path: listen };
  const count = countHandedOver(env, pid);
  if (count === 1) return { kind: 'inherited', fd: firstDescriptor };
  if (count > 1) {
    throw new KubeosError('INVALID_CONFIGURATION', `os-agent.socket has ${count} sockets, not one`);
  }
  throw new KubeosError(
    'INVALID_ARGUMENT',
    'os-agent: systemd handed over no socket; start os-agent.socket, or use --listen SOCKET',
  );
}

function countHandedOver(env: Readonly<Record<string, string | undefined>>, pid: number): number {
  return env['LISTEN_PID'] === String(pid) ? Number(env['LISTEN_FDS'] ?? '0') : 0;
}

/** How long an agent that cannot serve stays, in milliseconds. */
const turnAwayMs = 10_000;

/**
 * For an agent that cannot serve, where systemd has handed over a socket: hangs up on whoever calls, for a while. If it
 * ended at once, systemd would start the next one for the same waiting caller, and so on at full speed.
 */
export async function turnCallersAway(
  env: Readonly<Record<string, string | undefined>>,
  pid: number,
  clock: Clock,
  stop: AbortSignal,
): Promise<void> {
  if (countHandedOver(env, pid) === 0) return;
  const listener = createServer((connection) => connection.destroy());
  // A socket that cannot be listened on, closed by the failure maybe: the pause alone has to do.
  listener.on('error', () => undefined);
  listener.listen({ fd: firstDescriptor });
  await sleepOrStop(clock, turnAwayMs, stop);
  listener.close();
}

/** Lets the server listen. Throws `INVALID_CONFIGURATION` when the socket cannot be had. */
export async function listenAt(server: Server, where: ListenAt): Promise<void> {
  const name = where.kind === 'path' ? where.path : `descriptor ${where.fd}`;
  try {
    const listening = once(server, 'listening');
    if (where.kind === 'inherited') {
      server.listen({ fd: where.fd });
    } else {
      await makeGroupFolder(dirname(where.path));
      await removeDeadSocket(where.path);
      bindPrivately(server, where.path);
    }
    await listening;
    if (where.kind === 'inherited') requireUnixSocket(server);
    if (where.kind === 'path') chownSync(where.path, process.getuid?.() ?? 0, kubeosGid);
  } catch (cause) {
    if (cause instanceof KubeosError) throw cause;
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new KubeosError('INVALID_CONFIGURATION', `Listening on ${name}: ${problem}`, { cause });
  }
}

/** Who may call is decided by the socket's mode; whoever reaches a port of the node would be let in. */
function requireUnixSocket(server: Server): void {
  const address = server.address();
  if (address === null || typeof address === 'string') return;
  server.close();
  throw new KubeosError(
    'INVALID_CONFIGURATION',
    'os-agent.socket has to listen on a Unix socket; for calls over TCP there is "tcp" in agent.json',
  );
}

/**
 * Binds the socket with mode 0660 from its first moment. Node binds inside this call, so that the umask is that of the
 * whole process for no longer than it.
 */
export function bindPrivately(server: Server, path: string): void {
  const before = process.umask(0o117);
  try {
    server.listen(path);
  } finally {
    process.umask(before);
  }
}

/** A socket file whose process is gone is in the way; one that somebody answers on is not ours to take. */
async function removeDeadSocket(path: string): Promise<void> {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSocket() !== true) return;
  if (await isAnswering(path)) {
    throw new KubeosError('INVALID_CONFIGURATION', `Listening on ${path}: another agent does`);
  }
  rmSync(path, { force: true });
}

async function isAnswering(path: string): Promise<boolean> {
  const probe = connect(path);
  try {
    await once(probe, 'connect');
    return true;
  } catch {
    // Refused: its process is gone.
    return false;
  } finally {
    probe.destroy();
  }
}
