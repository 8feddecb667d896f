import { KubeosError } from '@kubeos/core';
import { aborted } from './aborted.ts';
import { clientOver } from './client.ts';
import type { AgentClient, AgentDeadlines } from './client.ts';
import { endpoint } from './endpoint.ts';
import type { ServedAgent } from './methods.ts';
import { loadProtocol } from './protocol.ts';
import type { Protocol } from './protocol.ts';
import type { AgentTransport, ClientMethod } from './transport.ts';
import { fromStatus, toStatus } from './wire-error.ts';

/**
 * A client that meets the agent in the same process, for tests and simulations: no socket, but the same checks, messages
 * and error codes as over gRPC.
 */
export function createInMemoryAgentClient(
  agent: ServedAgent,
  deadlines: Partial<AgentDeadlines> = {},
): AgentClient {
  const protocol = loadProtocol();
  return clientOver(memoryTransport(agent, protocol), protocol, deadlines);
}

function memoryTransport(agent: ServedAgent, protocol: Protocol): AgentTransport {
  const closed = new AbortController();
  const methods = new Map(
    endpoint(agent, protocol, closed.signal).map((method) => [method.path, method]),
  );

  const stream = async <Request, Response>(
    method: ClientMethod<Request, Response>,
    request: Request,
    onMessage: (message: Response) => void,
    signal: AbortSignal,
  ): Promise<void> => {
    const ended = AbortSignal.any([signal, closed.signal]);
    ended.throwIfAborted();
    const served = methods.get(method.path);
    if (served === undefined) throw new KubeosError('UNSUPPORTED', `No method ${method.path}`);
    const run = served.run(method.requestSerialize(request), ended, (bytes) => {
      if (!ended.aborted) onMessage(method.responseDeserialize(bytes));
    });
    try {
      await Promise.race([run, aborted(ended)]);
      ended.throwIfAborted();
    } catch (thrown) {
      ended.throwIfAborted();
      throw fromStatus(protocol, toStatus(protocol, thrown));
    }
  };

  return {
    stream,
    async unary<Request, Response>(
      method: ClientMethod<Request, Response>,
      request: Request,
      signal: AbortSignal,
    ): Promise<Response> {
      const answers: Response[] = [];
      await stream(method, request, (message: Response) => void answers.push(message), signal);
      const [answer] = answers;
      if (answer === undefined) throw new KubeosError('BUG', `${method.path}: no answer`);
      return answer;
    },
    close: () => closed.abort(new KubeosError('AGENT_UNREACHABLE', 'The client is closed')),
  };
}
