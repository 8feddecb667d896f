import type { IncomingMessage } from 'node:http';
import { KubeosError, parseChallenges, type AuthChallenge, type Clock } from '@kubeos/core';
import type { HttpRequest } from '../source/connection.ts';
import { describeUrl, statusError } from '../source/http-errors.ts';
import type { Credentials } from './credentials.ts';
import { readSmallBody } from './small-body.ts';

/** Whom credentials are for, and how a token is asked for. */
export interface AuthContext {
  /** The registry. */
  readonly base: URL;
  /** What a token is to allow, where the registry does not say. */
  readonly scope: string;
  readonly credentials: Credentials | undefined;
  readonly clock: Clock;
  /** Sends a request to the server of tokens; redirects are not followed. */
  readonly ask: (url: URL, request: HttpRequest) => Promise<IncomingMessage>;
}

const mostTokenBytes = 256 * 1024;

/**
 * What a registry wants to see in `Authorization`, https://distribution.github.io/distribution/spec/auth/token/. Throws
 * `REGISTRY_DENIED` without a way to satisfy it, and the source codes.
 */
export async function authenticate(challengeHeader: string, context: AuthContext): Promise<string> {
  const challenges = parseChallenges(challengeHeader);
  const bearer = challenges.find(
    ({ scheme, parameters }) => scheme === 'bearer' && parameters.has('realm'),
  );
  if (bearer !== undefined) return `Bearer ${await fetchToken(bearer, context)}`;
  if (!challenges.some(({ scheme }) => scheme === 'basic')) {
    throw denied(context, 'asks for an authentication that is not supported');
  }
  if (context.credentials === undefined) {
    throw denied(context, 'asks for a user and a password, and none are stored for it');
  }
  return basic(context.credentials);
}

async function fetchToken({ parameters }: AuthChallenge, context: AuthContext): Promise<string> {
  const url = realmOf(parameters.get('realm') ?? '', context);
  const service = parameters.get('service');
  if (service !== undefined) url.searchParams.set('service', service);
  url.searchParams.set('scope', parameters.get('scope') ?? context.scope);
  const { credentials } = context;
  const headers: Record<string, string> =
    credentials === undefined ? {} : { Authorization: basic(credentials) };
  const answer = await context.ask(url, { headers });
  const status = answer.statusCode ?? 0;
  if (status !== 200) {
    answer.destroy();
    if (status !== 401 && status !== 403) throw statusError(status, url);
    const whose = credentials === undefined ? 'without credentials' : 'with those credentials';
    throw denied(context, `gives no token ${whose} (${describeUrl(url)} answered ${status})`);
  }
  const token = tokenIn(await readSmallBody(answer, mostTokenBytes, url, context.clock));
  if (token !== undefined) return token;
  throw new KubeosError('SOURCE_REFUSED', `${describeUrl(url)} answered without a token`);
}

/** Credentials go to the server that the registry names, but never over plain http to another host than the registry. */
function realmOf(realm: string, { base }: AuthContext): URL {
  const url = URL.parse(realm);
  const isPlainNeighbour =
    url?.protocol === 'http:' && base.protocol === 'http:' && url.hostname === base.hostname;
  if (url !== null && (url.protocol === 'https:' || isPlainNeighbour)) {
    url.username = '';
    url.password = '';
    return url;
  }
  throw new KubeosError(
    'INSECURE_REDIRECT',
    `${describeUrl(base)} sends to a server of tokens that is not https`,
  );
}

function tokenIn(body: Buffer): string | undefined {
  try {
    const parsed = JSON.parse(body.toString('utf8')) as {
      readonly token?: unknown;
      readonly access_token?: unknown;
    } | null;
    const token = parsed?.token ?? parsed?.access_token;
    // Anything else could not be sent in a header.
    return typeof token === 'string' && /^[\x21-\x7e]+$/u.test(token) ? token : undefined;
  } catch {
    return undefined;
  }
}

function basic({ user, password }: Credentials): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

function denied({ base }: AuthContext, why: string): KubeosError {
  return new KubeosError('REGISTRY_DENIED', `${base.host} ${why}`);
}
