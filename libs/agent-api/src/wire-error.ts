/**
 * `KubeosError` and gRPC status, both ways.
 *
 * The trailer `grpc-status-details-bin` holds a google.rpc.Status with one google.rpc.ErrorInfo, which is how gRPC
 * libraries of all languages pass machine-readable errors (https://google.aip.dev/193).
 */
import { Metadata, status as grpcStatus } from '@grpc/grpc-js';
import type { ServiceError, StatusObject } from '@grpc/grpc-js';
import { errorKinds, isErrorCode, KubeosError } from '@kubeos/core';
import type { ErrorCode, ErrorDetails } from '@kubeos/core';
import type { Protocol } from './protocol.ts';

/** Domain of our codes in ErrorInfo. */
const errorDomain = 'agent.kubeos.org';

const detailsKey = 'grpc-status-details-bin';
const infoType = 'type.googleapis.com/google.rpc.ErrorInfo';
// Trailers share one header block of 16 KiB with the details.
const messageLimit = 2048;

type Codecs = Pick<Protocol, 'status' | 'errorInfo'>;

/** The gRPC status of a failure. Its code is that of the failure's kind; what is no `KubeosError` becomes `BUG`. */
export function toStatus(codecs: Codecs, thrown: unknown): StatusObject {
  const error = KubeosError.from(thrown);
  const code = statusCode(errorKinds[error.kind].grpcStatus);
  const message = error.message.slice(0, messageLimit);
  const info = codecs.errorInfo.serialize({
    reason: error.code,
    domain: errorDomain,
    metadata: textOf(error.details),
  });
  const rich = { code, message, details: [{ type_url: infoType, value: info }] };
  const metadata = new Metadata();
  metadata.set(detailsKey, codecs.status.serialize(rich));
  // The agent has decided: gRPC's own retries are for calls that did not reach it.
  metadata.set('grpc-retry-pushback-ms', '-1');
  return { code, details: message, metadata };
}

/** The failure behind a gRPC status. Details come back as text. */
export function fromStatus(codecs: Codecs, error: StatusObject | ServiceError): KubeosError {
  const info = readInfo(codecs, error.metadata);
  const options = { cause: error, ...(info === undefined ? {} : { details: info.metadata }) };
  if (info !== undefined && isErrorCode(info.reason)) {
    return new KubeosError(info.reason, error.details, options);
  }
  const prefix = info === undefined ? 'Calling the agent' : info.reason;
  return new KubeosError(codeOf(error.code), `${prefix}: ${error.details}`, options);
}

function statusCode(number: number): grpcStatus {
  const codes = Object.values(grpcStatus).filter((value) => typeof value === 'number');
  return codes.find((code) => grpcStatus[code] === grpcStatus[number]) ?? grpcStatus.UNKNOWN;
}

function textOf(details: ErrorDetails): Record<string, string> {
  return Object.fromEntries(Object.entries(details).map(([key, value]) => [key, String(value)]));
}

function readInfo(codecs: Codecs, metadata: Metadata) {
  const [bytes] = metadata.get(detailsKey);
  if (!Buffer.isBuffer(bytes)) return undefined;
  try {
    const rich = codecs.status.deserialize(bytes);
    const any = rich.details.find((detail) => detail.type_url === infoType);
    const info = any && codecs.errorInfo.deserialize(Buffer.from(any.value));
    return info?.domain === errorDomain ? info : undefined;
  } catch {
    // Whatever a foreign server put there: the status code says enough.
    return undefined;
  }
}

// Without our trailer the status is gRPC's own: the agent was not reached, or is another program.
function codeOf(code: grpcStatus): ErrorCode {
  switch (code) {
    case grpcStatus.INVALID_ARGUMENT:
      return 'INVALID_ARGUMENT';
    case grpcStatus.NOT_FOUND:
      return 'NOT_FOUND';
    case grpcStatus.ABORTED:
      return 'CONFLICT';
    case grpcStatus.FAILED_PRECONDITION:
    case grpcStatus.UNIMPLEMENTED:
      return 'UNSUPPORTED';
    case grpcStatus.PERMISSION_DENIED:
    case grpcStatus.UNAUTHENTICATED:
      return 'FORBIDDEN';
    default:
      return 'AGENT_UNREACHABLE';
  }
}
