import { describeAgentCalls } from '@kubeos/testing';
import { createInMemoryAgentClient } from './memory-transport.ts';

describeAgentCalls('in memory', async (agent, deadlines) => {
  const calls = createInMemoryAgentClient(agent, deadlines);
  return { calls, close: async () => calls.close() };
});
