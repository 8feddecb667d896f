import type { Socket } from 'node:net';
import { promisify } from 'node:util';
import { ServerCredentials } from '@grpc/grpc-js';
import type { Server } from '@grpc/grpc-js';
import { KubeosError } from '@kubeos/core';
import { requireListed } from './client-names.ts';
import { endpoint } from './endpoint.ts';
import { grpcServer } from './grpc-server.ts';
import type { Surroundings } from './grpc-server.ts';
import type { ServedAgent } from './methods.ts';
import { loadProtocol } from './protocol.ts';

/** Where a server listens on TCP, and whom it lets in. */
export interface TcpListener {
  /** `HOST:PORT`; port 0 takes a free one. */
  readonly address: string;
  /** The CA of the clients, PEM. */
  readonly ca: Buffer;
  /** The server's certificate, PEM. */
  readonly cert: Buffer;
  /** The server's key, PEM. */
  readonly key: Buffer;
  /** Who may call: common name, DNS name or URI in the client's certificate. The CA's signature alone grants nothing. */
  readonly clientNames: readonly string[];
}

/** How a server tells what it does. */
export interface AgentServerOptions {
  /**
   * Told the number of calls at work whenever it changes. A call counts until its work has ended, also when its caller
   * has gone; health watches do not count.
   */
  readonly onCalls?: (running: number) => void;
}

/** The agent API, served. */
export interface AgentServer {
  /** Serves a connection that was accepted on a Unix socket; who may connect is decided by the socket's mode. */
  accept(connection: Socket): void;
  /** Listens on TCP with mutual TLS and gives the port. Throws `INVALID_CONFIGURATION` when that is not possible. */
  listen(listener: TcpListener): Promise<number>;
  /** Takes no more calls, lets the running ones answer, and cuts what is left after the time. */
  close(graceMs: number): Promise<void>;
}

/** Serves an agent. What a call throws becomes its status (`BUG` for anything but a `KubeosError`) and hurts no other. */
export function createAgentServer(
  agent: ServedAgent,
  options: AgentServerOptions = {},
): AgentServer {
  const protocol = loadProtocol();
  const closing = new AbortController();
  const methods = endpoint(agent, protocol, closing.signal);
  let running = 0;
  const count = (change: number) => {
    running += change;
    options.onCalls?.(running);
  };
  const follow: Surroundings['follow'] = (method, work) => {
    if (!method.isWork) return;
    count(1);
    void work.finally(() => {
      count(-1);
      look();
    });
  };

  const connections = new Set<Socket>();
  const isQuiet = (): boolean => running === 0 && connections.size === 0;
  let becameQuiet = (): void => undefined;
  const look = (): void => {
    if (isQuiet()) becameQuiet();
  };
  const local = grpcServer(methods, { protocol, follow, authorize: () => undefined });
  const injector = local.createConnectionInjector(ServerCredentials.createInsecure());
  const servers = [local];
  return {
    accept: (connection) => {
      connections.add(connection);
      connection.once('close', () => {
        connections.delete(connection);
        look();
      });
      injector.injectConnection(connection);
    },
    listen: async ({ address, ca, cert, key, clientNames }) => {
      const server = grpcServer(methods, {
        protocol,
        follow,
        authorize: (call) => requireListed(call.getAuthContext().sslPeerCertificate, clientNames),
      });
      const pair = { cert_chain: cert, private_key: key };
      const port = await bind(server, address, () => ServerCredentials.createSsl(ca, [pair], true));
      servers.push(server);
      return port;
    },
    close: async (graceMs) => {
      closing.abort();
      const quiet = new Promise<void>((resolve) => {
        becameQuiet = resolve;
        // grpc-js says that it is shut down as soon as Node.js has told the callers: that is before they have answers.
        for (const server of servers) server.tryShutdown(() => look());
      });
      await within(graceMs, quiet);
      for (const server of servers) server.forceShutdown();
    },
  };
}

async function bind(
  server: Server,
  address: string,
  credentials: () => ServerCredentials,
): Promise<number> {
  try {
    return await promisify(server.bindAsync.bind(server))(address, credentials());
  } catch (cause) {
    const message = `Listening on ${address}: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw new KubeosError('INVALID_CONFIGURATION', message, { cause });
  }
}

/** Waits for something, but no longer than that. */
async function within(milliseconds: number, something: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([something, late]);
  clearTimeout(timer);
}
