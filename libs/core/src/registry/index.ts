export { parseChallenges, type AuthChallenge } from './auth-challenge.ts';
export {
  formatImageReference,
  parseImageReference,
  registryHost,
  type ImageReference,
} from './image-reference.ts';
export {
  mostManifestBytes,
  readManifest,
  selectPlatform,
  type Descriptor,
  type ImageIndex,
  type ImageManifest,
  type Platform,
} from './manifest.ts';
export { indexTypes, manifestTypes } from './media-types.ts';
