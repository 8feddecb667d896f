export { FastNode, type FastNodeOptions } from './fast-node/fast-node.ts';
export { fastImage, FastImageServer, type FastImage } from './fast-node/images.ts';
