import { KubeosError, type ErrorCode } from '@kubeos/core';
import { errnoOf } from '@kubeos/host';

/** Translates a status other than 200 and 206. */
export function statusError(status: number, url: URL): KubeosError {
  return new KubeosError(codeOfStatus(status), `${describeUrl(url)} answered ${status}`, {
    details: { status },
  });
}

function codeOfStatus(status: number): ErrorCode {
  if (status === 404 || status === 410) return 'SOURCE_NOT_FOUND';
  return status === 429 || status >= 500 ? 'SOURCE_UNREACHABLE' : 'SOURCE_REFUSED';
}

// Failures of verification, X509_verify_cert(3), and of the handshake, as Node names them.
const tlsCodes =
  /^(?:CERT_|ERR_TLS_|ERR_SSL_|EPROTO$|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERROR_IN_CERT|ERROR_IN_CRL|INVALID_CA$|INVALID_PURPOSE$|HOSTNAME_MISMATCH$|PATH_LENGTH_EXCEEDED$|CRL_)/u;

/** Translates a connection that failed or broke. */
export function connectionError(thrown: unknown, url: URL): KubeosError {
  if (thrown instanceof KubeosError) return thrown;
  const errno = errnoOf(thrown) ?? '';
  const code = tlsCodes.test(errno) ? 'TLS_FAILED' : 'SOURCE_UNREACHABLE';
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new KubeosError(code, `${describeUrl(url)}: ${message}`, {
    cause: thrown,
    details: { errno },
  });
}

/** A URL for people: without user, password and query, any of which may be secret. */
export function describeUrl(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`;
}
