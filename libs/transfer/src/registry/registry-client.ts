import type { IncomingMessage } from 'node:http';
import type { SecureContext } from 'node:tls';
import { KubeosError, registryHost, type ImageReference } from '@kubeos/core';
import {
  ask,
  mostRedirects,
  redirectOf,
  resolveSafely,
  type ConnectionDeps,
  type GetTrust,
  type HttpRequest,
} from '../source/connection.ts';
import { describeUrl, statusError } from '../source/http-errors.ts';
import { createTrust, type TrustedFiles } from '../source/trust.ts';
import { authenticate } from './authenticate.ts';
import type { Credentials } from './credentials.ts';
import { readSmallBody } from './small-body.ts';

/** What a registry is asked with. */
export interface RegistryOptions {
  readonly reference: ImageReference;
  readonly access: 'pull' | 'pull,push';
  /** Allows a registry that speaks plain http; one that speaks https is asked over https all the same. */
  readonly allowInsecure: boolean;
  readonly trust: TrustedFiles;
  readonly credentials: Credentials | undefined;
}

/** One repository of one registry, for one piece of work. Tokens are kept as long as that. */
export interface RegistryClient {
  readonly base: URL;
  /**
   * Asks, with what the registry wants for authentication. Redirects of GET and HEAD are followed; where they lead to
   * another origin neither credentials nor client certificate go along. Any status may come back but that of a redirect.
   *
   * @param target a path below the registry, or a URL that it named
   */
  send(target: string | URL, request: HttpRequest, signal: AbortSignal): Promise<IncomingMessage>;
  /** A URL that the registry named. Throws `INSECURE_REDIRECT` where it leads from https to anything else. */
  resolve(location: string, from: URL): URL;
  /** The failure that an answer tells; reads what the registry says of it. */
  failure(answer: IncomingMessage, what: string): Promise<KubeosError>;
}

const mostErrorBytes = 16 * 1024;
/** So a server ends a TLS handshake that speaks plain http, or does not listen where https would be. */
const notTls =
  /^(?:EPROTO|ERR_SSL_WRONG_VERSION_NUMBER|ERR_SSL_PACKET_LENGTH_TOO_LONG|ECONNREFUSED|ECONNRESET)$/u;

/** Prepares to ask a registry. Throws `CERTIFICATE_UNUSABLE`, `INVALID_ARGUMENT`, and the source codes. */
export async function openRegistry(
  options: RegistryOptions,
  deps: ConnectionDeps,
  signal: AbortSignal,
): Promise<RegistryClient> {
  const secure = secureUrlOf(options.reference);
  const getTrust = createGetTrust(secure, options.trust, deps.certsDir);
  const send = (url: URL, request: HttpRequest, end: AbortSignal): Promise<IncomingMessage> =>
    ask(url, request, getTrust, deps, end);
  const base = await findBase(secure, options, (url) => send(url, { headers: {} }, signal));
  return createClient(base, options, deps, send);
}

/** The https URL of a registry. Throws `INVALID_ARGUMENT` for a host or a port that only looks like one. */
export function secureUrlOf(reference: ImageReference): URL {
  const url = URL.parse(`https://${registryHost(reference)}/`);
  if (url !== null) return url;
  throw new KubeosError(
    'INVALID_ARGUMENT',
    `${reference.registry} is no host that a registry can be asked at`,
  );
}

/** A client certificate is shown to the registry alone. */
function createGetTrust({ origin }: URL, files: TrustedFiles, certsDir: string): GetTrust {
  let own: Promise<SecureContext> | undefined;
  let others: Promise<SecureContext> | undefined;
  return (url) => {
    if (!files.mutualTls || url.origin === origin) return (own ??= createTrust(files, certsDir));
    return (others ??= createTrust({ ...files, mutualTls: false }, certsDir));
  };
}

async function findBase(
  secure: URL,
  { allowInsecure, reference }: RegistryOptions,
  ping: (url: URL) => Promise<IncomingMessage>,
): Promise<URL> {
  if (!allowInsecure) return secure;
  try {
    (await ping(new URL('/v2/', secure))).destroy();
    return secure;
  } catch (thrown) {
    const errno = thrown instanceof KubeosError ? String(thrown.details['errno']) : '';
    if (!notTls.test(errno)) throw thrown;
    return new URL(`http://${registryHost(reference)}/`);
  }
}

type Send = (url: URL, request: HttpRequest, signal: AbortSignal) => Promise<IncomingMessage>;

function createClient(
  base: URL,
  options: RegistryOptions,
  deps: ConnectionDeps,
  send: Send,
): RegistryClient {
  const { credentials, reference, access } = options;
  const scope = `repository:${reference.repository}:${access}`;
  let authorization: string | undefined;

  const sendOnce: Send = (url, request, signal) => {
    const isOwn = url.origin === base.origin;
    const own = isOwn && authorization !== undefined ? { Authorization: authorization } : {};
    return send(url, { ...request, headers: { ...request.headers, ...own } }, signal);
  };

  const sendAuthorized: Send = async (url, request, signal) => {
    const answer = await sendOnce(url, request, signal);
    const challenge = answer.headers['www-authenticate'];
    if (answer.statusCode !== 401 || challenge === undefined || url.origin !== base.origin) {
      return answer;
    }
    answer.destroy();
    const askForToken = (to: URL, asked: HttpRequest): Promise<IncomingMessage> =>
      send(to, asked, signal);
    const context = { base, scope, credentials, clock: deps.clock, ask: askForToken };
    authorization = await authenticate(challenge, context);
    return sendOnce(url, request, signal);
  };

  return {
    base,
    send: async (target, request, signal) => {
      let url = new URL(target, base);
      for (let redirects = 0; redirects <= mostRedirects; redirects += 1) {
        const answer = await sendAuthorized(url, request, signal);
        const mayFollow = ['GET', 'HEAD'].includes(request.method ?? 'GET');
        const next = mayFollow ? redirectOf(answer, url) : undefined;
        if (next === undefined) return answer;
        answer.destroy();
        url = next;
      }
      throw new KubeosError('SOURCE_REFUSED', `${describeUrl(base)} redirects without end`);
    },
    resolve: resolveSafely,
    failure: async (answer, what) => {
      const status = answer.statusCode ?? 0;
      const said = await reasonIn(answer, base, deps).catch(() => '');
      const words = said === '' ? '' : `: ${said}`;
      if (status === 401 || status === 403) {
        const whose = credentials === undefined ? 'Without credentials' : 'With those credentials';
        const message = `${whose} ${base.host} does not give ${what} (${status})${words}`;
        return new KubeosError('REGISTRY_DENIED', message, { details: { status } });
      }
      const { code, details } = statusError(status, base);
      const message = `${base.host} answered ${status} for ${what}${words}`;
      return new KubeosError(code, message, { details });
    },
  };
}

/** Registries say why in the body, https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes. */
async function reasonIn(
  answer: IncomingMessage,
  url: URL,
  { clock }: ConnectionDeps,
): Promise<string> {
  const text = (await readSmallBody(answer, mostErrorBytes, url, clock)).toString('utf8');
  const parsed = JSON.parse(text) as { readonly errors?: readonly unknown[] } | null;
  const [first] = parsed?.errors ?? [];
  const { code, message } = (first ?? {}) as Readonly<Record<string, unknown>>;
  return [code, message]
    .filter((part) => typeof part === 'string')
    .join(' ')
    .slice(0, 200);
}
