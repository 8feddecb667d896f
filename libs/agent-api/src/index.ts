export { createAgentClient } from './client.ts';
export type { AgentClient, AgentClientOptions, AgentDeadlines } from './client.ts';
export type { AgentCredentials } from './grpc-transport.ts';
export { createInMemoryAgentClient } from './memory-transport.ts';
export type { ServedAgent } from './methods.ts';
export { agentServiceName, defaultAgentTarget } from './protocol.ts';
export { createAgentServer } from './server.ts';
export type { AgentServer, AgentServerOptions, TcpListener } from './server.ts';
export { decodeSnapshot } from './snapshot.ts';
