/** The way to the agent over gRPC, on a Unix socket or TCP. */
import { Client, credentials } from '@grpc/grpc-js';
import type { ChannelCredentials, ChannelOptions, ServiceError } from '@grpc/grpc-js';
import { KubeosError } from '@kubeos/core';
import { agentServiceName } from './protocol.ts';
import type { Protocol } from './protocol.ts';
import type { AgentTransport, ClientMethod } from './transport.ts';
import { fromStatus } from './wire-error.ts';

/** Mutual TLS, everything as PEM. */
export interface AgentCredentials {
  /** The CA that signed the agent's certificate. */
  readonly ca: Buffer;
  readonly cert: Buffer;
  readonly key: Buffer;
  /** The name in the agent's certificate, where it is not the host of the target. */
  readonly serverName?: string;
}

// A call can fall into the moment in which an idle agent goes: it is repeated while the socket starts the next one.
const serviceConfig = {
  methodConfig: [
    {
      name: [{ service: agentServiceName }, { service: 'grpc.health.v1.Health' }],
      retryPolicy: {
        maxAttempts: 5,
        initialBackoff: '0.1s',
        maxBackoff: '2s',
        backoffMultiplier: 2,
        retryableStatusCodes: ['UNAVAILABLE'],
      },
    },
  ],
};

const channelOptions: ChannelOptions = {
  'grpc.service_config': JSON.stringify(serviceConfig),
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 2000,
  // An idle client lets the connection go: the agent then sees at once that nobody is left.
  'grpc.client_idle_timeout_ms': 5000,
  // A node that is cut off does not hold a Prepare for ever.
  'grpc.keepalive_time_ms': 30_000,
  'grpc.keepalive_timeout_ms': 10_000,
  'grpc.enable_channelz': 0,
  // A Unix socket and a node's own address are never behind a proxy.
  'grpc.enable_http_proxy': 0,
};

/** Opens the way; it connects with the first call. */
export function grpcTransport(
  protocol: Protocol,
  target: string,
  pem: AgentCredentials | undefined,
): AgentTransport {
  const client = new Client(target, channelCredentials(pem), {
    ...channelOptions,
    ...(pem?.serverName === undefined ? {} : { 'grpc.ssl_target_name_override': pem.serverName }),
  });
  return {
    async unary<Request, Response>(
      { path, requestSerialize, responseDeserialize }: ClientMethod<Request, Response>,
      request: Request,
      signal: AbortSignal,
    ): Promise<Response> {
      const { error, response } = await whileOpen<UnaryEnd<Response>>(signal, (end) =>
        client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, (e, r) =>
          end({ error: e, response: r }),
        ),
      );
      if (error === null && response !== undefined) return response;
      signal.throwIfAborted();
      throw error === null
        ? new KubeosError('BUG', `${path}: neither answer nor error`)
        : fromStatus(protocol, error);
    },

    async stream<Request, Response>(
      { path, requestSerialize, responseDeserialize }: ClientMethod<Request, Response>,
      request: Request,
      onMessage: (message: Response) => void,
      signal: AbortSignal,
    ): Promise<void> {
      let broken: KubeosError | undefined;
      const error = await whileOpen<ServiceError | null>(signal, (end) => {
        const call = client.makeServerStreamRequest(
          path,
          requestSerialize,
          responseDeserialize,
          request,
        );
        call.on('data', (message: Response) => {
          try {
            onMessage(message);
          } catch (thrown) {
            broken = KubeosError.from(thrown);
            call.cancel();
          }
        });
        call.on('error', (failure: ServiceError) => end(failure));
        call.on('end', () => end(null));
        return call;
      });
      if (broken !== undefined) throw broken;
      if (error === null) return;
      signal.throwIfAborted();
      throw fromStatus(protocol, error);
    },

    close: () => client.close(),
  };
}

interface UnaryEnd<Response> {
  readonly error: ServiceError | null;
  readonly response: Response | undefined;
}

// Runs one call; an abort cancels it, and the call then ends with gRPC's own error.
async function whileOpen<T>(
  signal: AbortSignal,
  open: (end: (value: T) => void) => { cancel(): void },
): Promise<T> {
  let cancel = (): void => undefined;
  try {
    return await new Promise<T>((resolve) => {
      const call = open(resolve);
      cancel = () => call.cancel();
      signal.addEventListener('abort', cancel);
    });
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

function channelCredentials(pem: AgentCredentials | undefined): ChannelCredentials {
  return pem === undefined
    ? credentials.createInsecure()
    : credentials.createSsl(pem.ca, pem.key, pem.cert);
}
