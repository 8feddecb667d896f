import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer, type ServerOptions } from 'node:https';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { exec } from '@kubeos/host';

/** A server on loopback. */
export interface PayloadServer {
  /** `http://127.0.0.1:PORT` or https. */
  readonly url: string;
  /** Returns once nobody is connected. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

export async function serve(
  listener: RequestListener,
  tls?: ServerOptions,
): Promise<PayloadServer> {
  const server: Server =
    tls === undefined ? createHttpServer(listener) : createHttpsServer(tls, listener);
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    idle: async () => {
      for (const socket of sockets) await once(socket, 'close');
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** How a server behaves that keeps one body. */
export interface BodyBehaviour {
  /** Breaks each connection after so many bytes. */
  readonly breakAfter?: number;
  /** Sends the whole body whatever was asked for. */
  readonly noRanges?: boolean;
  /** Called with the `Range` header of each request. */
  readonly onRequest?: (range: string | undefined) => void;
}

/** Serves one body, with ranges. */
export function serveBody(body: Buffer, behaviour: BodyBehaviour = {}): RequestListener {
  return (request, response) => {
    behaviour.onRequest?.(request.headers.range);
    const start =
      behaviour.noRanges === true
        ? 0
        : Number(/^bytes=(\d+)-$/u.exec(request.headers.range ?? '')?.[1] ?? 0);
    const rest = body.subarray(start);
    response.setHeader('ETag', `"${body.length}"`);
    response.setHeader('Content-Length', rest.length);
    if (start > 0) {
      response.statusCode = 206;
      response.setHeader('Content-Range', `bytes ${start}-${body.length - 1}/${body.length}`);
    }
    if (behaviour.breakAfter === undefined || behaviour.breakAfter >= rest.length) {
      response.end(rest);
    } else {
      response.write(rest.subarray(0, behaviour.breakAfter), () => response.destroy());
    }
  };
}

/** Makes a CA of its own and certificates signed by it, one of which has expired, all as `NAME.pem` and `NAME.key` in the folder. */
export async function makeCertificates(folder: string): Promise<void> {
  const inFolder = (name: string): string => `${folder}/${name}`;
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const authority = async (name: string): Promise<void> => {
    await exec('openssl', [
      ...[
        'req',
        '-x509',
        ...key,
        '-keyout',
        inFolder(`${name}.key`),
        '-out',
        inFolder(`${name}.pem`),
      ],
      ...['-subj', `/CN=${name}`, '-days', '2'],
    ]);
  };
  await authority('ca');
  await authority('other-ca');
  for (const name of ['server', 'client']) {
    await exec('openssl', [
      ...[
        'req',
        '-x509',
        ...key,
        '-keyout',
        inFolder(`${name}.key`),
        '-out',
        inFolder(`${name}.pem`),
      ],
      ...['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2'],
      ...['-addext', 'basicConstraints=critical,CA:FALSE'],
      ...['-CA', inFolder('ca.pem'), '-CAkey', inFolder('ca.key')],
    ]);
  }
  // The other CA as a client of the first one, until yesterday.
  await exec('openssl', [
    ...['x509', '-in', inFolder('other-ca.pem'), '-out', inFolder('expired.pem')],
    ...['-clrext', '-days', '-1', '-CA', inFolder('ca.pem'), '-CAkey', inFolder('ca.key')],
  ]);
}
