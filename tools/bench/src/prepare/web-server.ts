import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { Component, createAuthority, pickPorts } from '@kubeos/control-plane';
import { KubeosError } from '@kubeos/core';
import { folderVariable } from '@kubeos/demo';
import { exec } from '@kubeos/host';

import { until } from '../until.ts';

/** How a file is fetched. */
export type Scheme = 'http' | 'https';

/** nginx on loopback. */
export interface WebServer {
  /** The CA certificate, PEM. */
  readonly caFile: string;
  url(scheme: Scheme, name: string): string;
  stop(): Promise<void>;
}

/** Serves the files of a folder over http and https. Throws `COMMAND_FAILED` when it does not come up. */
export async function startWebServer(
  folder: string,
  files: string,
  signal: AbortSignal,
): Promise<WebServer> {
  const own = join(folder, 'nginx');
  await mkdir(own);
  const authority = await createAuthority(own, '/CN=bench');
  const certificate = await authority.issue('server', '/CN=bench', [
    'subjectAltName=IP:127.0.0.1',
    'extendedKeyUsage=serverAuth',
  ]);
  const [http = 0, https = 0] = await pickPorts(2);
  const configuration = join(own, 'nginx.conf');
  // In one process, because it takes its workers' environment away, by which they are found at the end.
  await writeFile(
    configuration,
    `daemon off;
master_process off;
user root;
pid ${own}/nginx.pid;
error_log stderr;
events {}
http {
  access_log off;
  sendfile on;
  client_body_temp_path ${own}/body;
  proxy_temp_path ${own}/proxy;
  fastcgi_temp_path ${own}/fastcgi;
  uwsgi_temp_path ${own}/uwsgi;
  scgi_temp_path ${own}/scgi;
  server {
    listen 127.0.0.1:${http};
    listen 127.0.0.1:${https} ssl;
    ssl_certificate ${certificate.certificateFile};
    ssl_certificate_key ${certificate.keyFile};
    root ${files};
  }
}
`,
  );
  const nginx = await Component.start({
    name: 'nginx',
    command: 'nginx',
    args: ['-e', 'stderr', '-c', configuration],
    folder: own,
    env: { [folderVariable]: folder },
    onUnexpectedExit: () => undefined,
  });
  await untilItListens(nginx, http, signal);
  const ports = { http, https };
  return {
    caFile: authority.caFile,
    url: (scheme, name) => `${scheme}://127.0.0.1:${ports[scheme]}/${name}`,
    stop: () => nginx.stop(),
  };
}

async function untilItListens(nginx: Component, port: number, signal: AbortSignal): Promise<void> {
  const listens = async (): Promise<boolean> => {
    if (!nginx.isRunning()) {
      throw new KubeosError('COMMAND_FAILED', `nginx ended: ${await nginx.logTail()}`);
    }
    // Any answer will do; 7: nobody listens there.
    const { exitCode } = await exec('curl', ['--silent', `http://127.0.0.1:${port}/`], {
      okExitCodes: [0, 7],
    });
    return exitCode === 0;
  };
  await until('nginx answers', listens, { signal });
}
