/**
 * The agent of an earlier version, as far as others can see it: a gRPC server that knows nothing but the API of then,
 * and a snapshot without what was added later. What is not in that API reaches no agent and comes from none: every
 * message is read and written anew by the descriptor of then, on its way in and on its way out.
 */
import { mkdir, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import {
  Client,
  credentials,
  Server,
  ServerCredentials,
  type MethodDefinition,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceError,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { agentServiceName, decodeSnapshot, type ServedAgent } from '@kubeos/agent-api';
import type { AgentCapability } from '@kubeos/core';
import { serveAgent } from './agent-service.ts';

/** What that agent says it can do. */
export const earlierCapabilities: readonly AgentCapability[] = ['disk', 'rollback'];
/** What it calls itself. */
export const earlierVersion = 'before-settings';

const contract = resolve(
  import.meta.dirname,
  '../../../../proto/earlier/agent-before-settings.proto',
);

type Method = MethodDefinition<object, object>;
type Service = Readonly<Record<string, Method>>;
type Answer = (error: ServiceError | null, response?: object) => void;

/** The text that it publishes where the agent of today publishes this one. */
export function earlierSnapshot(text: string): string {
  const { settings: _settings, operation, ...status } = decodeSnapshot(text);
  if (operation === undefined) return JSON.stringify(status);
  const { disruption: _disruption, ...known } = operation;
  return JSON.stringify({ ...status, operation: known });
}

/** Serves until the signal, as `serveAgent` does. */
export async function serveEarlierAgent(
  agent: ServedAgent,
  socket: string,
  signal: AbortSignal,
): Promise<void> {
  // Where no proxy looks.
  const folder = `${dirname(socket)}-inner`;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder);
  const inner = join(folder, 'agent.sock');
  const client = new Client(`unix:${inner}`, credentials.createInsecure());
  const server = new Server();
  const service = serviceOf(contract);
  server.addService(service, handlersOf(service, client));
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  const listener = createServer((connection) => injector.injectConnection(connection));
  const served = serveAgent(agent, inner, signal);
  listener.listen(socket);
  if (!signal.aborted) await once(signal, 'abort');
  listener.close();
  server.forceShutdown();
  client.close();
  await served;
}

function serviceOf(file: string): Service {
  const options = { longs: Number, enums: String, oneofs: true, defaults: true };
  const service = loadSync(file, options)[agentServiceName];
  if (service === undefined) throw new Error(`${file} has no ${agentServiceName}`);
  return service as Service;
}

function handlersOf(service: Service, client: Client): UntypedServiceImplementation {
  return Object.fromEntries(
    Object.entries(service).map(([name, method]) => [
      name,
      method.responseStream ? streamHandler(method, client) : unaryHandler(method, client),
    ]),
  );
}

function unaryHandler({ path, requestSerialize, responseDeserialize }: Method, client: Client) {
  return ({ request }: ServerUnaryCall<object, object>, answer: Answer): void => {
    client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, answer);
  };
}

function streamHandler({ path, requestSerialize, responseDeserialize }: Method, client: Client) {
  return (call: ServerWritableStream<object, object>): void => {
    const inner = client.makeServerStreamRequest(
      path,
      requestSerialize,
      responseDeserialize,
      call.request,
    );
    call.on('error', () => undefined);
    call.on('cancelled', () => inner.cancel());
    inner.on('data', (message: object) => void call.write(message));
    inner.on('error', (error) => void call.emit('error', error));
    inner.on('end', () => void call.end());
  };
}
