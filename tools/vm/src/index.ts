export { agentOf, waitForAgent } from './agent.ts';
export type * from './contract.ts';
export { createMachine, startMachine, withMachine } from './start-machine.ts';
export { findImageTools, withToolsOnPath, type ImageTools } from './tools/image-tools.ts';
