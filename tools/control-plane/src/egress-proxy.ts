import { appendFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { describeFailure, KubeosError } from '@kubeos/core';

/** Where a kubelet listens in its guest. */
const kubeletPort = 10_250;

/**
 * The way out of the API server, but for etcd: an HTTP CONNECT proxy on a unix socket, which reaches the kubelets of
 * forwarded nodes at their loopback ports and nothing else. Webhooks and aggregated APIs take the same way and are
 * refused, with a line in `egress.log`: whatever a test sets up, no connection leaves the machine.
 */
export class EgressProxy {
  /** Path of the configuration for the API server, an `EgressSelectorConfiguration`. */
  readonly selectorFile: string;
  readonly #logFile: string;
  readonly #ports = new Map<string, number>();
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((_request, response) => {
    response.writeHead(405).end();
  });

  private constructor(folder: string) {
    this.selectorFile = join(folder, 'egress.json');
    this.#logFile = join(folder, 'egress.log');
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    this.#server.on('connect', (request, client, head) => {
      void this.#serve(request, client, head);
    });
  }

  /** Listens on `egress.sock` in the folder, and writes the configuration that names it. */
  static async start(folder: string): Promise<EgressProxy> {
    const proxy = new EgressProxy(folder);
    const socketFile = join(folder, 'egress.sock');
    await writeFile(proxy.selectorFile, selectorText(socketFile));
    // A process that was killed leaves its socket in a folder that is kept.
    await rm(socketFile, { force: true });
    proxy.#server.listen(socketFile);
    await once(proxy.#server, 'listening');
    return proxy;
  }

  /** Has the kubelet of a node reached at this port of 127.0.0.1 from now on. */
  forward(node: string, port: number): void {
    this.#ports.set(`${node}:${String(kubeletPort)}`, port);
  }

  /** Ends every tunnel and the server. Safe to call again. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await once(this.#server, 'close');
  }

  /** Never rejects: what goes wrong is told to the client, as far as it can be, and to the log. */
  async #serve(request: IncomingMessage, client: Duplex, head: Buffer): Promise<void> {
    const target = request.url ?? '';
    // A client that goes before the tunnel stands is seen by the pipeline.
    client.on('error', () => undefined);
    let kubelet: Socket;
    try {
      kubelet = await this.#dial(target);
    } catch (error) {
      const reason = describeFailure(error);
      this.#log(reason);
      client.end(`HTTP/1.1 502 ${reason}\r\nConnection: close\r\n\r\n`);
      return;
    }
    client.write('HTTP/1.1 200 Connection established\r\n\r\n');
    kubelet.write(head);
    try {
      await pipeline(client, kubelet, client);
    } catch (error) {
      this.#log(`The tunnel to ${target} broke: ${describeFailure(error)}`);
    }
  }

  async #dial(target: string): Promise<Socket> {
    const port = this.#ports.get(target);
    if (port === undefined) {
      throw new KubeosError(
        'NOT_FOUND',
        `Refused ${target}: not port ${String(kubeletPort)} of a node that is forwarded`,
      );
    }
    const kubelet = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    try {
      await once(kubelet, 'connect');
      return kubelet;
    } catch (cause) {
      const place = `127.0.0.1:${String(port)}`;
      throw new KubeosError('COMMAND_FAILED', `Nobody answers for ${target} at ${place}`, {
        cause,
      });
    }
  }

  #log(line: string): void {
    // After the end nobody reads it, and its folder may be gone.
    if (this.#server.listening)
      appendFileSync(this.#logFile, `${new Date().toISOString()} ${line}\n`);
  }
}

/**
 * `cluster` is the way to kubelets, Services of webhooks and aggregated APIs, `controlplane` that to webhooks by URL.
 * A unix socket, because the API server panics on TCP without TLS.
 */
function selectorText(socketFile: string): string {
  const connection = {
    proxyProtocol: 'HTTPConnect',
    transport: { uds: { udsName: socketFile } },
  };
  return JSON.stringify({
    apiVersion: 'apiserver.k8s.io/v1beta1',
    kind: 'EgressSelectorConfiguration',
    egressSelections: ['cluster', 'controlplane'].map((name) => ({ name, connection })),
  });
}
