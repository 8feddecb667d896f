/** The image that upgrades fetch from a registry: one layer with one file, `os.tar`, the archive of the root file system. */
import type { Descriptor } from '@kubeos/core';
import {
  ociBlobPath,
  ociTypes,
  renderDockerManifest,
  renderOciConfig,
  renderOciIndex,
  renderOciManifest,
  type OciImageFacts,
} from '@kubeos/core/image';
import type { BuildContext } from '../build-context.ts';
import {
  addDocument,
  addLayer,
  archiveLayout,
  beginLayout,
  endLayout,
  fileEntry,
} from '../oci/layout.ts';
import type { FileDigest } from './files.ts';

/** What an upgrade image is made from. */
export interface UpgradeImageRequest {
  /** The archive of the root file system. */
  readonly rootTar: string;
  /** Folder of the layout; what is in it before goes. */
  readonly dir: string;
  readonly facts: OciImageFacts;
}

/** An upgrade image in its layout. */
export interface UpgradeImage {
  readonly manifest: Descriptor;
  readonly config: Descriptor;
  readonly layer: Descriptor;
}

/** Under this name nodes look for the archive in the layer, as upstream's do. */
const payloadName = 'os.tar';

/**
 * Writes the image as an OCI layout, in one pass over the archive. The same archive and facts give the same bytes. Throws
 * the storage codes and `CANCELLED`.
 */
export async function writeOciLayout(
  { rootTar, dir, facts }: UpgradeImageRequest,
  context: BuildContext,
): Promise<UpgradeImage> {
  const { architecture, reference, epochSeconds } = facts;
  await beginLayout(dir);
  const payload = fileEntry(payloadName, rootTar, epochSeconds, context.signal);
  const layers = [await addLayer(dir, payload, 'kbimg', context)] as const;
  const config = await addDocument(dir, ociTypes.config, renderOciConfig(facts, layers));
  const text = renderOciManifest(facts, config, layers);
  const manifest = await addDocument(dir, ociTypes.manifest, text);
  await endLayout(dir, renderOciIndex([{ descriptor: manifest, architecture, reference }]));
  return { manifest, config, layer: layers[0].descriptor };
}

/**
 * Packs a layout into one file that `docker load` takes, and everything else that reads archives of docker or of OCI.
 * Throws the storage codes and `CANCELLED`.
 */
export async function writeDockerArchive(
  { dir, facts }: UpgradeImageRequest,
  { config, manifest, layer }: UpgradeImage,
  file: string,
  context: BuildContext,
): Promise<FileDigest> {
  const docker = renderDockerManifest(facts, ociBlobPath(config.digest), ociBlobPath(layer.digest));
  const { epochSeconds } = facts;
  const blobs = [config, manifest, layer];
  return archiveLayout({ dir, blobs, docker, epochSeconds, file }, context);
}
