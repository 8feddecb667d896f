/** The services and messages of the agent API, built from the embedded descriptor. */
import type { MessageTypeDefinition, MethodDefinition } from '@grpc/proto-loader';
import protobuf from 'protobufjs/light.js';
import { descriptorJson } from './gen/descriptor.ts';
import type { ErrorInfo, ErrorInfo__Output } from './gen/google/rpc/ErrorInfo.ts';
import type { Status, Status__Output } from './gen/google/rpc/Status.ts';
import type { HealthDefinition } from './gen/grpc/health/v1/Health.ts';
import type { AgentDefinition } from './gen/kubeos/agent/v1/Agent.ts';

/** Full name of the agent's service, as in health requests. */
export const agentServiceName = 'kubeos.agent.v1.Agent';

/** Where the agent listens unless it is configured otherwise, as a gRPC target. */
export const defaultAgentTarget = 'unix:/run/os-agent/os-agent.sock';

/** The codecs of a message. */
type Codec<Message, Output> = Pick<
  MessageTypeDefinition<Message, Output>,
  'serialize' | 'deserialize'
>;

/** The methods of a service, each with its path and its codecs. */
type Methods<Definition> = {
  readonly [Name in keyof Definition]: Definition[Name] extends MethodDefinition<
    infer Request,
    infer Response,
    infer RequestOutput,
    infer ResponseOutput
  >
    ? Pick<MethodDefinition<Request, Response, RequestOutput, ResponseOutput>, MethodMember>
    : never;
};

type MethodMember =
  'path' | 'requestSerialize' | 'requestDeserialize' | 'responseSerialize' | 'responseDeserialize';

/** What client and server have in common. */
export interface Protocol {
  readonly agent: Methods<AgentDefinition>;
  readonly health: Methods<HealthDefinition>;
  readonly status: Codec<Status, Status__Output>;
  readonly errorInfo: Codec<ErrorInfo, ErrorInfo__Output>;
}

/**
 * Builds the codecs, once for each client or server; each message's code is made when it is first used.
 *
 * As proto-loader does, whose types these are, but without the descriptors that it makes of every message for
 * reflection: they cost an agent that a call has started more than all else of the protocol.
 */
export function loadProtocol(): Protocol {
  const descriptor = JSON.parse(descriptorJson) as protobuf.INamespace;
  const root = protobuf.Root.fromJSON(descriptor);
  const codec = (name: string) => codecOf(root.lookupType(name));
  // The generated types come from the same .proto files as the descriptor; protobufjs cannot know that.
  return {
    agent: methodsOf(root, agentServiceName) as unknown as Protocol['agent'],
    health: methodsOf(root, 'grpc.health.v1.Health') as unknown as Protocol['health'],
    status: codec('google.rpc.Status') as unknown as Protocol['status'],
    errorInfo: codec('google.rpc.ErrorInfo') as unknown as Protocol['errorInfo'],
  };
}

// The options with which the types are generated.
const conversion = { longs: Number, enums: String, oneofs: true, defaults: true };

function codecOf(type: protobuf.Type): Codec<Record<string, unknown>, Record<string, unknown>> {
  return {
    serialize: (message) => Buffer.from(type.encode(type.fromObject(message)).finish()),
    deserialize: (bytes) => type.toObject(type.decode(bytes), conversion),
  };
}

function methodsOf(root: protobuf.Root, name: string): Record<string, unknown> {
  const service = root.lookupService(name);
  const methods = service.methodsArray.map((method) => {
    // Their names are relative to the service.
    const request = codecOf(service.lookupType(method.requestType));
    const response = codecOf(service.lookupType(method.responseType));
    return [
      method.name,
      {
        path: `/${name}/${method.name}`,
        requestSerialize: request.serialize,
        requestDeserialize: request.deserialize,
        responseSerialize: response.serialize,
        responseDeserialize: response.deserialize,
      },
    ];
  });
  return Object.fromEntries(methods) as Record<string, unknown>;
}
