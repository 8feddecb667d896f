import { createReadStream } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import { once } from 'node:events';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ServerResponse } from 'node:http';

import { createAuthority } from '@kubeos/control-plane';
import { KubeosError } from '@kubeos/core';

import type { RootImage } from './root-image.ts';

/** A web server that only those trust who know its CA. */
export interface ImageServer {
  /** The CA certificate, PEM. */
  readonly caFile: string;
  /** Offers a file and gives its URL. */
  offer(image: RootImage): string;
  /** Ends the server and every download. */
  stop(): Promise<void>;
}

/** Serves images over https on a free loopback port, with a CA of its own made in the folder. */
export async function startImageServer(folder: string): Promise<ImageServer> {
  await mkdir(folder, { recursive: true });
  const authority = await createAuthority(folder, '/CN=images');
  const certificate = await authority.issue('server', '/CN=images', [
    'subjectAltName=IP:127.0.0.1,DNS:localhost',
    'extendedKeyUsage=serverAuth',
  ]);
  const offered = new Map<string, RootImage>();
  const server = createServer(
    {
      key: await readFile(certificate.keyFile),
      cert: await readFile(certificate.certificateFile),
    },
    (request, response) => {
      const image = offered.get(new URL(request.url ?? '/', 'https://images').pathname);
      void answer(image, response);
    },
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const base = `https://127.0.0.1:${portOf(server)}`;
  return {
    caFile: authority.caFile,
    offer: (image) => {
      const path = `/${basename(image.path)}`;
      offered.set(path, image);
      return `${base}${path}`;
    },
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(image: RootImage | undefined, response: ServerResponse): Promise<void> {
  if (image === undefined) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, {
    'content-type': 'application/octet-stream',
    'content-length': image.sizeBytes,
  });
  try {
    await pipeline(createReadStream(image.path), response);
  } catch {
    // Whoever fetches may go away in the middle; to the one who stays a short body tells the same.
    response.destroy();
  }
}

function portOf(server: Server): number {
  const address = server.address();
  if (typeof address === 'object' && address !== null) return address.port;
  throw new KubeosError('BUG', 'The image server has no port');
}
