/** The agent's client, loaded with the first call: an idle proxy has no use for gRPC and its memory. */
import type { AgentClient } from '@kubeos/agent-api';
import type { AgentCalls } from '@kubeos/core';

/** Calls that load their client. */
export interface LazyAgent extends AgentCalls {
  close(): void;
}

/** Builds the calls; nothing is loaded yet. */
export function createLazyAgent(socket: string): LazyAgent {
  let client: Promise<AgentClient> | undefined;
  const load = async (): Promise<AgentClient> => {
    const { createAgentClient } = await import('./agent-client.ts');
    return createAgentClient({ target: `unix:${socket}` });
  };
  const agent = (): Promise<AgentClient> => (client ??= load());
  return {
    getStatus: async (signal) => (await agent()).getStatus(signal),
    prepare: async (request, onProgress, signal) =>
      (await agent()).prepare(request, onProgress, signal),
    activate: async (request, signal) => (await agent()).activate(request, signal),
    confirm: async (request, signal) => (await agent()).confirm(request, signal),
    configure: async (request, signal) => (await agent()).configure(request, signal),
    rollback: async (request, signal) => (await agent()).rollback(request, signal),
    cancel: async (request, signal) => (await agent()).cancel(request, signal),
    close() {
      void client?.then((loaded) => loaded.close());
    },
  };
}
