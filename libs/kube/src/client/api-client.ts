/** Requests to the API server: JSON both ways, each with a deadline, over connections that are kept. */
import { Agent, request as httpsRequest, type RequestOptions } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { StringDecoder } from 'node:string_decoder';
import { KubeosError, type Clock } from '@kubeos/core';
import type { KubeConfig } from '@kubernetes/client-node';
import { createClock } from '../clock.ts';
import { tokenFileOf } from './token-file.ts';
import { errorOfAnswer, errorOfConnection } from './translate-error.ts';

/** One request. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Path from the root of the server, such as `/api/v1/nodes`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Default `application/json`; the kind of a patch is told by it. */
  readonly contentType?: string;
  /** Default 30. */
  readonly deadlineSeconds?: number;
  /** Over a new connection: a kept one can be dead without a word. Default false. */
  readonly onNewConnection?: boolean;
  readonly signal?: AbortSignal;
}

/** The API server. Failures are `KubeosError` with the codes of the Kubernetes API. */
export interface ApiClient {
  /** The parsed answer. */
  request(request: ApiRequest): Promise<unknown>;
  /** Hands over each line of the answer as it comes; resolves when the server ends it. */
  lines(request: ApiRequest, onLine: (line: string) => void): Promise<void>;
  /** Ends all connections. */
  close(): void;
}

/** What a client may be told beside where the server is. */
export interface ApiClientOptions {
  /** Called with the status of every answer, 0 for none, and the seconds until it began; for metrics. */
  readonly onAnswer?: (method: ApiRequest['method'], status: number, seconds: number) => void;
  /** Default: that of the machine. */
  readonly clock?: Clock;
}

const defaultDeadlineSeconds = 30;
/** A peer that is gone without a word is noticed after this and 10 probes of a second each. */
const keepAliveSeconds = 15;

/** Builds a client. Certificates and token are read anew as their files change. */
export function createApiClient(
  kubeConfig: KubeConfig,
  { onAnswer = () => undefined, clock = createClock() }: ApiClientOptions = {},
): ApiClient {
  const cluster = kubeConfig.getCurrentCluster();
  if (cluster === null) {
    throw new KubeosError('INVALID_CONFIGURATION', 'The kubeconfig names no current cluster');
  }
  const base = baseOf(cluster.server);
  const token = tokenFileOf(kubeConfig.getCurrentUser(), clock);
  const agent = new Agent({ keepAlive: true, keepAliveMsecs: keepAliveSeconds * 1000 });

  async function open(request: ApiRequest, signal: AbortSignal): Promise<IncomingMessage> {
    const body = request.body === undefined ? undefined : JSON.stringify(request.body);
    const credentials: Record<string, string> = {};
    const options: RequestOptions = { headers: credentials };
    await kubeConfig.applyToHTTPSOptions(options);
    if (token !== undefined) credentials['Authorization'] = `Bearer ${token.current()}`;
    const headers = {
      ...credentials,
      Accept: 'application/json',
      // Without one the server does not track who owns the fields of what we create.
      'User-Agent': 'kubeos',
      ...(body === undefined
        ? {}
        : {
            'Content-Type': request.contentType ?? 'application/json',
            'Content-Length': Buffer.byteLength(body),
          }),
    };
    const { method } = request;
    const connections = request.onNewConnection === true ? false : agent;
    const full = { ...options, agent: connections, method, headers, signal };
    try {
      return await send(urlOf(base, request), full, body);
    } catch (error) {
      // The server may close a kept connection just as a request goes out on it. What changes nothing is sent again.
      if (method === 'GET' && isReset(error)) return send(urlOf(base, request), full, body);
      throw error;
    }
  }

  async function answer<T>(
    request: ApiRequest,
    read: (response: IncomingMessage) => Promise<T>,
  ): Promise<T> {
    const signal = deadlineOf(request);
    const startMs = clock.now().monotonicMs;
    const note = (answered: number): void => {
      onAnswer(request.method, answered, (clock.now().monotonicMs - startMs) / 1000);
    };
    let status = 0;
    try {
      const first = await open(request, signal);
      const isRenewed = first.statusCode === 401 && token?.renew() === true;
      if (isRenewed) first.resume();
      const response = isRenewed ? await open(request, signal) : first;
      status = response.statusCode ?? 0;
      note(status);
      if (status >= 400) throw errorOfAnswer(request, status, await textOf(response));
      return await read(response);
    } catch (error) {
      if (status === 0) note(status);
      throw errorOfConnection(request, error);
    }
  }

  return {
    request: (request) =>
      answer(request, async (response): Promise<unknown> => {
        const text = await textOf(response);
        return text === '' ? undefined : JSON.parse(text);
      }),
    lines: (request, onLine) => answer(request, (response) => readLines(response, onLine)),
    close: () => {
      agent.destroy();
    },
  };
}

function baseOf(server: string): URL {
  const base = URL.parse(server);
  if (base === null) {
    throw new KubeosError('INVALID_CONFIGURATION', `The API server has no URL: ${server}`);
  }
  if (base.protocol !== 'https:') {
    throw new KubeosError('INVALID_CONFIGURATION', `The API server must be https: ${base.href}`);
  }
  return base;
}

function urlOf(base: URL, request: ApiRequest): URL {
  const url = new URL(`${base.pathname.replace(/\/$/, '')}${request.path}`, base);
  for (const [key, value] of Object.entries(request.query ?? {})) {
    if (value !== undefined) url.searchParams.set(key, String(value));
  }
  return url;
}

function deadlineOf(request: ApiRequest): AbortSignal {
  const deadline = AbortSignal.timeout((request.deadlineSeconds ?? defaultDeadlineSeconds) * 1000);
  return request.signal === undefined ? deadline : AbortSignal.any([deadline, request.signal]);
}

async function send(
  url: URL,
  options: RequestOptions,
  body: string | undefined,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outgoing = httpsRequest(url, options, resolve);
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

async function textOf(response: IncomingMessage): Promise<string> {
  response.setEncoding('utf8');
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return text;
}

async function readLines(response: IncomingMessage, onLine: (line: string) => void): Promise<void> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of response) {
    const lines = (rest + decoder.write(chunk as Buffer)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') onLine(line);
  }
}

function isReset(error: unknown): boolean {
  return (
    typeof error === 'object' && error !== null && 'code' in error && error.code === 'ECONNRESET'
  );
}
