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
  /** Folder of CA and client certificates, `/etc/KubeOS/certs` on a node. */
  readonly certsDir: string;
  /** The environment, for the proxies it may name. */
  readonly proxyEnv: ProxyEnvironment;
}

/** One question to a server. */
export interface HttpRequest {
  /** Default: GET. */
  readonly method?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** Longest time until the answer begins, in milliseconds; default 30,000. */
  readonly timeoutMs?: number;
}

/** Whom TLS connections to a server trust and what they present; asked for https only. */
export type GetTrust = (url: URL) => Promise<SecureContext>;

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
/** More than so many redirects lead nowhere. */
export const mostRedirects = 5;

/** Checks where a payload may come from and prepares to connect there. Throws before anything is sent. */
export function createConnect(payload: Payload, deps: ConnectionDeps): Connect {
  const start = parseUrl(payload);
  // Only for https: the CAs of the system are many, and reading them takes time and memory.
  let trust: Promise<SecureContext> | undefined;
  const getTrust: GetTrust = () => (trust ??= createTrust(payload, deps.certsDir));
  return async (headers, signal) => {
    let url = start;
    for (let redirects = 0; redirects <= mostRedirects; redirects += 1) {
      const body = await ask(url, { headers }, getTrust, deps, signal);
      const status = body.statusCode ?? 0;
      if (status === 200 || status === 206) return { body, partial: status === 206 };
      body.destroy();
      const next = redirectOf(body, url);
      if (next === undefined) throw statusError(status, url);
      url = next;
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

/** Where an answer sends to; `undefined` when it does not. Throws `INSECURE_REDIRECT`. */
export function redirectOf(answer: IncomingMessage, from: URL): URL | undefined {
  const location = answer.headers.location;
  if (![301, 302, 303, 307, 308].includes(answer.statusCode ?? 0) || location === undefined) {
    return undefined;
  }
  return resolveSafely(location, from);
}

/** A URL that a server names. Throws `INSECURE_REDIRECT` where it leads from https to anything else. */
export function resolveSafely(location: string, from: URL): URL {
  const url = URL.parse(location, from.href);
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && from.protocol === 'http:')) {
    return url;
  }
  throw new KubeosError(
    'INSECURE_REDIRECT',
    `${describeUrl(from)} redirects to another scheme than https`,
  );
}

/** Sends one request and waits for the head of its answer, of whatever status. Throws `SOURCE_UNREACHABLE`, `TLS_FAILED`. */
export async function ask(
  url: URL,
  request: HttpRequest,
  getTrust: GetTrust,
  deps: Pick<ConnectionDeps, 'clock' | 'proxyEnv'>,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const secureContext = url.protocol === 'https:' ? await getTrust(url) : undefined;
  const timeoutMs = request.timeoutMs ?? connectTimeoutMs;
  const answered = new AbortController();
  const late = new AbortController();
  void deps.clock.sleep(timeoutMs, answered.signal).then(
    () => late.abort(),
    () => undefined,
  );
  try {
    return await send(url, request, secureContext, deps, AbortSignal.any([signal, late.signal]));
  } catch (thrown) {
    signal.throwIfAborted();
    if (!late.signal.aborted) throw connectionError(thrown, url);
    throw new KubeosError(
      'SOURCE_UNREACHABLE',
      `${describeUrl(url)} did not answer within ${timeoutMs / 1000} seconds`,
    );
  } finally {
    answered.abort();
  }
}

function send(
  url: URL,
  { method = 'GET', headers, body }: HttpRequest,
  secureContext: SecureContext | undefined,
  deps: Pick<ConnectionDeps, 'proxyEnv'>,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const length = body === undefined ? {} : { 'Content-Length': String(body.length) };
  const all = { 'User-Agent': 'kubeos', Accept: '*/*', ...length, ...headers };
  const common = { method, headers: all, signal };
  const proxyEnv = { ...deps.proxyEnv };
  const request =
    secureContext === undefined
      ? httpRequest(url, { ...common, agent: new HttpAgent({ proxyEnv }) })
      : httpsRequest(url, { ...common, agent: new HttpsAgent({ proxyEnv, secureContext }) });
  return new Promise((resolve, reject) => {
    request.once('response', resolve);
    request.on('error', reject);
    request.end(body);
  });
}
