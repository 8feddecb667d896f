import type { ImageArch, Recipe } from '@kubeos/core/image';

/** What an image is built from, and where it goes. */
export interface BuildRequest {
  readonly recipe: Recipe;
  /** Folder from which relative paths of the recipe count. */
  readonly recipeDir: string;
  readonly arch: ImageArch;
  /** Folder of the artefacts; made where it is missing. */
  readonly output: string;
  /** `libs/imaging/node-files`. */
  readonly nodeFilesDir: string;
  /** The Node.js program that goes into the image. */
  readonly nodeBinary: string;
  /** `SOURCE_DATE_EPOCH`: no file of the image is younger. */
  readonly epochSeconds: number;
  /** Keeps downloaded packages between builds; builds may share it. */
  readonly cacheDir: string;
}
