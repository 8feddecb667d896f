import type { ImageArch, Recipe, SbomPackage } from '@kubeos/core/image';

/** What the tree of a root file system is built from. */
export interface RootRequest {
  readonly recipe: Recipe;
  /** Folder from which relative paths of the recipe count. */
  readonly recipeDir: string;
  /** The Node.js program that goes into the image. */
  readonly nodeBinary: string;
  /** `libs/imaging/node-files`; its folder `root` is copied over the tree. */
  readonly nodeFilesDir: string;
  /** No file of the tree is younger: seconds since 1970 (`SOURCE_DATE_EPOCH`). */
  readonly epochSeconds: number;
  /** Private folder of this build; the tree is made in it. Whoever made the folder removes it. */
  readonly workDir: string;
  /** Keeps downloaded packages between builds; builds may share it. */
  readonly cacheDir: string;
  readonly arch: ImageArch;
}

/** A finished tree. */
export interface RootTree {
  /** Its folder. */
  readonly dir: string;
  /** Sorted by name; with Node.js and os-agent. */
  readonly packages: readonly SbomPackage[];
  /** Whose packages they are, as package URLs name them: `debian`, `openeuler`. */
  readonly vendor: string;
  /** As `uname -r` will say it; its modules are in `/usr/lib/modules`. */
  readonly kernelRelease: string;
  /** Folders that PERSIST has from the start, relative to it, parents first. */
  readonly persistDirs: readonly string[];
}
