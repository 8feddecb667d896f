import { createHash, sign, X509Certificate } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import {
  request as httpRequest,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { startDaemon } from './daemon.ts';

/** The user of registries that ask for one. */
export const login = { user: 'node', password: 's3cret pass' };
const htpasswd = 'node:$2b$05$abcdefghijklmnopqrstuu1qdcFaS0PtqFUPzaCxLQ8/0lspH0ZEW\n';

/** A real registry on loopback. */
export interface RegistryServer {
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  readonly url: string;
  close(): Promise<void>;
}

/** How a registry is set up. */
export interface RegistrySetup {
  /** Registries with the same folder have the same images. */
  readonly folder: string;
  readonly auth?: 'basic' | { readonly realm: string };
  /** Names of the server's certificate and key there, `server.pem`, and of the CA of clients. */
  readonly certsDir?: string;
  readonly clientCa?: string;
}

let configurations = 0;

/** Starts Debian's docker-registry. */
export async function startRegistry(setup: RegistrySetup): Promise<RegistryServer> {
  await mkdir(setup.folder, { recursive: true });
  const port = await freePort();
  const host = `127.0.0.1:${port}`;
  const file = join(setup.folder, `config-${(configurations += 1)}.json`);
  await writeFile(join(setup.folder, 'htpasswd'), htpasswd);
  // A JSON text is a YAML text.
  await writeFile(file, JSON.stringify(configurationOf(setup, host)));
  const daemon = await startDaemon('docker-registry', ['serve', file], /listening on/u);
  const scheme = setup.certsDir === undefined ? 'http' : 'https';
  return { host, url: `${scheme}://${host}`, close: () => daemon.stop() };
}

function configurationOf(
  { folder, auth, certsDir, clientCa }: RegistrySetup,
  addr: string,
): object {
  const clientcas = clientCa === undefined ? {} : { clientcas: [clientCa] };
  const tls =
    certsDir === undefined
      ? {}
      : {
          tls: {
            certificate: join(certsDir, 'server.pem'),
            key: join(certsDir, 'server.key'),
            ...clientcas,
          },
        };
  return {
    version: '0.1',
    log: { level: 'info' },
    storage: { filesystem: { rootdirectory: join(folder, 'data') } },
    http: { addr, secret: 'of these tests', ...tls },
    ...(auth === undefined ? {} : { auth: authOf(auth, folder) }),
  };
}

function authOf(auth: Exclude<RegistrySetup['auth'], undefined>, folder: string): object {
  if (auth === 'basic') {
    return { htpasswd: { realm: 'kubeos', path: join(folder, 'htpasswd') } };
  }
  const rootcertbundle = join(folder, 'certs', 'ca.pem');
  return { token: { realm: auth.realm, service: 'kubeos-test', issuer: 'kubeos', rootcertbundle } };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/**
 * A server of tokens, which a registry verifies by the CA in the folder `certs`: who is not the user of these tests gets a
 * token that allows nothing.
 */
export async function serveTokens(
  certsDir: string,
  seen: IncomingMessage[],
): Promise<RequestListener> {
  const key = await readFile(join(certsDir, 'ca.key'), 'utf8');
  const certificate = new X509Certificate(await readFile(join(certsDir, 'ca.pem'), 'utf8'));
  const expected = `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}`;
  return (request, response) => {
    seen.push(request);
    const { searchParams } = new URL(request.url ?? '', 'http://tokens');
    const [type, name, actions] = (searchParams.get('scope') ?? '').split(':');
    const isKnown = request.headers.authorization === expected;
    const access = isKnown ? [{ type, name, actions: actions?.split(',') }] : [];
    const nowSeconds = Math.floor(Date.now() / 1000);
    const claims = {
      iss: 'kubeos',
      sub: isKnown ? login.user : '',
      aud: searchParams.get('service'),
      ...{ iat: nowSeconds, nbf: nowSeconds - 10, exp: nowSeconds + 60 },
      jti: createHash('sha256').update(String(seen.length)).digest('hex'),
      access,
    };
    const head = { typ: 'JWT', alg: 'ES256', x5c: [certificate.raw.toString('base64')] };
    const body = [head, claims].map((part) => encode(JSON.stringify(part))).join('.');
    const signature = sign('sha256', Buffer.from(body), { key, dsaEncoding: 'ieee-p1363' });
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify({ token: `${body}.${encode(signature)}` }));
  };
}

function encode(bytes: string | Buffer): string {
  return Buffer.from(bytes).toString('base64url');
}

/** Passes requests on to a registry, and answers as they come. */
export function passOn(
  target: string,
  request: IncomingMessage,
  response: ServerResponse,
  change: (answer: IncomingMessage) => void = (answer) => {
    response.writeHead(answer.statusCode ?? 500, answer.headers);
    answer.pipe(response);
  },
): void {
  const url = new URL(request.url ?? '', target);
  // A registry names itself in its answers as it was asked for.
  const { host, ...others } = request.headers;
  const headers = { ...others, 'X-Forwarded-Host': host };
  const options = { method: request.method, headers };
  const asked =
    url.protocol === 'https:'
      ? httpsRequest(url, { ...options, agent: new Agent({ rejectUnauthorized: false }) }, change)
      : httpRequest(url, options, change);
  asked.on('error', () => response.destroy());
  request.pipe(asked);
}
