/** What an image of a node is made of, as pure functions. */
export {
  imageKinds,
  type AdminContainer,
  type ChrootScript,
  type CopyFile,
  type DiskPartition,
  type DmVerity,
  type FromRepo,
  type ImageArch,
  type ImageKind,
  type PxeConfig,
  type Recipe,
  type RecipeFile,
  type RecipeIssue,
  type RecipePlace,
  type RecipeResult,
  type RecipeUser,
} from './recipe/recipe.ts';
export { checkRecipeFor } from './recipe/check-recipe.ts';
export { parseRecipe } from './recipe/parse-recipe.ts';
export { recipeReference, type KeyReference, type TableReference } from './recipe/reference.ts';
export { compareBlocks, indexBlockBytes, type SharedBlocks } from './block-index.ts';
export {
  deriveDiskIds,
  partitionOf,
  planDisk,
  type DiskIds,
  type DiskLayout,
  type DiskRequest,
  type LaidPartition,
  type PartitionRole,
} from './layout.ts';
export {
  parseBuildManifest,
  renderBuildManifest,
  type Artefact,
  type BuildManifest,
} from './manifest.ts';
export {
  ociBlobPath,
  ociLabels,
  ociLayoutText,
  ociTypes,
  renderDockerManifest,
  renderOciConfig,
  renderOciIndex,
  renderOciManifest,
  type OciImageFacts,
  type OciIndexEntry,
  type OciLayer,
  type OciProcess,
} from './oci.ts';
export { renderSbom, type SbomPackage, type SbomRequest } from './sbom.ts';
export {
  grubFolder,
  renderEarlyConfig,
  renderGrubConfig,
  type GrubConfigOptions,
} from './grub-config.ts';
export { imageArgsPath, renderImageArgs } from './kernel-args.ts';
export {
  editAccounts,
  type AccountChanges,
  type AccountFiles,
  type CreatedAccount,
  type EditedAccounts,
  type NewAccount,
} from './accounts.ts';
export { readSourceDateEpoch } from './source-date-epoch.ts';
export { osReleaseText, prettyName } from './os-release.ts';
export { varFactoryText, type VarEntry } from './var-factory.ts';
