import type { Digest } from '@kubeos/core';
import type { ImageArch } from '@kubeos/core/image';
import type { ProgramName } from './programs.ts';

/** A file of the output. */
export interface Artefact {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** An image that was built. */
export interface BuiltImage {
  readonly name: ProgramName;
  /** `kubeos/NAME:VERSION`, behind whatever registry. */
  readonly reference: string;
  /** Of the index: what an image is pinned by. */
  readonly digest: Digest;
  /** Folder of the layout in the output. */
  readonly layout: string;
  readonly platforms: readonly {
    readonly architecture: ImageArch;
    readonly digest: Digest;
    /** As it is stored and sent. */
    readonly packedBytes: number;
  }[];
}

/** What `images.json` says of a build. */
export interface ImagesManifest {
  readonly schemaVersion: 1;
  readonly version: string;
  readonly sourceDateEpoch: number;
  readonly images: readonly BuiltImage[];
  /** The files beside it. */
  readonly artefacts: readonly Artefact[];
}

/** Its place in the output. */
export const manifestName = 'images.json';
