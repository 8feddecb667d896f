/** What a pod answers to its kubelet and to Prometheus. */
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { KubeosError } from '@kubeos/core';

/** What is asked for. Each is called once a request. */
export interface EndpointsOptions {
  /** `HOST:PORT`, `[::1]:PORT`; port 0 takes a free one. */
  readonly address: string;
  /** Why the program should be restarted; `undefined` when it is well. */
  readonly illness: () => string | undefined;
  /** Why the program cannot do its work at this moment; `undefined` when it can. */
  readonly unreadiness: () => string | undefined;
  readonly metrics: () => Promise<string> | string;
}

/** The server behind `/healthz`, `/readyz` and `/metrics`. */
export interface Endpoints {
  readonly port: number;
  close(): Promise<void>;
}

/** https://prometheus.io/docs/instrumenting/exposition_formats/. */
const metricsType = 'text/plain; version=0.0.4; charset=utf-8';

/** Starts to listen. Throws `INVALID_CONFIGURATION` when the address cannot be taken. */
export async function serveEndpoints(options: EndpointsOptions): Promise<Endpoints> {
  const server = createServer(listenerOf(options));
  const { host, port } = splitAddress(options.address);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => {
      const message = `Cannot listen on ${options.address}`;
      reject(new KubeosError('INVALID_CONFIGURATION', message, { cause }));
    });
    server.listen({ host, port }, resolve);
  });
  return {
    port: portOf(server.address()),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listenerOf(options: EndpointsOptions): RequestListener {
  return (request, response) => {
    switch (request.url?.split('?')[0]) {
      case '/healthz':
        answer(response, options.illness());
        break;
      case '/readyz':
        answer(response, options.unreadiness());
        break;
      case '/metrics':
        void answerMetrics(response, options);
        break;
      default:
        response.writeHead(404).end();
    }
  };
}

function answer(response: ServerResponse, problem: string | undefined): void {
  response.writeHead(problem === undefined ? 200 : 503, { 'Content-Type': 'text/plain' });
  response.end(`${problem ?? 'ok'}\n`);
}

async function answerMetrics(response: ServerResponse, options: EndpointsOptions): Promise<void> {
  try {
    const text = await options.metrics();
    response.writeHead(200, { 'Content-Type': metricsType }).end(text);
  } catch (thrown) {
    response.writeHead(500).end(`${KubeosError.from(thrown).message}\n`);
  }
}

function splitAddress(address: string): { readonly host: string; readonly port: number } {
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, colon).replace(/^\[(.*)\]$/, '$1');
  return { host, port: Number(address.slice(colon + 1)) };
}

function portOf(address: AddressInfo | string | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0;
}
