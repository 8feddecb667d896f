/** Images of containers for several platforms, as OCI layouts. */
import type { Descriptor, ImageReference } from '@kubeos/core';
import {
  ociLabels,
  ociTypes,
  renderOciConfig,
  renderOciIndex,
  renderOciManifest,
  type ImageArch,
  type OciImageFacts,
  type OciLayer,
} from '@kubeos/core/image';
import type { BuildContext } from '../build-context.ts';
import { addDocument, addLayer, beginLayout, endLayout, shareLayer } from './layout.ts';
import { layerEntries, type LayerFile } from './layer-files.ts';

/** A layer, and the layout that it was made in. */
export interface BuiltLayer extends OciLayer {
  readonly dir: string;
}

/** What an image is made from. */
export interface ContainerImageRequest {
  /** Folder of the layout, on the file system of the layers; what is in it before goes. */
  readonly dir: string;
  readonly reference: ImageReference;
  /** One for each platform. Version, title, labels and time of the first are those of the index. */
  readonly platforms: readonly [ContainerPlatform, ...ContainerPlatform[]];
}

/** An image for one platform. */
export interface ContainerPlatform {
  readonly facts: OciImageFacts;
  readonly layers: readonly BuiltLayer[];
}

/** An image in its layout. */
export interface ContainerImage {
  /** What a tag of a registry points to. */
  readonly index: Descriptor;
  readonly platforms: readonly {
    readonly architecture: ImageArch;
    readonly manifest: Descriptor;
    /** Of all layers, as they are stored and sent. */
    readonly packedBytes: number;
  }[];
  /** Everything that the layout holds. */
  readonly blobs: readonly Descriptor[];
}

/** Makes a layer in a layout of its own; what is in the folder before goes. Throws what `layerEntries` throws, the storage codes. */
export async function buildLayer(
  dir: string,
  files: readonly LayerFile[],
  createdBy: string,
  context: BuildContext,
): Promise<BuiltLayer> {
  await beginLayout(dir);
  const entries = layerEntries(files, context.signal);
  return { dir, ...(await addLayer(dir, entries, createdBy, context)) };
}

/**
 * Writes an image for one or more platforms as a layout with one index. The same layers and facts give the same bytes.
 * Throws the storage codes.
 */
export async function writeContainerImage({
  dir,
  reference,
  platforms,
}: ContainerImageRequest): Promise<ContainerImage> {
  await beginLayout(dir);
  const blobs = new Map<string, Descriptor>();
  const keep = (blob: Descriptor): Descriptor => {
    blobs.set(blob.digest, blob);
    return blob;
  };
  const written: ContainerImage['platforms'][number][] = [];
  for (const { facts, layers } of platforms) {
    for (const layer of layers) {
      // Platforms may have layers in common.
      if (blobs.has(layer.descriptor.digest)) continue;
      await shareLayer(layer.dir, dir, layer);
      keep(layer.descriptor);
    }
    const config = keep(await addDocument(dir, ociTypes.config, renderOciConfig(facts, layers)));
    const text = renderOciManifest(facts, config, layers);
    const manifest = keep(await addDocument(dir, ociTypes.manifest, text));
    const packedBytes = layers.reduce((sum, { descriptor }) => sum + descriptor.size, 0);
    written.push({ architecture: facts.architecture, manifest, packedBytes });
  }
  const entries = written.map(({ architecture, manifest }) => ({
    ...{ architecture, descriptor: manifest },
  }));
  const text = renderOciIndex(entries, ociLabels(platforms[0].facts));
  const index = keep(await addDocument(dir, ociTypes.index, text));
  await endLayout(dir, renderOciIndex([{ descriptor: index, reference }]));
  return { index, platforms: written, blobs: [...blobs.values()] };
}
