/** From what the API server or the network answers to the codes of the project. */
import { KubeosError, type ErrorCode } from '@kubeos/core';

/** What a failed request was, for messages and logs. */
export interface RequestName {
  readonly method: string;
  readonly path: string;
}

/** The body of a failed answer: a `Status` object, https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/. */
interface ApiStatus {
  readonly message?: string;
  readonly reason?: string;
  readonly causes: readonly string[];
}

const codesByStatus: Readonly<Record<number, ErrorCode>> = {
  400: 'API_REJECTED',
  401: 'FORBIDDEN',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  405: 'API_REJECTED',
  409: 'CONFLICT',
  410: 'RESOURCE_EXPIRED',
  413: 'API_REJECTED',
  415: 'API_REJECTED',
  422: 'API_REJECTED',
  429: 'TOO_MANY_REQUESTS',
};

/** The code of an HTTP status; every status that says nothing about the request itself is `API_UNAVAILABLE`. */
export function codeOfStatus(status: number): ErrorCode {
  return codesByStatus[status] ?? 'API_UNAVAILABLE';
}

/** Reads the body of a failed answer; anything that is no `Status` is taken as its message. */
function readApiStatus(body: string): ApiStatus {
  const parsed = parseJson(body);
  if (!isRecord(parsed)) return { message: body.slice(0, 200), causes: [] };
  const { message, reason } = parsed;
  return {
    ...(typeof message === 'string' ? { message } : {}),
    ...(typeof reason === 'string' ? { reason } : {}),
    causes: causesOf(parsed['details']),
  };
}

/** The error for an answer of 400 and above. */
export function errorOfAnswer(request: RequestName, status: number, body: string): KubeosError {
  const answer = readApiStatus(body);
  return new KubeosError(
    codeOfStatus(status),
    `${request.method} ${request.path}: ${answer.message ?? 'no message'} (${status})`,
    {
      details: {
        status,
        ...(answer.reason === undefined ? {} : { reason: answer.reason }),
        ...(answer.causes.length === 0 ? {} : { causes: answer.causes.join(',') }),
      },
    },
  );
}

/** The error for a request that got no answer: the connection failed or the deadline passed. */
export function errorOfConnection(request: RequestName, cause: unknown): KubeosError {
  if (cause instanceof KubeosError) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  return new KubeosError('API_UNAVAILABLE', `${request.method} ${request.path}: ${message}`, {
    cause,
  });
}

function causesOf(details: unknown): readonly string[] {
  const causes = isRecord(details) ? details['causes'] : undefined;
  if (!Array.isArray(causes)) return [];
  return causes.flatMap((cause: unknown) => {
    const reason = isRecord(cause) ? cause['reason'] : undefined;
    return typeof reason === 'string' ? [reason] : [];
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
