import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

import { KubeosError } from '@kubeos/core';

/**
 * Ports of this host that lead to ports of the guest, the same over all starts of QEMU, whose own ports are others each
 * time. It also ends connections of a time that is gone: after a snapshot was loaded the guest does not know them any
 * more, and nobody would tell the client.
 */
export class GuestPorts {
  readonly #servers: ReadonlyMap<number, Server>;
  readonly #open = new Set<Socket>();
  #targets: ReadonlyMap<number, number> = new Map();

  private constructor(servers: ReadonlyMap<number, Server>) {
    this.#servers = servers;
    for (const [guest, server] of servers) {
      server.on('connection', (client: Socket) => this.#lead(client, this.#targets.get(guest)));
    }
  }

  /** Listens on a free port of 127.0.0.1 for each port of the guest. */
  static async open(guestPorts: readonly number[]): Promise<GuestPorts> {
    const servers = new Map<number, Server>();
    for (const guest of new Set(guestPorts)) {
      const server = createServer({ allowHalfOpen: true });
      servers.set(guest, server);
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
    }
    return new GuestPorts(servers);
  }

  get guestPorts(): readonly number[] {
    return [...this.#servers.keys()];
  }

  /** The port of this host. Throws `NOT_FOUND` for a port of the guest that is not led to. */
  hostPort(guest: number): number {
    const address = this.#servers.get(guest)?.address();
    if (typeof address === 'object' && address !== null) return address.port;
    throw new KubeosError('NOT_FOUND', `No port of this host leads to port ${guest}`);
  }

  /** From now on the guest's ports are behind these; none is while the machine is off. Open connections end. */
  leadTo(targets: ReadonlyMap<number, number>): void {
    this.#targets = targets;
    this.endConnections();
  }

  /** Ends all connections. */
  endConnections(): void {
    for (const socket of this.#open) socket.destroy();
  }

  /** Ends connections, and listens no more. */
  async close(): Promise<void> {
    this.leadTo(new Map());
    const closings = [...this.#servers.values()].map((server) => once(server, 'close'));
    for (const server of this.#servers.values()) server.close();
    await Promise.all(closings);
  }

  #lead(client: Socket, target: number | undefined): void {
    if (target === undefined) {
      client.destroy();
      return;
    }
    const far = connect({ port: target, host: '127.0.0.1', allowHalfOpen: true });
    for (const [one, other] of [
      [client, far],
      [far, client],
    ] as const) {
      this.#open.add(one);
      one.pipe(other);
      // `close` follows, and ends the other side too.
      one.on('error', () => undefined);
      one.on('close', () => {
        this.#open.delete(one);
        other.destroy();
      });
    }
  }
}
