/** A real HTTPS server for the images of a folder, as nodes in virtual machines see this host. */
import { createReadStream } from 'node:fs';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { once } from 'node:events';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

import { createAuthority, hostSeenByGuests } from '@kubeos/control-plane';

/** The server. */
export interface ImageServer {
  /** `https://10.0.2.2:PORT`: for guests. */
  readonly url: string;
  /** The CA that vouches for it, PEM. */
  readonly ca: string;
  close(): Promise<void>;
}

/** Serves the files of a folder on loopback, with ranges. */
export async function serveImages(folder: string): Promise<ImageServer> {
  const own = await mkdtemp(join(tmpdir(), 'kubeos-images-'));
  const authority = await createAuthority(own, '/CN=images-ca');
  const { keyFile, certificateFile } = await authority.issue('images', '/CN=images', [
    `subjectAltName=IP:${hostSeenByGuests}`,
    'extendedKeyUsage=serverAuth',
  ]);
  const [key, cert] = await Promise.all([readFile(keyFile), readFile(certificateFile)]);
  const server = createServer({ key, cert }, (request, response) => {
    const file = join(folder, basename(request.url ?? ''));
    void stat(file).then(
      ({ size }) => {
        const from = Number(/^bytes=(\d+)-$/u.exec(request.headers.range ?? '')?.[1] ?? 0);
        response.writeHead(from > 0 ? 206 : 200, {
          ETag: `"${size}"`,
          'Content-Length': size - from,
          ...(from > 0 ? { 'Content-Range': `bytes ${from}-${size - 1}/${size}` } : {}),
        });
        createReadStream(file, { start: from }).pipe(response);
      },
      () => response.writeHead(404).end(),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `https://${hostSeenByGuests}:${port}`,
    ca: await readFile(authority.caFile, 'utf8'),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      await rm(own, { recursive: true });
    },
  };
}
