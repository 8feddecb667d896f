/** What an image of a node is made of, as pure functions. */
export {
  imageKinds,
  type AdminContainer,
  type ChrootScript,
  type CopyFile,
  type DiskPartition,
  type DmVerity,
  type FromDockerimg,
  type FromRepo,
  type ImageArch,
  type ImageKind,
  type PxeConfig,
  type Recipe,
  type RecipeIssue,
  type RecipePlace,
  type RecipeResult,
  type RecipeUser,
} from './recipe/recipe.ts';
