export { agentOf, waitForAgent } from './agent.ts';
export type * from './contract.ts';
export { cachedFolder, type CachedFolder } from './cached-folder.ts';
export { changeRoot, type RootChange } from './images/change-root.ts';
export {
  bundleForImages,
  kbimgCommand,
  keyOfImages,
  layOutExample,
  runKbimg,
  type Example,
  type KbimgOptions,
} from './images/example.ts';
export { createMachine, startMachine, withMachine } from './start-machine.ts';
export type { DebianArchives } from './tools/apt-sources.ts';
export { readAptSettings, readDebianArchives } from './tools/machine-apt.ts';
export { findImageTools, withToolsOnPath, type ImageTools } from './tools/image-tools.ts';
export { serveImages, type ImageServer } from './node/image-server.ts';
export { inShort, slotState, VmNode, type Upgrade, type VmNodeOptions } from './node/vm-node.ts';
