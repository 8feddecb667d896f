export { makeDemoFolder, removeDeadFolders } from './disks/demo-folder.ts';
export { folderVariable, programsOf, removeFolder } from './disks/leftovers.ts';
export { makeNodeDisk, type NodeDisk, type NodeDiskOptions } from './disks/node-disk.ts';
export { startImageServer, type ImageServer } from './images/image-server.ts';
export type { ImageKind } from './images/image-tree.ts';
export { buildRootImage, type RootImage, type RootImageOptions } from './images/root-image.ts';
export { makeNode, type PlayedNode, type PlayedNodeOptions } from './node/make-node.ts';
export { layOutNodeRoot, nodeRootPaths, writeBootFiles, type NodeRoot } from './node/node-root.ts';
export {
  NodeStandIn,
  type BootRecord,
  type MachineState,
  type NodeStandInOptions,
} from './node/node-stand-in.ts';
export type { NodePrograms } from './node/services.ts';
export { bundlePrograms, repositoryFile } from './set-up/bundles.ts';
export { agentCommand, operatorCommand, proxyCommand } from './set-up/commands.ts';
