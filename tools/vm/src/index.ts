export type * from './contract.ts';
export { findImageTools, withToolsOnPath, type ImageTools } from './tools/image-tools.ts';
