/** The service on a grpc-js server. */
import { Server } from '@grpc/grpc-js';
import type { ServerUnaryCall, ServerWritableStream, ServiceDefinition } from '@grpc/grpc-js';
import type { UntypedServiceImplementation } from '@grpc/grpc-js';
import type { ByteMethod } from './endpoint.ts';
import type { Protocol } from './protocol.ts';
import { toStatus } from './wire-error.ts';

type AnyCall = ServerUnaryCall<Buffer, Buffer> | ServerWritableStream<Buffer, Buffer>;

/** What a server does around its methods. */
export interface Surroundings {
  readonly protocol: Protocol;
  /** Throws when the caller may not call. */
  readonly authorize: (call: AnyCall) => void;
  /** Follows every piece of work, as long as it lasts, whether or not its caller still listens. */
  readonly follow: (method: ByteMethod, work: Promise<void>) => void;
}

/** A server of these methods, not yet listening. Nothing that a method throws gets past its own call. */
export function grpcServer(methods: readonly ByteMethod[], around: Surroundings): Server {
  const server = new Server({
    'grpc.enable_channelz': 0,
    // Room for the largest set of settings: an object of Kubernetes holds four of them in 1.5 MiB.
    'grpc.max_receive_message_length': 1_048_576,
    // A caller over TCP whose machine is gone says nothing, and would be followed for hours.
    'grpc.keepalive_time_ms': 30_000,
    'grpc.keepalive_timeout_ms': 10_000,
  });
  const definition: Record<string, ServiceDefinition[string]> = {};
  const handlers: UntypedServiceImplementation = {};
  for (const method of methods) {
    definition[method.path] = {
      path: method.path,
      requestStream: false,
      responseStream: method.responseStream,
      requestSerialize: asIs,
      requestDeserialize: asIs,
      responseSerialize: asIs,
      responseDeserialize: asIs,
    };
    handlers[method.path] = method.responseStream
      ? streamHandler(method, around)
      : unaryHandler(method, around);
  }
  server.addService(definition, handlers);
  return server;
}

function unaryHandler(method: ByteMethod, around: Surroundings) {
  return (
    call: ServerUnaryCall<Buffer, Buffer>,
    answer: (error: ReturnType<typeof toStatus> | null, response?: Buffer) => void,
  ): void => {
    let response: Buffer | undefined;
    const work = run(method, call, around, (bytes) => {
      response = bytes;
    });
    around.follow(
      method,
      work.then(
        () => answer(null, response),
        (thrown: unknown) => answer(toStatus(around.protocol, thrown)),
      ),
    );
  };
}

function streamHandler(method: ByteMethod, around: Surroundings) {
  return (call: ServerWritableStream<Buffer, Buffer>): void => {
    // The caller may be gone: its stream then fails every write, and that is no failure of the work.
    call.on('error', () => undefined);
    const work = run(method, call, around, (bytes) => void call.write(bytes));
    around.follow(
      method,
      work.then(
        () => void call.end(),
        (thrown: unknown) => void call.emit('error', toStatus(around.protocol, thrown)),
      ),
    );
  };
}

async function run(
  method: ByteMethod,
  call: AnyCall,
  around: Surroundings,
  send: (bytes: Buffer) => void,
): Promise<void> {
  const gone = new AbortController();
  call.on('cancelled', () => gone.abort());
  around.authorize(call);
  await method.run(call.request, gone.signal, send);
}

const asIs = (bytes: Buffer): Buffer => bytes;
