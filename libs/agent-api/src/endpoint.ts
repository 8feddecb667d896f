/** The service as bytes in, bytes out: what a transport serves without knowing a message. */
import { KubeosError } from '@kubeos/core';
import { healthMethods } from './health.ts';
import { agentMethods } from './methods.ts';
import type { ServedAgent, StreamMethod, UnaryMethod } from './methods.ts';
import type { Protocol } from './protocol.ts';

/** One method. `run` sends one message, or any number when it streams; it throws what the status is made of. */
export interface ByteMethod {
  readonly path: string;
  readonly responseStream: boolean;
  /** False for a health watch: an agent may go although somebody looks on. */
  readonly isWork: boolean;
  run(request: Buffer, signal: AbortSignal, send: (response: Buffer) => void): Promise<void>;
}

interface ServerCodecs<Request, Response> {
  readonly path: string;
  readonly requestDeserialize: (bytes: Buffer) => Request;
  readonly responseSerialize: (response: Response) => Buffer;
}

/** All methods of the agent's two services. `closing` ends health watches. */
export function endpoint(
  agent: ServedAgent,
  protocol: Protocol,
  closing: AbortSignal,
): readonly ByteMethod[] {
  const methods = agentMethods(agent);
  const health = healthMethods(closing);
  return [
    unary(protocol.agent.GetStatus, methods.GetStatus),
    streaming(protocol.agent.Prepare, methods.Prepare),
    unary(protocol.agent.Activate, methods.Activate),
    unary(protocol.agent.Confirm, methods.Confirm),
    unary(protocol.agent.Rollback, methods.Rollback),
    unary(protocol.agent.Cancel, methods.Cancel),
    unary(protocol.agent.Configure, methods.Configure),
    unary(protocol.agent.GetSettings, methods.GetSettings),
    unary(protocol.agent.GetDrift, methods.GetDrift),
    unary(protocol.health.Check, health.Check),
    { ...streaming(protocol.health.Watch, health.Watch), isWork: false },
  ];
}

function unary<Request, Response>(
  codecs: ServerCodecs<Request, Response>,
  method: UnaryMethod<Request, Response>,
): ByteMethod {
  return {
    path: codecs.path,
    responseStream: false,
    isWork: true,
    run: async (request, signal, send) =>
      send(codecs.responseSerialize(await method(read(codecs, request), signal))),
  };
}

function streaming<Request, Response>(
  codecs: ServerCodecs<Request, Response>,
  method: StreamMethod<Request, Response>,
): ByteMethod {
  return {
    path: codecs.path,
    responseStream: true,
    isWork: true,
    run: async (request, signal, send) =>
      method(read(codecs, request), signal, (response) => send(codecs.responseSerialize(response))),
  };
}

function read<Request>(codecs: ServerCodecs<Request, never>, bytes: Buffer): Request {
  try {
    return codecs.requestDeserialize(bytes);
  } catch (cause) {
    throw new KubeosError('INVALID_ARGUMENT', `${codecs.path}: not a message`, { cause });
  }
}
