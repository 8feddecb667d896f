/** The services and messages of the agent API, built from the embedded descriptor. */
import { fromJSON } from '@grpc/proto-loader';
import type { MessageTypeDefinition } from '@grpc/proto-loader';
import { descriptorJson } from './gen/descriptor.ts';
import type { ErrorInfo, ErrorInfo__Output } from './gen/google/rpc/ErrorInfo.ts';
import type { Status, Status__Output } from './gen/google/rpc/Status.ts';
import type { HealthDefinition } from './gen/grpc/health/v1/Health.ts';
import type { AgentDefinition } from './gen/kubeos/agent/v1/Agent.ts';

/** Full name of the agent's service, as in health requests. */
export const agentServiceName = 'kubeos.agent.v1.Agent';

/** Where the agent listens unless it is configured otherwise, as a gRPC target. */
export const defaultAgentTarget = 'unix:/run/os-agent/os-agent.sock';

/** What client and server have in common. */
export interface Protocol {
  readonly agent: AgentDefinition;
  readonly health: HealthDefinition;
  readonly status: MessageTypeDefinition<Status, Status__Output>;
  readonly errorInfo: MessageTypeDefinition<ErrorInfo, ErrorInfo__Output>;
}

/** Builds the codecs; takes some milliseconds, so once for each client or server. */
export function loadProtocol(): Protocol {
  const descriptor = JSON.parse(descriptorJson) as Parameters<typeof fromJSON>[0];
  const definitions = fromJSON(descriptor, {
    longs: Number,
    enums: String,
    oneofs: true,
    defaults: true,
  });
  // The generated types come from the same .proto files as the descriptor; proto-loader cannot know that.
  return {
    agent: definitions[agentServiceName] as unknown as AgentDefinition,
    health: definitions['grpc.health.v1.Health'] as unknown as HealthDefinition,
    status: definitions['google.rpc.Status'] as MessageTypeDefinition<Status, Status__Output>,
    errorInfo: definitions['google.rpc.ErrorInfo'] as MessageTypeDefinition<
      ErrorInfo,
      ErrorInfo__Output
    >,
  };
}
