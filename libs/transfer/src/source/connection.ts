import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { SecureContext } from 'node:tls';
import { KubeosError, type Clock, type Payload } from '@kubeos/core';
import { connectionError, describeUrl, statusError } from './http-errors.ts';
import { createTrust } from './trust.ts';

/** Environment variables that name proxies: `HTTP_PROXY`, `HTTPS_PROXY`, `NO_PROXY` in either case. */
export type ProxyEnvironment = Readonly<Record<string, string | undefined>>;

/** What connections are made with. */
export interface ConnectionDeps {
  readonly clock: Clock;
  /** Folder of CA and client certificates. */
  readonly certsDir: string;
  readonly proxyEnv: ProxyEnvironment;
}

/** An answer with status 200 or 206; its body is read by iterating it. */
export interface Answer {
  readonly body: IncomingMessage;
  readonly partial: boolean;
}

/** Asks for the payload, with further headers. Throws the source codes. */
export type Connect = (
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
) => Promise<Answer>;

const connectTimeoutMs = 30_000;
const mostRedirects = 5;

/** Checks where a payload may come from and prepares to connect there. Throws before anything is sent. */
export function createConnect(payload: Payload, deps: ConnectionDeps): Connect {
  const start = parseUrl(payload);
  // Only for https: the CAs of the system are many, and reading them takes time and memory.
  let trust: Promise<SecureContext> | undefined;
  const getTrust = (): Promise<SecureContext> => (trust ??= createTrust(payload, deps.certsDir));
  return async (headers, signal) => {
    let url = start;
    for (let redirects = 0; redirects <= mostRedirects; redirects += 1) {
      const body = await ask(url, headers, getTrust, deps, signal);
      const status = body.statusCode ?? 0;
      if (status === 200 || status === 206) return { body, partial: status === 206 };
      body.destroy();
      url = followRedirect(body, url);
    }
    throw new KubeosError('SOURCE_REFUSED', `${describeUrl(start)} redirects without end`);
  };
}

/** Checks what can be known of a source without asking it. Throws as `createConnect`, and as `createTrust`. */
export async function checkSource(
  payload: Payload,
  { certsDir }: Pick<ConnectionDeps, 'certsDir'>,
): Promise<void> {
  if (parseUrl(payload).protocol === 'https:') await createTrust(payload, certsDir);
}

function parseUrl(payload: Payload): URL {
  // The parser lowers the scheme, so that its case in the text does not matter.
  const url = URL.parse(payload.url ?? '');
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new KubeosError('INVALID_ARGUMENT', 'The payload has no http or https URL');
  }
  if (url.protocol === 'http:' && !payload.allowInsecure) {
    throw new KubeosError(
      'INSECURE_SOURCE',
      `${describeUrl(url)} is not https, and plain http was not allowed`,
    );
  }
  return url;
}

function followRedirect(answer: IncomingMessage, from: URL): URL {
  const status = answer.statusCode ?? 0;
  const location = answer.headers.location;
  if (![301, 302, 303, 307, 308].includes(status) || location === undefined) {
    throw statusError(status, from);
  }
  const url = URL.parse(location, from.href);
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && from.protocol === 'http:')) {
    return url;
  }
  throw new KubeosError(
    'INSECURE_REDIRECT',
    `${describeUrl(from)} redirects to another scheme than https`,
  );
}

async function ask(
  url: URL,
  headers: Readonly<Record<string, string>>,
  getTrust: () => Promise<SecureContext>,
  deps: ConnectionDeps,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const secureContext = url.protocol === 'https:' ? await getTrust() : undefined;
  const answered = new AbortController();
  const late = new AbortController();
  void deps.clock.sleep(connectTimeoutMs, answered.signal).then(
    () => late.abort(),
    () => undefined,
  );
  try {
    return await send(url, headers, secureContext, deps, AbortSignal.any([signal, late.signal]));
  } catch (thrown) {
    signal.throwIfAborted();
    if (!late.signal.aborted) throw connectionError(thrown, url);
    throw new KubeosError(
      'SOURCE_UNREACHABLE',
      `${describeUrl(url)} did not answer within ${connectTimeoutMs / 1000} seconds`,
    );
  } finally {
    answered.abort();
  }
}

function send(
  url: URL,
  headers: Readonly<Record<string, string>>,
  secureContext: SecureContext | undefined,
  deps: ConnectionDeps,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const common = { headers: { 'User-Agent': 'kubeos', Accept: '*/*', ...headers }, signal };
  const proxyEnv = { ...deps.proxyEnv };
  const request =
    secureContext === undefined
      ? httpRequest(url, { ...common, agent: new HttpAgent({ proxyEnv }) })
      : httpsRequest(url, { ...common, agent: new HttpsAgent({ proxyEnv, secureContext }) });
  return new Promise((resolve, reject) => {
    request.once('response', resolve);
    request.on('error', reject);
    request.end();
  });
}
