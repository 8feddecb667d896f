/** The part of the agent API that is loaded late; see `lazy-agent.ts`. */
export { createAgentClient } from '@kubeos/agent-api';
